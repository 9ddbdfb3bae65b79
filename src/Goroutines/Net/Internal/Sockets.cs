using System.Net;
using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>Opens sockets.</summary>
internal static class Sockets
{
    /// <summary>Opens a socket that can reach, or be bound to, <paramref name="address"/>.</summary>
    /// <exception cref="SocketException">The system refused.</exception>
    internal static Socket Open(EndPoint address, SocketType type)
    {
        ProtocolType protocol = address.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified
            : type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp;
        Socket socket = new(address.AddressFamily, type, protocol);
        if (protocol == ProtocolType.Udp)
        {
            SetPacketDefaults(socket);
        }

        return socket;
    }

    /// <summary>Sets Go's options of UDP sockets: broadcasts are allowed, and on Windows a missing peer fails no later receive.</summary>
    private static void SetPacketDefaults(Socket socket)
    {
        try
        {
            socket.EnableBroadcast = true;
            if (OperatingSystem.IsWindows())
            {
                const int connectionResetControl = -1744830452; // SIO_UDP_CONNRESET
                socket.IOControl(connectionResetControl, [0, 0, 0, 0], null);
            }
        }
        catch (SocketException)
        {
            // A send that needs the option reports the failure.
        }
    }

    /// <summary>Opens a socket to reach <paramref name="remote"/>, sets its options, and binds it to the local address, if any.</summary>
    /// <exception cref="SocketException">The system refused.</exception>
    internal static Socket OpenFrom(NetAddress? local, EndPoint remote, SocketType type, Action<Socket> configure)
    {
        Socket socket = Open(remote, type);
        try
        {
            configure(socket);
            if (local?.ToBind() is { } address)
            {
                // An address without a host stands for any address of the family that is dialed.
                socket.Bind(address is IPEndPoint { Address: var any, Port: var port } && any.Equals(IPAddress.Any) && remote.AddressFamily == AddressFamily.InterNetworkV6
                    ? new IPEndPoint(IPAddress.IPv6Any, port)
                    : address);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Opens a socket and binds it to the first address to which that succeeds.</summary>
    /// <exception cref="IOException">No address could be bound; the first <see cref="SocketException"/> is the inner exception.</exception>
    internal static Socket Bind(string text, NetAddress address, SocketType type, BindOptions options)
    {
        SocketException? failure = null;
        try
        {
            foreach (EndPoint local in address.ToLocal())
            {
                Socket? socket = null;
                try
                {
                    socket = Open(local, type);
                    options.Configure(socket);
                    if (options.ReuseAddress)
                    {
                        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                    }

                    if (local is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } ip)
                    {
                        socket.DualMode = options.DualMode && ip.Address.Equals(IPAddress.IPv6Any);
                    }

                    socket.Bind(address.Path is { } path && !options.UnlinkOnClose ? new KeptPathEndPoint(path) : local);
                    return socket;
                }
                catch (SocketException exception)
                {
                    socket?.Dispose();
                    failure ??= exception;
                    if (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
                    {
                        break; // a caller that asks for both families does not want one alone
                    }
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
            failure = exception; // from the resolver
        }

        throw new IOException($"listen {text}: {failure?.Message ?? "the name has no address"}", failure);
    }
}
