using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>Options of a listener and of the connections that it accepts (Go's <c>net.ListenConfig</c>).</summary>
/// <remarks>An instance is immutable, so it may be used for any number of listeners.</remarks>
public sealed class ListenerOptions
{
    /// <summary>The longest queue; the system lowers it to its own limit, as Go does.</summary>
    private const int LongestBacklog = 65_535;

    private readonly int _backlog = LongestBacklog;
    private readonly TimeSpan _keepAlive = ConnDefaults.KeepAlive;
    private readonly int? _sendBufferSize;
    private readonly int? _receiveBufferSize;

    internal static ListenerOptions Default { get; } = new();

    /// <summary>Gets or sets how many connections may wait to be accepted; the system may lower it. The default is the system's limit, as in Go.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public int Backlog
    {
        get => _backlog;
        init => _backlog = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The backlog must be at least 1.");
    }

    /// <summary>
    /// Gets or sets whether several sockets, even of several processes, may listen on the same address and share its connections (<c>SO_REUSEPORT</c>, where
    /// available). The default is <see langword="false"/>. In either case, a recently used address can be listened on again.
    /// </summary>
    public bool ReuseAddress { get; init; }

    /// <summary>Gets or sets whether a listener on every address of the machine (<c>:port</c>, <c>[::]:port</c>) accepts IPv4 as well as IPv6. The default is
    /// <see langword="true"/>.</summary>
    public bool DualMode { get; init; } = true;

    /// <summary>Gets or sets whether the file of a Unix domain socket is removed when the listener is disposed (Go's <c>SetUnlinkOnClose</c>). The default is
    /// <see langword="true"/>.</summary>
    public bool UnlinkOnClose { get; init; } = true;

    /// <summary>Gets or sets whether accepted connections send small packets at once (<c>TCP_NODELAY</c>). The default is <see langword="true"/>, as in Go.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>As <see cref="DialOptions.KeepAlive"/>, for accepted connections.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero, or to a negative time other than infinite.</exception>
    public TimeSpan KeepAlive
    {
        get => _keepAlive;
        init => _keepAlive = ConnDefaults.CheckedKeepAlive(value);
    }

    /// <summary>As <see cref="DialOptions.SendBufferSize"/>, for accepted connections.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or a negative number.</exception>
    public int? SendBufferSize
    {
        get => _sendBufferSize;
        init => _sendBufferSize = ConnDefaults.CheckedSize(value);
    }

    /// <summary>As <see cref="DialOptions.ReceiveBufferSize"/>, for accepted connections.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or a negative number.</exception>
    public int? ReceiveBufferSize
    {
        get => _receiveBufferSize;
        init => _receiveBufferSize = ConnDefaults.CheckedSize(value);
    }

    /// <summary>
    /// Gets or sets a callback for the socket before it is bound, to set any other option (Go's <c>ListenConfig.Control</c>). On Linux, accepted
    /// connections inherit most options. The callback must not keep, bind or dispose the socket. If it throws, the attempt to listen fails.
    /// </summary>
    public Action<Socket>? Configure { get; init; }

    /// <summary>Gets or sets a callback between binding and listening. The file of a Unix domain socket exists by then, but connections are
    /// refused, so its mode can be set before anyone connects. If the callback throws, the attempt to listen fails, and the file is removed
    /// as for <see cref="UnlinkOnClose"/>.</summary>
    internal Action? OnBound { get; init; }

    /// <summary>Sets the options that an accepted connection does not inherit.</summary>
    internal void ApplyTo(Socket socket)
    {
        ConnDefaults.Apply(socket, NoDelay, KeepAlive);
        ConnDefaults.ApplySizes(socket, SendBufferSize, ReceiveBufferSize);
    }

    internal BindOptions ToBind() => new(ReuseAddress, DualMode, UnlinkOnClose, socket =>
    {
        ApplyTo(socket);
        Configure?.Invoke(socket);
    });
}
