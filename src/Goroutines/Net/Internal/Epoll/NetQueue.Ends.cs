using Goroutines.Runtime;

namespace Goroutines.Net.Epoll;

/// <summary>Ends operations other than by their system call: by cancellation, deadline or close.</summary>
internal sealed partial class NetQueue
{
    /// <summary>Ends one operation, unless its call succeeds.</summary>
    /// <remarks>A cancellation callback calls this, and the operation's caller waits for the callback to return. So the calls of the
    /// next operation, which may take long, are left to the poller.</remarks>
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

    /// <summary>Ends all operations, except those whose call succeeds.</summary>
    internal void AbortAll(NetFailure failure, Exception? cause = null)
    {
        _lock.Enter();
        WakeList<NetOperation> taken = TakeAllBack(failure, cause);
        _lock.Exit();
        taken.CompleteAll();
    }

    /// <summary>Waits, after the close, until a system call in progress has ended. The calls do not block, so the wait is short. It is
    /// bounded in case the calling thread has lost its core in the middle of the call.</summary>
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
