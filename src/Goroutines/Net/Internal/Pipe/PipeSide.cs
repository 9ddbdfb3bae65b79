using Goroutines.Runtime;

namespace Goroutines.Net.Pipe;

/// <summary>One side of a half: the reads or the writes that wait there, in order, and their deadline. The half's lock owns it.</summary>
internal sealed class PipeSide(PipeHalf half, bool isReading) : NetDirection<PipeOperation>
{
    private PipeOperation? _last;

    internal bool IsReading => isReading;

    internal WaitReason Reason => isReading ? WaitReason.PipeRead : WaitReason.PipeWrite;

    internal PipeOperation? First { get; private set; }

    /// <summary>Why no operation may begin here, apart from the state of the stream.</summary>
    internal NetFailure OwnFailure => Broken;

    internal void Enqueue(PipeOperation operation)
    {
        operation.Phase = PipePhase.Queued;
        operation.Previous = _last;
        if (_last is null)
        {
            First = operation;
        }
        else
        {
            _last.Next = operation;
        }

        _last = operation;
    }

    internal void Remove(PipeOperation operation)
    {
        PipeOperation? next = operation.Next;
        PipeOperation? previous = operation.Previous;
        if (previous is null)
        {
            First = next;
        }
        else
        {
            previous.Next = next;
        }

        if (next is null)
        {
            _last = previous;
        }
        else
        {
            next.Previous = previous;
        }

        operation.Next = null;
        operation.Previous = null;
        operation.Phase = PipePhase.None;
    }

    /// <summary>Takes out all that wait, in order, as a list by <see cref="PipeOperation.Next"/>. One whose bytes are being copied is told, and ends when that is over.</summary>
    internal PipeOperation? TakeAll(NetFailure failure)
    {
        PipeOperation? taken = null;
        PipeOperation? operation = _last;
        while (operation is not null)
        {
            PipeOperation? before = operation.Previous;
            if (operation.Phase == PipePhase.Copying)
            {
                operation.Requested = failure;
            }
            else
            {
                Remove(operation);
                operation.Fail(failure);
                operation.Next = taken;
                taken = operation;
            }

            operation = before;
        }

        return taken;
    }

    /// <summary>Its token has fired: ends an operation that still waits.</summary>
    internal void Abort(PipeOperation operation)
    {
        half.EnterLock();
        bool waits = operation.Phase == PipePhase.Queued;
        if (waits)
        {
            Remove(operation);
            operation.Fail(NetFailure.Cancelled);
        }
        else if (operation.Phase == PipePhase.Copying)
        {
            operation.Requested = NetFailure.Cancelled;
        }

        half.ExitLock();
        if (waits)
        {
            operation.Complete();
        }
    }

    private protected override void EnterLock() => half.EnterLock();

    private protected override void ExitLock() => half.ExitLock();

    private protected override PipeOperation? TakeAllBack(NetFailure failure) => TakeAll(failure);

    private protected override void EndAll(PipeOperation? taken) => PipeHalf.CompleteAll(taken);
}
