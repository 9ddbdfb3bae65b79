using Goroutines.Runtime;

namespace Goroutines.Net.Pipe;

/// <summary>One side of a half: the reads or the writes that wait there, in order, and their deadline. The half's lock guards it.</summary>
internal sealed class PipeSide(PipeHalf half, bool isReading) : QueuedDirection<PipeOperation>
{
    internal bool IsReading => isReading;

    internal WaitReason Reason => isReading ? WaitReason.PipeRead : WaitReason.PipeWrite;

    internal PipeOperation? First => Waiting.First;

    /// <summary>Why no operation may begin on this side, apart from a shut half.</summary>
    internal NetFailure OwnFailure => Broken;

    internal void Enqueue(PipeOperation operation)
    {
        operation.Phase = PipePhase.Queued;
        Waiting.Enqueue(operation);
    }

    internal void Remove(PipeOperation operation)
    {
        operation.Phase = PipePhase.None;
        Waiting.Remove(operation);
    }

    /// <summary>Removes all operations that wait, in order, except one whose bytes are being copied.</summary>
    internal WakeList<PipeOperation> TakeAll(NetFailure failure) => TakeAllBack(failure, null);

    /// <summary>Called when the operation's token is cancelled: ends the operation if it still waits.</summary>
    internal void Abort(PipeOperation operation)
    {
        half.EnterLock();
        bool waits = TryTakeBack(operation, NetFailure.Cancelled, null);
        half.ExitLock();
        if (waits)
        {
            operation.Complete();
        }
    }

    private protected override void EnterLock() => half.EnterLock();

    private protected override void ExitLock() => half.ExitLock();

    private protected override bool TryTakeBack(PipeOperation operation, NetFailure failure, Exception? cause)
    {
        switch (operation.Phase)
        {
            case PipePhase.Queued:
                Remove(operation);
                operation.Fail(failure, cause);
                return true;
            case PipePhase.Copying:
                operation.Requested = failure;
                return false;
            default:
                return false;
        }
    }
}
