using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>How to open a <see cref="PacketConn"/>.</summary>
/// <remarks>It can't be changed once made, so one may be used for any number of sockets.</remarks>
public sealed class PacketOptions
{
    private readonly int? _sendBufferSize;
    private readonly int? _receiveBufferSize;

    internal static PacketOptions Default { get; } = new();

    /// <summary>Gets or sets whether several sockets may be bound to the same address, as the receivers of a multicast group are. The default is <see langword="false"/>.</summary>
    public bool ReuseAddress { get; init; }

    /// <summary>Gets or sets whether a socket on every address of the machine (<c>:port</c>, <c>[::]:port</c>) takes IPv4 as well as IPv6. The default is <see langword="true"/>.</summary>
    public bool DualMode { get; init; } = true;

    /// <summary>Gets or sets whether the file of a Unix domain socket is removed when the socket is disposed. The default is <see langword="true"/>.</summary>
    public bool UnlinkOnClose { get; init; } = true;

    /// <summary>Gets or sets the address that <see cref="PacketConn.DialAsync"/> sends from, as <see cref="DialOptions.LocalAddress"/>; <see langword="null"/> (the default): the system chooses.</summary>
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
    /// Called with the socket before it is bound, to set whatever other option. The callback must not keep, bind or dispose of the socket. An
    /// exception that leaves it ends the attempt.
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
