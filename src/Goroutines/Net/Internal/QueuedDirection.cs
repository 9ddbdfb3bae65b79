using Goroutines.Runtime;

namespace Goroutines.Net;

/// <summary>One direction of a socket whose operations wait in a queue. The direction's lock guards all fields.</summary>
/// <typeparam name="TOperation">The type of the operations.</typeparam>
internal abstract class QueuedDirection<TOperation> : NetDirection<WakeList<TOperation>>
    where TOperation : WaitSource
{
    /// <summary>The operations that wait, in the order in which they are served.</summary>
    private protected WaitList<TOperation> Waiting;

    /// <summary>Removes an operation that is to end with a failure. If it is being performed, only records a request, which takes effect
    /// afterwards unless the operation is over by then. Called with the lock held.</summary>
    /// <returns>true if the operation was removed and the caller must complete it; otherwise, false.</returns>
    private protected abstract bool TryTakeBack(TOperation operation, NetFailure failure, Exception? cause);

    private protected WakeList<TOperation> TakeAllBack(NetFailure failure, Exception? cause)
    {
        WakeList<TOperation> taken = default;
        TOperation? operation = Waiting.First;
        while (operation is not null)
        {
            TOperation? next = WaitList<TOperation>.After(operation);
            if (TryTakeBack(operation, failure, cause))
            {
                taken.Add(operation);
            }

            operation = next;
        }

        return taken;
    }

    private protected override WakeList<TOperation> TakeAllBack(NetFailure failure) => TakeAllBack(failure, null);

    private protected override void EndAll(WakeList<TOperation> taken) => taken.CompleteAll();
}
