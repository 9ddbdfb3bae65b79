using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Goroutines.Net;

/// <summary>Options of a dial and of its connection (the fields of Go's <c>net.Dialer</c>, and socket options).</summary>
/// <remarks>An instance is immutable, so any number of dials may use it at the same time.</remarks>
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
    /// Gets or sets how long a dial may take, including the name look-up, by the clock of the runtime. With <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>
    /// (the default), it may take as long as the system tries. A dial that takes longer fails with an <see cref="IOException"/> whose
    /// inner exception is a <see cref="TimeoutException"/>.
    /// </summary>
    /// <remarks>If a name has several addresses, each gets a share of the remaining time, so that an address that does not answer leaves time
    /// for the others. A share is at least two seconds, if that much time is left (Go's <c>partialDeadline</c>).</remarks>
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
    /// the same time (RFC 8305). The default is 300 ms. With <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>, all addresses
    /// are tried one after another.
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
    /// Gets or sets the address to dial from: <c>ip:port</c>, <c>:port</c> or <c>[v6]:port</c>, where the system chooses a port for port 0, or
    /// <c>unix:/path</c> if a Unix domain socket is dialed. If it is <see langword="null"/> (the default), the system chooses. Addresses
    /// of another family than the local IP address are not tried.
    /// </summary>
    /// <exception cref="ArgumentException">Set to an invalid address, or to one with a host name.</exception>
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
    /// Gets or sets the function that looks up host names in place of the system's resolver. It receives the name and a token that is
    /// cancelled when the dial ends, and returns the addresses in the order in which to try them. IP addresses are not looked up.
    /// </summary>
    public Func<string, CancellationToken, ValueTask<IPAddress[]>>? Resolver { get; init; }

    /// <summary>Gets or sets whether small packets are sent at once (<c>TCP_NODELAY</c>). The default is <see langword="true"/>, as in Go.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>
    /// Gets or sets the idle time after which, and then the interval at which, the system probes whether the peer is still there. The default
    /// is 15 s, as in Go. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> turns the probes off. The time is rounded up to whole seconds.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero, or to a negative time other than infinite.</exception>
    public TimeSpan KeepAlive
    {
        get => _keepAlive;
        init => _keepAlive = ConnDefaults.CheckedKeepAlive(value);
    }

    /// <summary>Gets or sets the size of the system's send buffer, in bytes; the system may round it. If it is <see langword="null"/> (the default), the system
    /// chooses.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or a negative number.</exception>
    public int? SendBufferSize
    {
        get => _sendBufferSize;
        init => _sendBufferSize = ConnDefaults.CheckedSize(value);
    }

    /// <summary>Gets or sets the size of the system's receive buffer, in bytes; the system may round it. If it is <see langword="null"/> (the default), the
    /// system chooses.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or a negative number.</exception>
    public int? ReceiveBufferSize
    {
        get => _receiveBufferSize;
        init => _receiveBufferSize = ConnDefaults.CheckedSize(value);
    }

    /// <summary>
    /// Gets or sets a callback for each socket before it is bound and connected, to set any other option (Go's <c>Control</c>). The callback
    /// must not keep, bind, connect or dispose the socket. If it throws, the dial fails.
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
