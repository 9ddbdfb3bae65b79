using System.Threading.Tasks.Sources;
using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>The pending wait of a <see cref="Select"/>.</summary>
internal sealed class SelectWait(Select owner, int number = 0) : SharedWait(number), IValueTaskSource<int>
{
    private const int ByToken = int.MaxValue;

    internal override object? Target => owner;

    internal override void Abandon()
    {
        if (TryClaim(ByToken))
        {
            Outcome = WaitOutcome.Cancelled;
        }

        owner.LeaveQueues();
    }

    /// <summary>Makes an operation for later waits. It continues the numbering, so that earlier time-outs do not end them.</summary>
    internal SelectWait Successor() => new(owner, Number);

    /// <summary>Ends a wait that no caller awaits yet.</summary>
    /// <returns>true if the wait was ended; false if a case was performed and the wait is over.</returns>
    internal bool TryWithdraw()
    {
        if (!TryClaim(ByToken))
        {
            return false;
        }

        Shut();
        Withdraw();
        return true;
    }

    private protected override void TryCancel()
    {
        if (TryClaim(ByToken))
        {
            Outcome = WaitOutcome.Cancelled;
            Complete();
        }
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        BeginGetResult(token);
        int chosen = Chosen;
        bool cancelled = Outcome != WaitOutcome.Success;
        Exception? exception = !cancelled ? null : Outcome == WaitOutcome.Cancelled ? CancelledException() : StoppedException();
        Shut();
        bool reusable = Recycle();
        owner.TakeDown(cancelled ? -1 : chosen, reusable);
        return exception is null ? chosen : throw exception;
    }
}
