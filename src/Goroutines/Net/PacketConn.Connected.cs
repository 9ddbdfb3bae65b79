using System.Net;
using System.Net.Sockets;
using Goroutines.Runtime;

namespace Goroutines.Net;

/// <summary>Sockets with a peer, and those that join groups.</summary>
public sealed partial class PacketConn
{
    /// <summary>Gets the peer of a connected socket, a new object on each call; <see langword="null"/> for one that was opened by <see cref="Listen(string)"/>.</summary>
    public EndPoint? RemoteEndPoint => EndPoints.Copy(_remote);

    /// <summary>
    /// Opens a socket that is connected to one peer (Go's <c>net.Dial("udp", …)</c>). It sends to the peer and receives only from it, and
    /// its operations fail when the peer's machine reports that no socket listens there.
    /// </summary>
    /// <param name="address">The peer, as for <see cref="Conn.DialAsync(string, CancellationToken)"/>. If a name has several addresses, the first one that the
    /// system can send to is used.</param>
    /// <param name="options">The options; <see langword="null"/> for the default options.</param>
    /// <param name="cancellationToken">Cancels the look-up of a name.</param>
    /// <returns>The socket. Dispose it to close it. Await it once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not a valid address.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    /// <exception cref="IOException">The name does not exist, or the system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    public static ValueTask<PacketConn> DialAsync(string address, PacketOptions? options = null, CancellationToken cancellationToken = default)
        => OpenAsync(address, NetAddress.Parse(address), options ?? PacketOptions.Default, NetBackend.Default, cancellationToken);

    internal static async ValueTask<PacketConn> OpenAsync(string text, NetAddress address, PacketOptions options, NetBackend backend, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Exception? failure = null;
        try
        {
            foreach (EndPoint remote in await address.ToRemoteAsync(Resolver.System.ResolveAsync, cancellationToken))
            {
                NetSocket? socket = null;
                try
                {
                    socket = backend.Wrap(Sockets.OpenFrom(options.Local, remote, SocketType.Dgram, options.ApplyTo), nameof(PacketConn));
                    await socket.ConnectAsync(remote, cancellationToken); // does not wait: connecting a datagram socket sends nothing
                    return new PacketConn(socket, remote);
                }
                catch (Exception exception) when (exception is SocketException or IOException)
                {
                    socket?.Dispose();
                    failure ??= exception; // as in Go, the first failure is reported
                }
                catch
                {
                    socket?.Dispose();
                    throw;
                }
            }
        }
        catch (SocketException exception)
        {
            failure = exception; // of the resolver
        }

        throw failure as IOException ?? new IOException($"dial {text}: {failure?.Message ?? "the name has no address"}", failure ?? new SocketException((int)SocketError.NoData));
    }

    /// <summary>Waits for a datagram, without its sender's address. For connected sockets.</summary>
    /// <param name="buffer">Receives the datagram; bytes that do not fit are lost, as in Go.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The number of bytes. Await it once.</returns>
    /// <exception cref="OperationCanceledException">As for <see cref="ReceiveFromAsync(Memory{byte}, CancellationToken)"/>.</exception>
    /// <exception cref="ObjectDisposedException">As for <see cref="ReceiveFromAsync(Memory{byte}, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">As for <see cref="ReceiveFromAsync(Memory{byte}, CancellationToken)"/>. The <see cref="SocketException"/> has
    /// <see cref="SocketError.ConnectionRefused"/> if the peer's machine has answered that no socket listens there; the socket stays usable.</exception>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => _socket.ReceivePacketAsync(buffer, null, cancellationToken);

    /// <summary>Waits for a datagram, and writes the sender's address into an object that the caller provides, so that nothing is allocated.</summary>
    /// <param name="buffer">Receives the datagram; bytes that do not fit are lost, as in Go.</param>
    /// <param name="from">Receives the address in the system's form; <see cref="EndPoint.Create"/> makes an end point of it. Do not use it until the wait is over.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The number of bytes. Await it once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="from"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="from"/> is too small for an address of the socket's family.</exception>
    /// <exception cref="OperationCanceledException">As for <see cref="ReceiveFromAsync(Memory{byte}, CancellationToken)"/>.</exception>
    /// <exception cref="ObjectDisposedException">As for <see cref="ReceiveFromAsync(Memory{byte}, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">As for <see cref="ReceiveFromAsync(Memory{byte}, CancellationToken)"/>.</exception>
    public ValueTask<int> ReceiveFromAsync(Memory<byte> buffer, SocketAddress from, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(from);
        int most = SocketAddress.GetMaximumAddressSize(_local.AddressFamily);
        return from.Buffer.Length >= most
            ? _socket.ReceivePacketAsync(buffer, from, cancellationToken)
            : throw new ArgumentException($"An address of {_local.AddressFamily} takes {most} bytes; this has room for {from.Buffer.Length}. Make it with new SocketAddress(AddressFamily.{_local.AddressFamily}).", nameof(from));
    }

    /// <summary>Sends a datagram to the peer of a connected socket.</summary>
    /// <param name="buffer">The contents of the datagram.</param>
    /// <param name="cancellationToken">Cancels the wait for room in the system's buffer, which is rare.</param>
    /// <returns>The number of bytes sent, which is always the whole datagram. Await it once.</returns>
    /// <exception cref="OperationCanceledException">As for <see cref="SendToAsync(ReadOnlyMemory{byte}, EndPoint, CancellationToken)"/>.</exception>
    /// <exception cref="ObjectDisposedException">The object has been disposed.</exception>
    /// <exception cref="IOException">As for <see cref="SendToAsync(ReadOnlyMemory{byte}, EndPoint, CancellationToken)"/>; also when the socket has no peer
    /// (<see cref="SocketError.DestinationAddressRequired"/>), or the peer's machine has answered to an earlier datagram that no socket listens there
    /// (<see cref="SocketError.ConnectionRefused"/>).</exception>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        => _socket.SendPacketAsync(buffer, null, cancellationToken);

    /// <summary>Sends a datagram to an address in the system's form, so that nothing is allocated.</summary>
    /// <param name="buffer">The contents of the datagram.</param>
    /// <param name="to">The receiver's address, as filled in by <see cref="ReceiveFromAsync(Memory{byte}, SocketAddress, CancellationToken)"/>, or returned by
    /// <see cref="EndPoint.Serialize"/> for an
    /// end point of the socket's family. Do not change it until the operation is over.</param>
    /// <param name="cancellationToken">Cancels the wait for room in the system's buffer, which is rare.</param>
    /// <returns>The number of bytes sent, which is always the whole datagram. Await it once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="to"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">As for <see cref="SendToAsync(ReadOnlyMemory{byte}, EndPoint, CancellationToken)"/>.</exception>
    /// <exception cref="ObjectDisposedException">The object has been disposed.</exception>
    /// <exception cref="IOException">As for <see cref="SendToAsync(ReadOnlyMemory{byte}, EndPoint, CancellationToken)"/>.</exception>
    public ValueTask<int> SendToAsync(ReadOnlyMemory<byte> buffer, SocketAddress to, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(to);
        return _socket.SendPacketAsync(buffer, to, cancellationToken);
    }

    /// <summary>Waits for a datagram. A goroutine with its own stack parks; any other caller blocks its thread.</summary>
    /// <param name="buffer">As for <see cref="ReceiveAsync"/>.</param>
    /// <returns>As for <see cref="ReceiveAsync"/>.</returns>
    /// <exception cref="ObjectDisposedException">As for <see cref="ReceiveAsync"/>.</exception>
    /// <exception cref="IOException">As for <see cref="ReceiveAsync"/>.</exception>
    public int Receive(Memory<byte> buffer) => ThreadWait.Wait(ReceiveAsync(buffer));

    /// <summary>Sends a datagram to the peer. While there is no room, a goroutine with its own stack parks; any other caller blocks its thread.</summary>
    /// <param name="buffer">As for <see cref="SendAsync"/>.</param>
    /// <returns>As for <see cref="SendAsync"/>.</returns>
    /// <exception cref="ObjectDisposedException">As for <see cref="SendAsync"/>.</exception>
    /// <exception cref="IOException">As for <see cref="SendAsync"/>.</exception>
    public int Send(ReadOnlyMemory<byte> buffer) => ThreadWait.Wait(SendAsync(buffer));

    /// <summary>Gets or sets how many routers a datagram may pass (<c>IP_TTL</c>, the hop limit of IPv6). For multicast datagrams, see
    /// <see cref="MulticastTtl"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 0 or more than 255.</exception>
    /// <exception cref="ObjectDisposedException">The object has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    public int Ttl
    {
        get => _socket.Option("get", static (socket, _) => (int)socket.Ttl, false);
        set => _socket.Option("set", static (socket, value) => socket.Ttl = value, CheckedTtl(value));
    }

    /// <summary>Gets or sets how many routers a multicast datagram may pass. The default is 1: the datagram passes no router.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 0 or more than 255.</exception>
    /// <exception cref="ObjectDisposedException">The object has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    public int MulticastTtl
    {
        get => _socket.Option("get", static (socket, level) => (int)socket.GetSocketOption(level, SocketOptionName.MulticastTimeToLive)!, Level);
        set => _socket.Option("set", static (socket, at) =>
        {
            socket.SetSocketOption(at.Level, SocketOptionName.MulticastTimeToLive, at.Value);
            return true;
        }, (Level, Value: CheckedTtl(value)));
    }

    /// <summary>Gets or sets whether this machine also receives the multicast datagrams that it sends. The default is <see langword="true"/>.</summary>
    /// <exception cref="ObjectDisposedException">The object has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    public bool MulticastLoopback
    {
        get => _socket.Option("get", static (socket, _) => socket.MulticastLoopback, false);
        set => _socket.Option("set", static (socket, value) => socket.MulticastLoopback = value, value);
    }

    /// <summary>Joins a multicast group: the socket receives the group's datagrams until it leaves the group or is disposed.</summary>
    /// <param name="group">The group's address, of the socket's family.</param>
    /// <param name="interfaceIndex">The index of the network interface; 0 to let the system choose.</param>
    /// <exception cref="ArgumentNullException"><paramref name="group"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The object has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception.</exception>
    public void JoinGroup(IPAddress group, int interfaceIndex = 0) => ChangeGroup(SocketOptionName.AddMembership, group, interfaceIndex);

    /// <summary>Leaves a multicast group.</summary>
    /// <param name="group">As for <see cref="JoinGroup"/>.</param>
    /// <param name="interfaceIndex">As for <see cref="JoinGroup"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="group"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The object has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error, for instance because the socket is not in the group; the <see cref="SocketException"/> is
    /// the inner exception.</exception>
    public void LeaveGroup(IPAddress group, int interfaceIndex = 0) => ChangeGroup(SocketOptionName.DropMembership, group, interfaceIndex);

    /// <summary>Calls a function with the framework's socket, to get or set any other option.</summary>
    /// <param name="action">The function. It must not keep or dispose the socket, or send or receive with it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The object has been disposed.</exception>
    /// <exception cref="IOException">The system reported an error; the <see cref="SocketException"/> is the inner exception. Other exceptions of the function
    /// pass through unchanged.</exception>
    public void Control(Action<Socket> action) => _socket.Control(action);

    private SocketOptionLevel Level => _local.AddressFamily == AddressFamily.InterNetworkV6 ? SocketOptionLevel.IPv6 : SocketOptionLevel.IP;

    private void ChangeGroup(SocketOptionName change, IPAddress group, int interfaceIndex)
    {
        ArgumentNullException.ThrowIfNull(group);
        _socket.Option("set", static (socket, at) =>
        {
            if (at.group.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.SetSocketOption(SocketOptionLevel.IPv6, at.change, new IPv6MulticastOption(at.group, at.interfaceIndex));
            }
            else
            {
                socket.SetSocketOption(SocketOptionLevel.IP, at.change, at.interfaceIndex == 0 ? new MulticastOption(at.group) : new MulticastOption(at.group, at.interfaceIndex));
            }

            return true;
        }, (change, group, interfaceIndex));
    }

    private static short CheckedTtl(int value) => value is >= 0 and <= 255
        ? (short)value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A time to live is from 0 to 255.");
}
