using System.Threading.Tasks.Sources;
using Goroutines.Runtime;

namespace Goroutines.Net.Pipe;

/// <summary>One read or write of an in-memory connection, and what its caller awaits.</summary>
/// <remarks>The half's lock guards all fields, except that a copying thread owns <see cref="Buffer"/> and <see cref="Pointer"/>, and
/// that the awaiter owns everything after the end.</remarks>
internal sealed class PipeOperation : WaitSource, IValueTaskSource, IValueTaskSource<int>
{
    internal override object? Target => Socket;

    internal PipePhase Phase;

    /// <summary>The failure with which it was asked to end while its bytes were being copied.</summary>
    internal NetFailure Requested;

    internal PipeSocket Socket = null!;
    internal PipeSide Side = null!;
    internal Memory<byte> Buffer;

    /// <summary>The address of the bytes, if a synchronous form has pinned them; otherwise 0.</summary>
    internal nint Pointer;
    internal int Length;

    /// <summary>Bytes moved so far.</summary>
    internal int Done;
    internal NetFailure Failure;
    internal Exception? Cause;

    /// <summary>Whether it is awaited by a goroutine of a stopped runtime, which will never take the result.</summary>
    internal bool IsOrphan => IsAwaited && Goroutine is { Scheduler.IsStopping: true };

    internal static PipeOperation Rent(PipeSocket socket, PipeSide side)
    {
        M? m = M.Current;
        PipeOperation operation = Pool<PipeOperation>.TryRent(m) ?? new PipeOperation();
        operation.Socket = socket;
        operation.Side = side;
        operation.Begin(m?.CurrentG, side.Reason);
        return operation;
    }

    /// <summary>The bytes.</summary>
    internal unsafe Span<byte> Bytes => Pointer != 0 ? new Span<byte>((void*)Pointer, Length) : Buffer.Span;

    /// <summary>Records why it ends without having moved all its bytes. Called with the lock held, by the thread that ends it.</summary>
    internal void Fail(NetFailure failure, Exception? cause = null)
    {
        if (failure == NetFailure.Shut && Side.IsReading)
        {
            return; // the end of the stream: no bytes
        }

        Failure = failure;
        Cause = cause;
        Outcome = failure == NetFailure.Cancelled ? WaitOutcome.Cancelled : WaitOutcome.Failed;
    }

    private protected override void TryCancel() => Side.Abort(this);

    void IValueTaskSource.GetResult(short token) => Take(token);

    int IValueTaskSource<int>.GetResult(short token) => Take(token);

    private int Take(short token)
    {
        M? m = BeginGetResult(token);
        string verb = Side.IsReading ? "read" : "write";
        Exception? failure = Failure switch
        {
            NetFailure.None => null,
            NetFailure.Cancelled => CancelledException(),
            NetFailure.Deadline => Socket.TimedOut(verb),
            NetFailure.Disposed => Socket.Disposed(),
            NetFailure.Shut => Socket.Failed(verb, System.Net.Sockets.SocketError.Shutdown),
            _ => Cause,
        };
        int done = Done;
        Return(m);
        return failure is null ? done : throw failure;
    }

    private void Return(M? m)
    {
        Socket = null!;
        Side = null!;
        Buffer = default;
        Pointer = 0;
        Length = 0;
        Done = 0;
        Failure = NetFailure.None;
        Requested = NetFailure.None;
        Cause = null;
        if (Recycle())
        {
            Pool<PipeOperation>.Return(this, m);
        }
    }
}

/// <summary>The state of an operation.</summary>
internal enum PipePhase : byte
{
    /// <summary>In no queue.</summary>
    None,
    Queued,

    /// <summary>First in its queue, while a thread copies its bytes.</summary>
    Copying,
}
