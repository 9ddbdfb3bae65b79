using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.Net.Epoll;

/// <summary>A socket on the scheduler's own poller. The system calls are in EpollSocket.Calls.cs.</summary>
/// <remarks>
/// A socket that we open is a framework socket, which binds, listens, sets options and closes. An accepted socket is a bare
/// descriptor, because the framework would make five system calls to query each one.
/// <para>Every call is tried first. An operation is queued only if the call would have to wait; see <see cref="NetQueue"/>.</para>
/// </remarks>
internal sealed partial class EpollSocket : NetSocket
{
    /// <summary>How long a connect to a Unix socket with a full backlog waits before it tries again.</summary>
    private static readonly TimeSpan s_backlogPause = TimeSpan.FromMilliseconds(1);

    private readonly Socket? _socket;
    private readonly SafeHandle _handle;
    private readonly PollDesc _desc;
    private readonly AddressFamily _family;
    private EndPoint? _local;
    private EndPoint? _remote;
    private int _disposed;

    /// <summary>What is known of the last receive. By the thread that has the turn to receive.</summary>
    private ExactFill _fill;

    /// <summary>Whether we have connected it ourselves, so that the framework does not know its address.</summary>
    private bool _connected;

    internal EpollSocket(Socket socket)
    {
        _socket = Adopt(socket);
        _handle = socket.SafeHandle;
        _family = socket.AddressFamily;
        _desc = new PollDesc(_handle, _family == AddressFamily.Unix);
        _fill = new ExactFill(_family);
        socket.Blocking = false;
    }

    private EpollSocket(Descriptor accepted, AddressFamily family, EndPoint? remote)
    {
        _handle = accepted;
        _family = family;
        _remote = remote;
        _desc = new PollDesc(_handle, _family == AddressFamily.Unix);
        _fill = new ExactFill(family);
    }

    /// <summary>Closes a socket that was dropped without being closed. No operation waits on it, or it would not be garbage.</summary>
    ~EpollSocket()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Close();
        }
    }

    /// <summary>Whether the next receive waits for the poller's news without a call.</summary>
    internal bool WaitsWithoutCall => _desc.Read.WaitsWithoutCall;

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
                case Libc.WouldBlock: // a Unix socket with a full backlog
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
            _handle.DangerousAddRef(ref held); // so that it is not closed, and its number not reused, meanwhile
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

        // Messages may name the address, which a closed socket no longer knows.
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

    /// <summary>Has the socket watched again if its poller has retired, perhaps before it could see this operation in the queue.</summary>
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

    /// <summary>Queues the operation, whose call found nothing or is not to be made yet.</summary>
    private void Start(NetOperation operation, Outcome outcome, CancellationToken cancellationToken)
    {
        try
        {
            // Also if no call was made: a receive that emptied the socket at once did not have it watched.
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

    /// <summary>Tries an operation of one of the rarer kinds, and queues it if need be. It holds the result either way.</summary>
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

    /// <summary>Returns the exception for a failure of a system call or of the first attempt.</summary>
    internal Exception ErrorOf(NetKind kind, int errno) => errno switch
    {
        PastDeadline => DeadlineError(kind),
        WasDisposed => DisposedError(),

        // The framework breaks the connection of a socket that it closes during a call.
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

    /// <summary>The outcome of a first attempt.</summary>
    private enum Outcome
    {
        Done,
        Failed,

        /// <summary>The call would have had to wait; the caller still has the turn.</summary>
        InVain,

        /// <summary>It is not the caller's turn, or nothing can be ready.</summary>
        NotYet,
    }
}
