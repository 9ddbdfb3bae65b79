using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.Net.Epoll;

/// <summary>A socket on the scheduler's own poller. The system calls stand in EpollSocket.Calls.cs.</summary>
/// <remarks>
/// Sockets that we open are the framework's: it binds, listens, sets options and closes. What a listener accepts is a bare
/// descriptor, because the framework would ask the system five questions about each.
/// <para>Every call is tried first, and only when it would wait does an operation queue; see <see cref="NetQueue"/>.</para>
/// </remarks>
internal sealed partial class EpollSocket : NetSocket
{
    /// <summary>How long a connect waits before it tries again a Unix socket whose backlog is full.</summary>
    private static readonly TimeSpan s_backlogPause = TimeSpan.FromMilliseconds(1);

    private readonly Socket? _socket;
    private readonly SafeHandle _handle;
    private readonly PollDesc _desc;
    private readonly AddressFamily _family;
    private EndPoint? _local;
    private EndPoint? _remote;
    private int _disposed;

    /// <summary>We have connected it, so the framework does not know its address.</summary>
    private bool _connected;

    internal EpollSocket(Socket socket)
    {
        _socket = Adopt(socket);
        _handle = socket.SafeHandle;
        _family = socket.AddressFamily;
        _desc = new PollDesc(_handle, _family == AddressFamily.Unix);
        socket.Blocking = false;
    }

    private EpollSocket(Descriptor accepted, AddressFamily family, EndPoint? remote)
    {
        _handle = accepted;
        _family = family;
        _remote = remote;
        _desc = new PollDesc(_handle, _family == AddressFamily.Unix);
    }

    /// <summary>Dropped without having been closed: nobody waits on it any more, or it would not be garbage.</summary>
    ~EpollSocket()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Close();
        }
    }

    internal override bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    internal override EndPoint? LocalEndPoint => _local ??= _socket is not null && !_connected ? LocalOf(_socket) : NameOf(peer: false);

    internal override EndPoint? RemoteEndPoint => _remote ??= NameOf(peer: true);

    internal override DateTimeOffset? ReadDeadline
    {
        get => _desc.Read.Deadline;
        set => SetDeadline(_desc.Read, value);
    }

    internal override DateTimeOffset? WriteDeadline
    {
        get => _desc.Write.Deadline;
        set => SetDeadline(_desc.Write, value);
    }

    internal override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        NetKind kind = buffer.IsEmpty ? NetKind.AwaitData : NetKind.Receive;
        switch (TryReceive(kind, buffer.Span, out int result))
        {
            case Outcome.Done:
                return new ValueTask<int>(result);
            case Outcome.Failed:
                return ValueTask.FromException<int>(ErrorOf(kind, result));
            case var outcome:
                NetOperation operation = NetOperation.Rent(this, _desc.Read, kind);
                operation.Buffer = buffer;
                operation.Length = buffer.Length;
                Start(operation, outcome, cancellationToken);
                return new ValueTask<int>(operation, operation.Version);
        }
    }

    internal override unsafe int Receive(Span<byte> buffer)
    {
        NetKind kind = buffer.IsEmpty ? NetKind.AwaitData : NetKind.Receive;
        switch (TryReceive(kind, buffer, out int result))
        {
            case Outcome.Done:
                return result;
            case Outcome.Failed:
                throw ErrorOf(kind, result);
            case var outcome:
                fixed (byte* pointer = buffer)
                {
                    NetOperation operation = NetOperation.Rent(this, _desc.Read, kind);
                    operation.Pointer = (nint)pointer;
                    operation.Length = buffer.Length;
                    Start(operation, outcome, default);
                    return ThreadWait.Wait(new ValueTask<int>(operation, operation.Version));
                }
        }
    }

    internal override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        switch (TrySend(buffer.Span, out int result))
        {
            case Outcome.Done:
                return default;
            case Outcome.Failed:
                return ValueTask.FromException(ErrorOf(NetKind.Send, result));
            case var outcome:
                NetOperation operation = NetOperation.Rent(this, _desc.Write, NetKind.Send);
                operation.Buffer = MemoryMarshal.AsMemory(buffer);
                operation.Length = buffer.Length;
                operation.Done = result;
                Start(operation, outcome, cancellationToken);
                return new ValueTask(operation, operation.Version);
        }
    }

    internal override unsafe void Send(ReadOnlySpan<byte> buffer)
    {
        switch (TrySend(buffer, out int result))
        {
            case Outcome.Done:
                return;
            case Outcome.Failed:
                throw ErrorOf(NetKind.Send, result);
            case var outcome:
                fixed (byte* pointer = buffer)
                {
                    NetOperation operation = NetOperation.Rent(this, _desc.Write, NetKind.Send);
                    operation.Pointer = (nint)pointer;
                    operation.Length = buffer.Length;
                    operation.Done = result;
                    Start(operation, outcome, default);
                    ThreadWait.Wait(new ValueTask(operation, operation.Version));
                    return;
                }
        }
    }

    internal override ValueTask SendGatheredAsync(ReadOnlyMemory<byte>[] buffers, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        NetOperation operation = NetOperation.Rent(this, _desc.Write, NetKind.SendGathered);
        operation.Gathered = buffers;
        Try(operation, cancellationToken);
        return new ValueTask(operation, operation.Version);
    }

    internal override ValueTask<NetSocket> AcceptAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<NetSocket>(cancellationToken);
        }

        NetOperation operation = Try(_desc.Read, NetKind.Accept, default, 0, null, cancellationToken);
        return new ValueTask<NetSocket>(operation, operation.Version);
    }

    internal override ValueTask<(int Count, EndPoint From)> ReceiveFromAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<(int, EndPoint)>(cancellationToken);
        }

        NetOperation operation = Try(_desc.Read, NetKind.ReceiveFrom, buffer, buffer.Length, null, cancellationToken);
        return new ValueTask<(int, EndPoint)>(operation, operation.Version);
    }

    internal override ValueTask<int> SendToAsync(ReadOnlyMemory<byte> buffer, EndPoint to, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        NetOperation operation = Try(_desc.Write, NetKind.SendTo, MemoryMarshal.AsMemory(buffer), buffer.Length, AddressFor(to), cancellationToken);
        return new ValueTask<int>(operation, operation.Version);
    }

    internal override ValueTask<int> ReceivePacketAsync(Memory<byte> buffer, SocketAddress? from, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        NetOperation operation = Try(_desc.Read, NetKind.ReceivePacket, buffer, buffer.Length, from, cancellationToken);
        return new ValueTask<int>(operation, operation.Version);
    }

    internal override ValueTask<int> SendPacketAsync(ReadOnlyMemory<byte> buffer, SocketAddress? to, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        NetOperation operation = Try(_desc.Write, NetKind.SendTo, MemoryMarshal.AsMemory(buffer), buffer.Length, to, cancellationToken);
        return new ValueTask<int>(operation, operation.Version);
    }

    internal override async ValueTask ConnectAsync(EndPoint remote, CancellationToken cancellationToken)
    {
        _remote = remote;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (BeginConnect(AddressFor(remote)))
            {
                case Libc.OK:
                    break;
                case Libc.InProgress or Libc.Interrupted:
                    await AwaitConnected(cancellationToken);
                    break;
                case Libc.WouldBlock: // a Unix socket: it does not queue those that connect
                    if (_desc.Write.HasExpired)
                    {
                        throw DeadlineError(NetKind.Connect);
                    }

                    await GoRuntime.Current.SleepAsync(s_backlogPause, cancellationToken);
                    continue;
                case var errno:
                    throw ErrorOf(NetKind.Connect, errno);
            }

            _connected = true;
            return;
        }
    }

    internal override T Use<T>(Func<Socket, T> action)
    {
        bool held = false;
        try
        {
            _handle.DangerousAddRef(ref held); // it is not closed, nor its number used again, meanwhile
            if (_socket is not null)
            {
                return action(_socket);
            }

            using SafeSocketHandle handle = new(_handle.DangerousGetHandle(), ownsHandle: false);
            using Socket socket = new(handle);
            return action(socket);
        }
        catch (ObjectDisposedException) when (IsDisposed)
        {
            throw Disposed();
        }
        finally
        {
            if (held)
            {
                _handle.DangerousRelease();
            }
        }
    }

    internal override void Shutdown(SocketShutdown how)
    {
        int result;
        try
        {
            result = Libc.Shutdown(_handle, how switch { SocketShutdown.Receive => 0, SocketShutdown.Send => 1, _ => 2 });
        }
        catch (ObjectDisposedException)
        {
            throw Disposed();
        }

        if (result != 0 && Marshal.GetLastPInvokeError() is not Libc.NotConnected and var errno)
        {
            throw Failed("shutdown", Errno.ToException(errno));
        }
    }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        // Their messages may want the addresses, which a closed socket can't tell.
        _ = LocalEndPoint;
        Close();
        GC.SuppressFinalize(this);
    }

    private void Close()
    {
        _desc.Close();
        if (_socket is not null)
        {
            _socket.Dispose();
        }
        else
        {
            _handle.Dispose();
        }
    }

    internal IOException DeadlineError(NetKind kind) => TimedOut(Verb(kind));

    internal ObjectDisposedException DisposedError() => Disposed();

    internal Exception RefusedError(NetKind kind, Exception cause) => cause is ObjectDisposedException ? cause : Failed(Verb(kind), cause);

    private static string Verb(NetKind kind) => kind switch
    {
        NetKind.Receive or NetKind.AwaitData or NetKind.ReceiveFrom or NetKind.ReceivePacket => "read",
        NetKind.Send or NetKind.SendGathered or NetKind.SendTo => "write",
        NetKind.Accept => "accept",
        _ => "dial",
    };

    /// <summary>The poller has retired meanwhile, and may have looked for who waits before the operation did.</summary>
    private void WatchAgain(NetOperation operation)
    {
        NetQueue queue = operation.Queue;
        try
        {
            _desc.Watch();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            queue.Abort(operation, NetFailure.System, exception);
        }
    }

    /// <summary>Has the operation wait: its call was made in vain, or is not to be made yet.</summary>
    private void Start(NetOperation operation, Outcome outcome, CancellationToken cancellationToken)
    {
        try
        {
            // Also without a call: a receive that emptied the socket at once has not had it watched.
            _desc.Watch();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            if (outcome == Outcome.InVain)
            {
                operation.Queue.Leave(more: true);
            }

            operation.Fail(IsDisposed ? NetFailure.Disposed : NetFailure.System, exception);
            operation.Complete();
            return;
        }

        if (outcome == Outcome.InVain)
        {
            operation.Queue.LeaveAndWait(operation);
        }
        else
        {
            operation.Queue.Wait(operation);
        }

        if (!_desc.IsWatched)
        {
            WatchAgain(operation);
        }

        if (cancellationToken.CanBeCanceled)
        {
            operation.LinkCancellation(cancellationToken);
        }
    }

    /// <summary>The rarer kinds of operation: tries, and if need be waits. The result is taken from the operation either way.</summary>
    private NetOperation Try(NetQueue queue, NetKind kind, Memory<byte> buffer, int length, SocketAddress? address, CancellationToken cancellationToken)
    {
        NetOperation operation = NetOperation.Rent(this, queue, kind);
        operation.Buffer = buffer;
        operation.Length = length;
        operation.Address = address;
        Try(operation, cancellationToken);
        return operation;
    }

    private void Try(NetOperation operation, CancellationToken cancellationToken)
    {
        NetQueue queue = operation.Queue;
        switch (queue.TryEnter(out NetFailure failure))
        {
            case NetEntry.Fail:
                operation.Fail(failure);
                operation.Complete();
                break;
            case NetEntry.Enter:
                NetCall call = Perform(operation);
                if (call == NetCall.WouldBlock)
                {
                    Start(operation, Outcome.InVain, cancellationToken);
                    break;
                }

                queue.Leave(call == NetCall.DoneWithMore);
                operation.Complete();
                break;
            default:
                Start(operation, Outcome.NotYet, cancellationToken);
                break;
        }
    }

    private void SetDeadline(NetQueue queue, DateTimeOffset? deadline)
    {
        if (IsDisposed)
        {
            throw Disposed();
        }

        queue.SetDeadline(deadline);
    }

    /// <summary>What a failure of a system call, or of the first attempt, is to the caller.</summary>
    internal Exception ErrorOf(NetKind kind, int errno) => errno switch
    {
        PastDeadline => DeadlineError(kind),
        WasDisposed => DisposedError(),

        // The framework breaks the connection of a socket that it closes while a call is under way.
        _ when IsDisposed => DisposedError(),
        _ => Failed(Verb(kind), Errno.ToException(errno)),
    };

    private static EndPoint? LocalOf(Socket socket)
    {
        try
        {
            return socket.LocalEndPoint;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>How a first attempt went.</summary>
    private enum Outcome
    {
        Done,
        Failed,

        /// <summary>The call would have had to wait; the turn is still the caller's.</summary>
        InVain,

        /// <summary>It is not the caller's turn, or nothing can be ready.</summary>
        NotYet,
    }
}
