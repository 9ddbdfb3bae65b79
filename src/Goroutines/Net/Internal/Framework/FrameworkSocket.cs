using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Goroutines.Runtime;

namespace Goroutines.Net.Framework;

/// <summary>A socket over the framework's asynchronous operations: for macOS and Windows, and for comparison on Linux.</summary>
internal sealed class FrameworkSocket : NetSocket
{
    private readonly Socket _socket;
    private readonly FrameworkDirection _read = new();
    private readonly FrameworkDirection _write = new();
    private EndPoint? _local;
    private EndPoint? _remote;
    private volatile bool _disposed;

    internal FrameworkSocket(Socket socket) => _socket = Adopt(socket);

    /// <summary>Closes a socket that was dropped without being closed.</summary>
    ~FrameworkSocket()
    {
        if (!_disposed)
        {
            _disposed = true;
            _socket.Dispose();
        }
    }

    internal override bool IsDisposed => _disposed;

    internal override EndPoint? LocalEndPoint => _local ??= Ask(static socket => socket.LocalEndPoint);

    internal override EndPoint? RemoteEndPoint => _remote ??= Ask(static socket => socket.RemoteEndPoint);

    internal override DateTimeOffset? ReadDeadline
    {
        get => _read.Deadline;
        set
        {
            ThrowIfDisposed();
            _read.SetDeadline(value);
        }
    }

    internal override DateTimeOffset? WriteDeadline
    {
        get => _write.Deadline;
        set
        {
            ThrowIfDisposed();
            _write.SetDeadline(value);
        }
    }

    internal override async ValueTask ConnectAsync(EndPoint remote, CancellationToken cancellationToken)
    {
        _remote = remote;
        await Do("dial", _write, remote, static async (socket, remote, token) =>
        {
            await socket.ConnectAsync(remote, token).ConfigureAwait(false);
            return 0;
        }, cancellationToken).ConfigureAwait(false);
    }

    internal override async ValueTask<NetSocket> AcceptAsync(CancellationToken cancellationToken)
    {
        Socket accepted = await Do("accept", _read, 0, static (socket, _, token) => socket.AcceptAsync(token), cancellationToken).ConfigureAwait(false);
        OnAccepted?.Invoke(accepted);
        return new FrameworkSocket(accepted) { Owner = nameof(Conn) };
    }

    internal override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (IsPlain(buffer))
        {
            return Do("read", _read, buffer, static (socket, buffer, token) => socket.ReceiveAsync(buffer, SocketFlags.None, token), cancellationToken);
        }

        _ = buffer.Span; // if it throws, it does so before the operation begins
        return Do("read", _read, buffer, static async (socket, buffer, token) =>
        {
            await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, token).ConfigureAwait(false);
            return socket.Receive(buffer.Span); // does not wait: there is something, or the end
        }, cancellationToken);
    }

    internal override int Receive(Span<byte> buffer)
    {
        byte[] array = ArrayPool<byte>.Shared.Rent(buffer.Length);
        int received = ThreadWait.Wait(ReceiveAsync(array.AsMemory(0, buffer.Length), CancellationToken.None));
        array.AsSpan(0, received).CopyTo(buffer);
        ArrayPool<byte>.Shared.Return(array); // not after a failure, when the system may still write to it
        return received;
    }

    internal override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
        => SendPlainAsync(IsPlain(buffer) ? buffer : buffer.ToArray(), cancellationToken);

    internal override async ValueTask SendGatheredAsync(ReadOnlyMemory<byte>[] buffers, CancellationToken cancellationToken)
        => await Do("write", _write, buffers, static async (socket, buffers, token) =>
        {
            foreach (ReadOnlyMemory<byte> buffer in buffers)
            {
                ReadOnlyMemory<byte> rest = IsPlain(buffer) ? buffer : buffer.ToArray();
                while (!rest.IsEmpty)
                {
                    rest = rest[await socket.SendAsync(rest, SocketFlags.None, token).ConfigureAwait(false)..];
                }
            }

            return 0;
        }, cancellationToken).ConfigureAwait(false);

    private async ValueTask SendPlainAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
        => await Do("write", _write, buffer, static async (socket, buffer, token) =>
        {
            while (!buffer.IsEmpty)
            {
                buffer = buffer[await socket.SendAsync(buffer, SocketFlags.None, token).ConfigureAwait(false)..];
            }

            return 0;
        }, cancellationToken).ConfigureAwait(false);

    internal override void Send(ReadOnlySpan<byte> buffer)
    {
        byte[] array = ArrayPool<byte>.Shared.Rent(buffer.Length);
        buffer.CopyTo(array);
        ThreadWait.Wait(SendAsync(array.AsMemory(0, buffer.Length), CancellationToken.None));
        ArrayPool<byte>.Shared.Return(array); // not after a failure, when the system may still read it
    }

    internal override async ValueTask<(int Count, EndPoint From)> ReceiveFromAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Memory<byte> plain = IsPlain(buffer) ? buffer : new byte[buffer.Span.Length];
        SocketReceiveFromResult received = await Do("read", _read, plain, static async (socket, buffer, token) =>
        {
            EndPoint any = socket.AddressFamily switch
            {
                AddressFamily.Unix => new UnixDomainSocketEndPoint("?"),
                AddressFamily.InterNetwork => new IPEndPoint(IPAddress.Any, 0),
                _ => new IPEndPoint(IPAddress.IPv6Any, 0),
            };
            try
            {
                return await socket.ReceiveFromAsync(buffer, SocketFlags.None, any, token).ConfigureAwait(false);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize)
            {
                // On Windows, a datagram longer than the buffer. Its beginning was received, as elsewhere.
                return new SocketReceiveFromResult { ReceivedBytes = buffer.Length, RemoteEndPoint = any };
            }
        }, cancellationToken).ConfigureAwait(false);
        if (!IsPlain(buffer))
        {
            plain.Span[..received.ReceivedBytes].CopyTo(buffer.Span);
        }

        return (received.ReceivedBytes, EndPoints.Unmapped(received.RemoteEndPoint)!);
    }

    internal override ValueTask<int> SendToAsync(ReadOnlyMemory<byte> buffer, EndPoint to, CancellationToken cancellationToken)
    {
        to = EndPoints.For(_socket.AddressFamily, to);
        return Do("write", _write, (buffer: IsPlain(buffer) ? buffer : buffer.ToArray(), to), static (socket, what, token) => socket.SendToAsync(what.buffer, SocketFlags.None, what.to, token), cancellationToken);
    }

    internal override async ValueTask<int> ReceivePacketAsync(Memory<byte> buffer, SocketAddress? from, CancellationToken cancellationToken)
    {
        Memory<byte> plain = IsPlain(buffer) ? buffer : new byte[buffer.Span.Length];
        int received = await Do("read", _read, (plain, from), static async (socket, into, token) =>
        {
            try
            {
                return into.from is null
                    ? await socket.ReceiveAsync(into.plain, SocketFlags.None, token).ConfigureAwait(false)
                    : await socket.ReceiveFromAsync(into.plain, SocketFlags.None, into.from, token).ConfigureAwait(false);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize)
            {
                return into.plain.Length; // as in ReceiveFromAsync
            }
        }, cancellationToken).ConfigureAwait(false);
        if (!IsPlain(buffer))
        {
            plain.Span[..received].CopyTo(buffer.Span);
        }

        return received;
    }

    internal override ValueTask<int> SendPacketAsync(ReadOnlyMemory<byte> buffer, SocketAddress? to, CancellationToken cancellationToken)
        => Do("write", _write, (buffer: IsPlain(buffer) ? buffer : buffer.ToArray(), to), static (socket, what, token) => what.to is null
            ? socket.SendAsync(what.buffer, SocketFlags.None, token)
            : socket.SendToAsync(what.buffer, SocketFlags.None, what.to, token), cancellationToken);

    internal override T Use<T>(Func<Socket, T> action)
    {
        ThrowIfDisposed();
        try
        {
            return action(_socket);
        }
        catch (ObjectDisposedException) when (_disposed)
        {
            throw Disposed();
        }
    }

    internal override void Shutdown(SocketShutdown how)
    {
        ThrowIfDisposed();
        try
        {
            _socket.Shutdown(how);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.NotConnected)
        {
            // The peer has gone, so there is nothing left to shut.
        }
        catch (SocketException exception)
        {
            throw Failed("shutdown", exception);
        }
        catch (ObjectDisposedException)
        {
            throw Disposed();
        }
    }

    public override void Dispose()
    {
        if (!_disposed)
        {
            _ = LocalEndPoint; // for messages, while it is still known
            _disposed = true;
            _read.Close();
            _write.Close();
            _socket.Dispose();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Whether the memory is an array's. The framework accesses any other kind on a thread of its own, where an exception from
    /// the memory's owner would end the process.</summary>
    private static bool IsPlain(ReadOnlyMemory<byte> buffer) => MemoryMarshal.TryGetArray(buffer, out _);

    /// <summary>Runs one operation in its turn, until it is over or cancelled, the deadline passes, or the socket is closed.</summary>
    private async ValueTask<TResult> Do<TState, TResult>(
        string verb, FrameworkDirection direction, TState state, Func<Socket, TState, CancellationToken, ValueTask<TResult>> operation, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        CancellationToken expiry = direction.Expiry;
        CancellationTokenSource? linked = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(expiry, cancellationToken) : null;
        CancellationToken token = linked?.Token ?? expiry;
        try
        {
            using (await direction.Turn.LockAsync(token).ConfigureAwait(false))
            {
                ThrowIfDisposed();
                return await operation(_socket, state, token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_disposed)
        {
            throw Disposed();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw TimedOut(verb);
        }
        catch (OperationCanceledException exception)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (SocketException) when (_disposed)
        {
            throw Disposed();
        }
        catch (SocketException exception)
        {
            throw Failed(verb, exception);
        }
        catch (ObjectDisposedException)
        {
            throw Disposed();
        }
        finally
        {
            linked?.Dispose();
        }
    }

    private EndPoint? Ask(Func<Socket, EndPoint?> question)
    {
        try
        {
            return EndPoints.Unmapped(question(_socket));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    private void ThrowIfDisposed()
    {
        if (_disposed)
        {
            throw Disposed();
        }
    }
}
