using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>Options of a <see cref="PacketConn"/>.</summary>
/// <remarks>An instance is immutable, so it may be used for any number of sockets.</remarks>
public sealed class PacketOptions
{
    private readonly int? _sendBufferSize;
    private readonly int? _receiveBufferSize;

    internal static PacketOptions Default { get; } = new();

    /// <summary>Gets or sets whether several sockets may be bound to the same address, as the receivers of a multicast group are. The default is
    /// <see langword="false"/>.</summary>
    public bool ReuseAddress { get; init; }

    /// <summary>Gets or sets whether a socket on every address of the machine (<c>:port</c>, <c>[::]:port</c>) accepts IPv4 as well as IPv6. The default is
    /// <see langword="true"/>.</summary>
    public bool DualMode { get; init; } = true;

    /// <summary>Gets or sets whether the file of a Unix domain socket is removed when the socket is disposed. The default is <see langword="true"/>.</summary>
    public bool UnlinkOnClose { get; init; } = true;

    /// <summary>Gets or sets the address that <see cref="PacketConn.DialAsync"/> sends from, in the form of <see cref="DialOptions.LocalAddress"/>. If it is
    /// <see langword="null"/> (the default), the system chooses.</summary>
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
    /// Gets or sets a callback for the socket before it is bound, to set any other option. The callback must not keep, bind or dispose the
    /// socket. If it throws, the attempt fails.
    /// </summary>
    public Action<Socket>? Configure { get; init; }

    internal NetAddress? Local { get; private init; }

    internal BindOptions ToBind() => new(ReuseAddress, DualMode, UnlinkOnClose, ApplyTo);

    internal void ApplyTo(Socket socket)
    {
        ConnDefaults.ApplySizes(socket, SendBufferSize, ReceiveBufferSize);
        Configure?.Invoke(socket);
    }
}
