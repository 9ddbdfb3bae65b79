using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.Net;

/// <summary>Sends and receives datagrams, over UDP or a Unix domain socket (Go's <c>net.PacketConn</c>).</summary>
/// <remarks>Any number of goroutines, tasks and threads may use a socket at the same time; operations in the same direction are serialized.</remarks>
[DebuggerDisplay("PacketConn {LocalEndPoint,nq}")]
public sealed partial class PacketConn : IDisposable
{
    private readonly NetSocket _socket;
    private readonly EndPoint _local;
    private readonly EndPoint? _remote;

    private PacketConn(NetSocket socket, EndPoint? remote)
    {
        _remote = remote;
        _socket = socket;
        _local = socket.LocalEndPoint!;
    }

    /// <summary>Gets the address that the socket is bound to, with the port that the system chose for port 0; each call returns a new object.</summary>
    public EndPoint LocalEndPoint => EndPoints.Copy(_local)!;

    /// <summary>Gets or sets the time after which receives fail, including waiting ones; <see langword="null"/> for no deadline. The clock is that of
    /// <see cref="Conn.ReadDeadline"/>.</summary>
    /// <exception cref="ObjectDisposedException">Set after the socket was disposed.</exception>
    public DateTimeOffset? ReadDeadline
    {
        get => _socket.ReadDeadline;
        set => _socket.ReadDeadline = value;
    }

    /// <summary>Gets or sets the time after which sends fail, including waiting ones; <see langword="null"/> for no deadline. The clock is that of
    /// <see cref="Conn.ReadDeadline"/>.</summary>
    /// <exception cref="ObjectDisposedException">Set after the socket was disposed.</exception>
    public DateTimeOffset? WriteDeadline
    {
        get => _socket.WriteDeadline;
        set => _socket.WriteDeadline = value;
    }

    /// <summary>Opens a socket for datagrams (Go's <c>net.ListenPacket</c>). Broadcasts may be sent with it.</summary>
    /// <param name="address"><c>host:port</c>, where the system chooses a port for port 0; <c>:port</c> for every address of the
    /// machine, over IPv4 and IPv6; <c>[v6]:port</c>; <c>unix:/path</c>, or <c>unix:@name</c> for an abstract one. A host name is
    /// resolved, which may block.</param>
    /// <returns>The socket. Dispose it to close it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not a valid address.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    public static PacketConn Listen(string address) => Listen(address, NetBackend.Default);

    /// <summary>Opens a socket for datagrams, with options.</summary>
    /// <param name="address">As for <see cref="Listen(string)"/>.</param>
    /// <param name="options">The options.</param>
    /// <returns>The socket. Dispose it to close it.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">As for <see cref="Listen(string)"/>.</exception>
    /// <exception cref="IOException">As for <see cref="Listen(string)"/>; also when the system refused an option.</exception>
    public static PacketConn Listen(string address, PacketOptions options) => Listen(address, options, NetBackend.Default);

    internal static PacketConn Listen(string address, NetBackend backend) => Listen(address, PacketOptions.Default, backend);

    internal static PacketConn Listen(string address, PacketOptions options, NetBackend backend)
    {
        NetAddress parsed = NetAddress.Parse(address);
        ArgumentNullException.ThrowIfNull(options);
        return new PacketConn(backend.Wrap(Sockets.Bind(address, parsed, SocketType.Dgram, options.ToBind()), nameof(PacketConn)), null);
    }

    /// <summary>Waits for a datagram.</summary>
    /// <param name="buffer">Receives the datagram; bytes that do not fit are lost, as in Go.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The number of bytes and the sender's address. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; no datagram was taken.</exception>
    /// <exception cref="ObjectDisposedException">The socket was disposed before or during the wait.</exception>
    /// <exception cref="IOException">The deadline has passed (inner exception: <see cref="TimeoutException"/>), or the system reported an error (inner
    /// exception: <see cref="SocketException"/>).</exception>
    public ValueTask<(int Count, EndPoint From)> ReceiveFromAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => _socket.ReceiveFromAsync(buffer, cancellationToken);

    /// <summary>Waits for a datagram. A goroutine with its own stack parks; any other caller blocks its thread.</summary>
    /// <param name="buffer">As for <see cref="ReceiveFromAsync(Memory{byte}, CancellationToken)"/>.</param>
    /// <returns>As for <see cref="ReceiveFromAsync(Memory{byte}, CancellationToken)"/>.</returns>
    /// <exception cref="ObjectDisposedException">As for <see cref="ReceiveFromAsync(Memory{byte}, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">As for <see cref="ReceiveFromAsync(Memory{byte}, CancellationToken)"/>.</exception>
    public (int Count, EndPoint From) ReceiveFrom(Memory<byte> buffer) => ThreadWait.Wait(ReceiveFromAsync(buffer));

    /// <summary>Sends a datagram.</summary>
    /// <param name="buffer">The contents of the datagram.</param>
    /// <param name="to">The receiver's address.</param>
    /// <param name="cancellationToken">Cancels the wait for room in the system's buffer, which is rare.</param>
    /// <returns>The number of bytes sent, which is always the whole datagram. Await it once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="to"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="to"/> is not a socket address: resolve a <see cref="DnsEndPoint"/> first.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; nothing was sent.</exception>
    /// <exception cref="ObjectDisposedException">The object has been disposed.</exception>
    /// <exception cref="IOException">The deadline has passed (inner exception: <see cref="TimeoutException"/>), or the system reported an error, for instance because the
    /// datagram is too long (inner exception: <see cref="SocketException"/>).</exception>
    [OverloadResolutionPriority(1)]
    public ValueTask<int> SendToAsync(ReadOnlyMemory<byte> buffer, EndPoint to, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(to);
        return _socket.SendToAsync(buffer, to, cancellationToken);
    }

    /// <summary>Sends a datagram. While there is no room, a goroutine with its own stack parks; any other caller blocks its thread.</summary>
    /// <param name="buffer">As for <see cref="SendToAsync(ReadOnlyMemory{byte}, EndPoint, CancellationToken)"/>.</param>
    /// <param name="to">As for <see cref="SendToAsync(ReadOnlyMemory{byte}, EndPoint, CancellationToken)"/>.</param>
    /// <returns>As for <see cref="SendToAsync(ReadOnlyMemory{byte}, EndPoint, CancellationToken)"/>.</returns>
    /// <exception cref="ArgumentNullException">As for <see cref="SendToAsync(ReadOnlyMemory{byte}, EndPoint, CancellationToken)"/>.</exception>
    /// <exception cref="ObjectDisposedException">As for <see cref="SendToAsync(ReadOnlyMemory{byte}, EndPoint, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">As for <see cref="SendToAsync(ReadOnlyMemory{byte}, EndPoint, CancellationToken)"/>.</exception>
    public int SendTo(ReadOnlyMemory<byte> buffer, EndPoint to) => ThreadWait.Wait(SendToAsync(buffer, to));

    /// <summary>Closes the socket. Waiting operations fail with <see cref="ObjectDisposedException"/>. Further calls do nothing.</summary>
    public void Dispose() => _socket.Dispose();
}
