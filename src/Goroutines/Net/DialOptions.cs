using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Goroutines.Net;

/// <summary>How to connect (the fields of Go's <c>net.Dialer</c>, and options of the connection).</summary>
/// <remarks>It can't be changed once made, so one may be used by any number of dials at once.</remarks>
public sealed class DialOptions
{
    private static readonly TimeSpan s_fallbackDelay = TimeSpan.FromMilliseconds(300);

    private readonly TimeSpan _timeout = System.Threading.Timeout.InfiniteTimeSpan;
    private readonly TimeSpan _fallbackDelay = s_fallbackDelay;
    private readonly TimeSpan _keepAlive = ConnDefaults.KeepAlive;
    private readonly int? _sendBufferSize;
    private readonly int? _receiveBufferSize;

    internal static DialOptions Default { get; } = new();

    /// <summary>
    /// Gets or sets how long a dial may take, the look-up of the name included. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> (the default): as long as
    /// the system tries. By the clock of the runtime. A dial that takes longer fails with an <see cref="IOException"/> that has a
    /// <see cref="TimeoutException"/> inside.
    /// </summary>
    /// <remarks>When a name has several addresses, each gets its share of what is left, so that one that does not answer leaves time for
    /// the others; but not less than two seconds, as far as there are so many (Go's <c>partialDeadline</c>).</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero, or to a negative time other than infinite.</exception>
    public TimeSpan Timeout
    {
        get => _timeout;
        init => _timeout = value > TimeSpan.Zero || value == System.Threading.Timeout.InfiniteTimeSpan
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The time-out of a dial must be positive, or Timeout.InfiniteTimeSpan.");
    }

    /// <summary>
    /// Gets or sets how long the addresses of the family that the resolver put first are tried before those of the other family are tried at
    /// the same time (RFC 8305). The default is 300 ms. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: all addresses are tried
    /// one after the other.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative time other than infinite.</exception>
    public TimeSpan FallbackDelay
    {
        get => _fallbackDelay;
        init => _fallbackDelay = value >= TimeSpan.Zero || value == System.Threading.Timeout.InfiniteTimeSpan
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The fallback delay must not be negative, except Timeout.InfiniteTimeSpan.");
    }

    /// <summary>
    /// Gets or sets the address to dial from: <c>ip:port</c>, <c>:port</c> or <c>[v6]:port</c>, where port 0 has the system choose one, or
    /// <c>unix:/path</c> when a Unix domain socket is dialed. <see langword="null"/> (the default): the system chooses. Addresses of
    /// another family than the local IP address are not tried.
    /// </summary>
    /// <exception cref="ArgumentException">Set to what is not such an address, or to one with a host name.</exception>
    public string? LocalAddress
    {
        get;
        init
        {
            field = value;
            Local = value is null ? null : NetAddress.ParseLocal(value, nameof(LocalAddress));
        }
    }

    /// <summary>
    /// Looks host names up, in place of the system's resolver. It gets the name and a token that ends with the dial, and
    /// returns the addresses in the order in which they are to be tried. IP addresses are not looked up.
    /// </summary>
    public Func<string, CancellationToken, ValueTask<IPAddress[]>>? Resolver { get; init; }

    /// <summary>Gets or sets whether small packets are sent at once (<c>TCP_NODELAY</c>). The default is <see langword="true"/>, as in Go.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>
    /// After how much silence, and then at which interval, the system asks whether the peer is still there. The default is 15 s, as in Go;
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: never. Whole seconds; a fraction counts as one more.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero, or to a negative time other than infinite.</exception>
    public TimeSpan KeepAlive
    {
        get => _keepAlive;
        init => _keepAlive = ConnDefaults.CheckedKeepAlive(value);
    }

    /// <summary>Gets or sets the size of the system's buffer for what is sent, in bytes, which the system may round; <see langword="null"/> (the default): as it chooses.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or a negative number.</exception>
    public int? SendBufferSize
    {
        get => _sendBufferSize;
        init => _sendBufferSize = ConnDefaults.CheckedSize(value);
    }

    /// <summary>Gets or sets the size of the system's buffer for what is received, in bytes, which the system may round; <see langword="null"/> (the default): as it chooses.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or a negative number.</exception>
    public int? ReceiveBufferSize
    {
        get => _receiveBufferSize;
        init => _receiveBufferSize = ConnDefaults.CheckedSize(value);
    }

    /// <summary>
    /// Called with each socket before it is bound and connected, to set whatever other option (Go's <c>Control</c>). The callback must not
    /// keep, bind, connect or dispose of the socket. An exception that escapes it ends the dial.
    /// </summary>
    public Action<Socket>? Configure { get; init; }

    internal NetAddress? Local { get; private init; }

    /// <summary>Sets the options on a socket that is about to be connected.</summary>
    internal void ApplyTo(Socket socket)
    {
        ConnDefaults.Apply(socket, NoDelay, KeepAlive);
        ConnDefaults.ApplySizes(socket, SendBufferSize, ReceiveBufferSize);
        Configure?.Invoke(socket);
    }

    internal static DialOptions Checked(DialOptions options, [CallerArgumentExpression(nameof(options))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(options, name);
        return options;
    }
}
