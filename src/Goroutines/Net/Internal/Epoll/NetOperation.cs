using System.Net;
using System.Threading.Tasks.Sources;
using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.Net.Epoll;

/// <summary>One operation that waits for a socket, and what its caller awaits.</summary>
/// <remarks>
/// The lock of its <see cref="NetQueue"/> guards the fields of its state. The arguments and results of the system call belong to the
/// thread that has the turn (<see cref="NetPhase.Trying"/>), and after the end to the awaiter.
/// </remarks>
internal sealed class NetOperation : WaitSource, IValueTaskSource, IValueTaskSource<int>, IValueTaskSource<NetSocket>, IValueTaskSource<(int Count, EndPoint From)>
{
    internal override object? Target => Socket;

    // Its state, guarded by the queue's lock.
    internal NetPhase Phase;

    /// <summary>Whether it can't try in a turn of its own, so that the thread that brings the news tries in its place.</summary>
    internal bool IsOutside;

    /// <summary>Whether a goroutine waits for it and will try in its own turn.</summary>
    internal bool TriesItself => IsAwaited && !IsOutside && !(GoesOnAnywhere && Goroutine!.Scheduler.IsStopping);

    /// <summary>Whether the goroutine that was to try, and then to continue, will never have a turn again.</summary>
    internal bool IsOrphan => TriesItself && Goroutine is { Scheduler.IsStopping: true };

    /// <summary>The failure with which it was asked to end while it was trying.</summary>
    internal NetFailure Requested;

    // The arguments and results of the system call.
    internal NetKind Kind;
    internal EpollSocket Socket = null!;
    internal NetQueue Queue = null!;
    internal Memory<byte> Buffer;
    internal nint Pointer;
    internal int Length;

    /// <summary>The buffers of a gathered send, and how far it has got: to which buffer, and to which offset in it.</summary>
    internal ReadOnlyMemory<byte>[]? Gathered;
    internal int GatheredIndex;
    internal int GatheredOffset;

    /// <summary>Bytes moved so far: the result.</summary>
    internal int Done;
    internal int Errno;
    internal NetFailure Failure;
    internal Exception? Cause;
    internal SocketAddress? Address;
    internal EndPoint? From;
    internal NetSocket? Accepted;

    internal static NetOperation Rent(EpollSocket socket, NetQueue queue, NetKind kind)
    {
        M? m = M.Current;
        NetOperation operation = Pool<NetOperation>.TryRent(m) ?? new NetOperation();
        operation.Socket = socket;
        operation.Queue = queue;
        operation.Kind = kind;
        operation.IsOutside = m?.CurrentG is null;
        operation.Begin(m?.CurrentG, WaitReason.IO);
        return operation;
    }

    /// <summary>Nudges its goroutine to try. Called with the queue's lock held; the caller readies the goroutine without it.</summary>
    internal void StartTrying()
    {
        Phase = NetPhase.Nudged;
        MarkNudged();
    }

    /// <summary>Withdraws the nudge: the try was in vain, or the operation is removed. Called with the queue's lock held.</summary>
    internal void StopTrying() => MarkPending();

    /// <summary>Completes the operation in its own turn. Called with the queue's lock held.</summary>
    internal void EndOwnTurn()
    {
        Phase = NetPhase.None;
        MarkCompleted();
    }

    /// <summary>Records a failure that is not the system call's. Called by the thread that ends the operation.</summary>
    internal void Fail(NetFailure failure, Exception? cause = null)
    {
        Failure = failure;
        Cause = cause;
        Outcome = failure == NetFailure.Cancelled ? WaitOutcome.Cancelled : WaitOutcome.Failed;
    }

    private protected override void TryCancel() => Queue.Abort(this, NetFailure.Cancelled);

    private protected override bool TryProceed() => Queue.TryProceed(this);

    private protected override void AwaitedOutside() => Queue.MustBeServed(this);

    void IValueTaskSource.GetResult(short token)
    {
        M? m = BeginGetResult(token);
        Exception? failure = ToException();
        Return(m);
        if (failure is not null)
        {
            throw failure;
        }
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        M? m = BeginGetResult(token);
        Exception? failure = ToException();
        int done = Done;
        Return(m);
        return failure is null ? done : throw failure;
    }

    NetSocket IValueTaskSource<NetSocket>.GetResult(short token)
    {
        M? m = BeginGetResult(token);
        Exception? failure = ToException();
        NetSocket? accepted = Accepted;
        Return(m);
        return failure is null ? accepted! : throw failure;
    }

    (int Count, EndPoint From) IValueTaskSource<(int Count, EndPoint From)>.GetResult(short token)
    {
        M? m = BeginGetResult(token);
        Exception? failure = ToException();
        (int, EndPoint) received = (Done, From!);
        Return(m);
        return failure is null ? received : throw failure;
    }

    private Exception? ToException() => Failure switch
    {
        NetFailure.None => Errno == Libc.OK ? null : Socket.ErrorOf(Kind, Errno),
        NetFailure.Cancelled => CancelledException(),
        NetFailure.Deadline => Socket.DeadlineError(Kind),
        NetFailure.Disposed => Socket.DisposedError(),
        NetFailure.Memory => Cause,
        _ => Socket.RefusedError(Kind, Cause!),
    };

    private void Return(M? m)
    {
        Socket = null!;
        Queue = null!;
        Buffer = default;
        Pointer = 0;
        Length = 0;
        Gathered = null;
        GatheredIndex = 0;
        GatheredOffset = 0;
        Done = 0;
        Errno = Libc.OK;
        Failure = NetFailure.None;
        Requested = NetFailure.None;
        Cause = null;
        Address = null;
        From = null;
        Accepted = null;
        if (Recycle())
        {
            Pool<NetOperation>.Return(this, m);
        }
    }
}

/// <summary>What an operation does.</summary>
internal enum NetKind : byte
{
    Receive,

    /// <summary>Waits until there is something to receive, and receives nothing.</summary>
    AwaitData,
    Send,

    /// <summary>Sends several buffers.</summary>
    SendGathered,
    Accept,
    Connect,
    ReceiveFrom,

    /// <summary>Receives a datagram without making an end point of the sender's address.</summary>
    ReceivePacket,
    SendTo,
}

/// <summary>The state of an operation in its queue.</summary>
internal enum NetPhase : byte
{
    /// <summary>Not in the queue.</summary>
    None,
    Queued,

    /// <summary>At the head, and its goroutine has been woken to try.</summary>
    Nudged,

    /// <summary>At the head, and a thread is in its system call.</summary>
    Trying,
}
