using Goroutines.Runtime;

namespace Goroutines.Net.Epoll;

/// <summary>Ends that are not the system call's: cancellation, deadline, close.</summary>
internal sealed partial class NetQueue
{
    /// <summary>Ends one operation, unless its call succeeds.</summary>
    /// <remarks>A cancellation callback comes here, and the operation's caller waits for the callback to return before it goes on.
    /// So the calls of the next operation, which may be long, are left to the poller.</remarks>
    internal void Abort(NetOperation operation, NetFailure failure, Exception? cause = null)
    {
        _lock.Enter();
        bool taken = TryTakeBack(operation, failure, cause);
        DropOrphanHeads();
        bool ask = IsHeadsTurn && !Waiting.First!.TriesItself;
        Turn next = ask ? default : TakeTurn();
        _lock.Exit();
        if (taken)
        {
            operation.Complete();
        }

        if (ask)
        {
            desc.AskForNews();
        }

        Act(next);
    }

    /// <summary>Ends all operations there are, except calls that succeed.</summary>
    internal void AbortAll(NetFailure failure, Exception? cause = null)
    {
        _lock.Enter();
        WakeList<NetOperation> taken = TakeAllBack(failure, cause);
        _lock.Exit();
        taken.CompleteAll();
    }

    /// <summary>After the close: waits until the system call that may be under way is over. None of them blocks, so the wait is short;
    /// its bound is for a thread that lost its core in the middle of the call.</summary>
    internal void AwaitQuiet()
    {
        SpinWait spinner = default;
        for (int i = 0; i < 1000 && IsBusy; i++)
        {
            spinner.SpinOnce();
        }
    }

    private bool IsBusy
    {
        get
        {
            _lock.Enter();
            bool busy = _readiness.IsBusy;
            _lock.Exit();
            return busy;
        }
    }

    private protected override void EnterLock() => _lock.Enter();

    private protected override void ExitLock() => _lock.Exit();

    private protected override bool TryTakeBack(NetOperation operation, NetFailure failure, Exception? cause)
    {
        switch (operation.Phase)
        {
            case NetPhase.Queued:
                break;
            case NetPhase.Nudged:
                operation.StopTrying();
                break;
            case NetPhase.Trying:
                operation.Requested = failure;
                operation.Cause = cause;
                return false;
            default:
                return false;
        }

        operation.Phase = NetPhase.None;
        Waiting.Remove(operation);
        operation.Fail(failure, cause);
        return true;
    }
}
