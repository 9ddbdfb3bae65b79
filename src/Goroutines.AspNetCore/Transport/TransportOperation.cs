using System.Threading.Tasks.Sources;
using Goroutines.Net.Epoll;
using Goroutines.Runtime;

namespace Goroutines.AspNetCore.Transport;

/// <summary>The operation of one direction of a connection: it waits in a <see cref="ParkSlot"/>, is claimed once, and completes what is awaited.</summary>
/// <typeparam name="TResult">What the operation results in.</typeparam>
/// <remarks>It is the work item as well, so that a direction needs no further object. There is one operation at a time.</remarks>
internal abstract class TransportOperation<TResult>(Scheduler scheduler) : WorkItem(scheduler), IValueTaskSource<TResult>
{
    private ManualResetValueTaskSourceCore<TResult> _core;
    private CancellationTokenRegistration _registration;
    private bool _isUnderWay;

    /// <summary>Requests to end the operation that is parked, or else the next one. Stored before <see cref="ParkSlot.TryClaim"/>, which is a full fence.</summary>
    private int _cancelRequested;
    private int _tokenCancelled;

    /// <summary>The news of this direction, and whether the operation is parked.</summary>
    internal ParkSlot Slot = new();

    /// <summary>Whether an operation has begun whose result has not been taken.</summary>
    internal bool IsUnderWay => Volatile.Read(ref _isUnderWay);

    /// <summary>Whether the operation that is under way is to end, or the next one.</summary>
    internal bool HasRequest => Volatile.Read(ref _cancelRequested) != 0 || Volatile.Read(ref _tokenCancelled) != 0;

    /// <summary>What is awaited when the operation has parked. Read before it parks.</summary>
    internal short Version => _core.Version;

    /// <summary>The poller's news.</summary>
    /// <returns><see langword="true"/> if the caller has to queue the work item.</returns>
    internal virtual bool AddNews() => Slot.AddNews();

    /// <summary>Ends a parked operation without news: it sees what was stored before, the reason of an abort or a request.</summary>
    internal void Wake()
    {
        if (Slot.TryClaim() && Claimed())
        {
            Queue();
        }
    }

    TResult IValueTaskSource<TResult>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            if (token == _core.Version)
            {
                _core.Reset();
                _isUnderWay = false;
                ResultTaken();
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<TResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    /// <summary>Ends the operation that is parked, or else the next one, as cancelled.</summary>
    internal void RequestCancel()
    {
        Interlocked.Exchange(ref _cancelRequested, 1);
        Wake();
    }

    /// <summary>Takes the request to cancel, if there is one. By the owner, outside of an operation.</summary>
    internal bool TakeCancelRequest() => _cancelRequested != 0 && Interlocked.Exchange(ref _cancelRequested, 0) != 0;

    /// <summary>Takes the request that a claimed operation is to end by.</summary>
    /// <returns>The request; <see cref="OperationStep.Done"/> if there is none.</returns>
    internal OperationStep TakeRequest()
    {
        if (Interlocked.Exchange(ref _tokenCancelled, 0) != 0)
        {
            return OperationStep.TokenCancelled;
        }

        return Interlocked.Exchange(ref _cancelRequested, 0) != 0 ? OperationStep.Cancelled : OperationStep.Done;
    }

    internal void Begin(CancellationToken cancellationToken)
    {
        _isUnderWay = true;
        if (cancellationToken.CanBeCanceled)
        {
            _tokenCancelled = 0;
            _registration = cancellationToken.UnsafeRegister(static state => ((TransportOperation<TResult>)state!).TokenCancelled(), this);
        }
    }

    /// <summary>Ends the operation: its token can end it no longer.</summary>
    /// <param name="isAwaited">Whether it has parked, so that its result is still to be taken.</param>
    /// <returns>The token.</returns>
    internal CancellationToken End(bool isAwaited)
    {
        CancellationToken token = _registration.Token;
        _registration.Dispose(); // waits for a callback under way, so that it ends no later operation
        _registration = default;
        _isUnderWay = isAwaited;
        return token;
    }

    /// <summary>Completes the parked operation. The continuation runs in here, and nothing of this object is touched after it.</summary>
    internal void SetResult(TResult result) => _core.SetResult(result);

    /// <summary>Completes the parked operation with an exception, as <see cref="SetResult"/> does.</summary>
    internal void SetException(Exception exception) => _core.SetException(exception);

    /// <summary>The caller has claimed the parked operation.</summary>
    /// <returns><see langword="true"/> if the caller has to queue the work item.</returns>
    private protected virtual bool Claimed() => true;

    /// <summary>The result of a parked operation has been taken: the next one may begin.</summary>
    private protected virtual void ResultTaken()
    {
    }

    private void TokenCancelled()
    {
        Interlocked.Exchange(ref _tokenCancelled, 1);
        Wake();
    }
}
