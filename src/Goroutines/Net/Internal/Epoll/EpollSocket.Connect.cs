using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Goroutines.Platform;

namespace Goroutines.Net.Epoll;

/// <summary>Connects, and converts addresses.</summary>
internal sealed unsafe partial class EpollSocket
{
    private int BeginConnect(SocketAddress address)
    {
        try
        {
            fixed (byte* pointer = address.Buffer.Span)
            {
                return Libc.Connect(_handle, pointer, address.Size) == 0 ? Libc.OK : Marshal.GetLastPInvokeError();
            }
        }
        catch (ObjectDisposedException)
        {
            throw Disposed();
        }
    }

    private ValueTask AwaitConnected(CancellationToken cancellationToken)
    {
        NetQueue queue = _desc.Write;
        NetOperation operation = NetOperation.Rent(this, queue, NetKind.Connect);
        if (queue.TryEnter(out NetFailure failure) == NetEntry.Enter)
        {
            // No news can have come yet: when the socket is added, the poller reports the state that it has then.
            Start(operation, Outcome.InVain, cancellationToken);
        }
        else
        {
            operation.Fail(failure);
            operation.Complete();
        }

        return new ValueTask(operation, operation.Version);
    }

    /// <summary>Finds out, after news, whether the connection was made or has failed.</summary>
    private NetCall CallIsConnected(NetOperation operation)
    {
        int error = 0;
        int size = sizeof(int);
        try
        {
            if (Libc.GetOption(_handle, Libc.SocketLevel, Libc.SocketErrorOption, &error, &size) != 0)
            {
                error = Marshal.GetLastPInvokeError();
            }

            if (error == 0)
            {
                // As in Go: the news may be about something else, so ask for the peer.
                byte* address = stackalloc byte[MostAddress];
                int addressSize = MostAddress;
                if (Libc.PeerName(_handle, address, &addressSize) != 0 && Marshal.GetLastPInvokeError() == Libc.NotConnected)
                {
                    return NetCall.WouldBlock;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            operation.Fail(NetFailure.Disposed);
            return NetCall.Done;
        }

        operation.Errno = error;
        return NetCall.DoneWithMore;
    }

    /// <summary>Returns the address in the socket's own family.</summary>
    private SocketAddress AddressFor(EndPoint remote) => EndPoints.For(_family, remote).Serialize();

    private EndPoint? NameOf(bool peer)
    {
        byte* address = stackalloc byte[MostAddress];
        int size = MostAddress;
        try
        {
            int result = peer ? Libc.PeerName(_handle, address, &size) : Libc.LocalName(_handle, address, &size);
            return result == 0 ? ToEndPoint(new ReadOnlySpan<byte>(address, size)) : null;
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    private EndPoint? ToEndPoint(ReadOnlySpan<byte> address) => ToEndPoint(_family, address);

    /// <summary>Converts an address from the system's form; returns null if there is none.</summary>
    internal static EndPoint? ToEndPoint(AddressFamily family, ReadOnlySpan<byte> address)
    {
        if (family == AddressFamily.Unix)
        {
            SocketAddress name = new(AddressFamily.Unix, Math.Max(sizeof(ushort), address.Length));
            address.CopyTo(name.Buffer.Span);
            return new UnixDomainSocketEndPoint("?").Create(name);
        }

        if (address.Length < 8)
        {
            return null;
        }

        SocketAddress copy = new(family, address.Length);
        address.CopyTo(copy.Buffer.Span);
        return EndPoints.Unmapped(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0).Create(copy));
    }
}
