using System.Threading.Tasks.Sources;
using Goroutines.Net.Epoll;
using Goroutines.Runtime;

namespace Goroutines.AspNetCore.Transport;

/// <summary>The operation of one direction of a connection. It waits in a <see cref="ParkSlot"/>, is claimed once, and completes the
/// awaited <see cref="ValueTask{TResult}"/>.</summary>
/// <typeparam name="TResult">The type of the result.</typeparam>
/// <remarks>The object is also the work item, so that a direction needs no other object. There is one operation at a time.</remarks>
internal abstract class TransportOperation<TResult>(Scheduler scheduler) : WorkItem(scheduler), IValueTaskSource<TResult>
{
    private ManualResetValueTaskSourceCore<TResult> _core;
    private CancellationTokenRegistration _registration;
    private bool _isUnderWay;

    /// <summary>A request to end the parked operation or, if none is parked, the next one. Stored with a full fence before
    /// <see cref="ParkSlot.TryClaim"/>.</summary>
    private int _cancelRequested;
    private int _tokenCancelled;

    /// <summary>The news of this direction, and whether the operation is parked.</summary>
    internal ParkSlot Slot = new();

    /// <summary>Whether an operation has begun and its result has not been taken.</summary>
    internal bool IsUnderWay => Volatile.Read(ref _isUnderWay);

    /// <summary>Whether there is a request to end the operation under way, or the next one.</summary>
    internal bool HasRequest => Volatile.Read(ref _cancelRequested) != 0 || Volatile.Read(ref _tokenCancelled) != 0;

    /// <summary>The version of the <see cref="ValueTask{TResult}"/> of an operation that parks. Read before it parks.</summary>
    internal short Version => _core.Version;

    /// <summary>Called by the poller when there is news.</summary>
    /// <returns><see langword="true"/> if the caller has to queue the work item.</returns>
    internal virtual bool AddNews() => Slot.AddNews();

    /// <summary>Wakes a parked operation without news. Its run sees an abort reason or a request stored before.</summary>
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

    /// <summary>Ends the parked operation or, if none is parked, the next one, as cancelled.</summary>
    internal void RequestCancel()
    {
        Interlocked.Exchange(ref _cancelRequested, 1);
        Wake();
    }

    /// <summary>Takes the request to cancel, if there is one. Called by the owner, outside of an operation.</summary>
    internal bool TakeCancelRequest() => _cancelRequested != 0 && Interlocked.Exchange(ref _cancelRequested, 0) != 0;

    /// <summary>Takes the request to end a claimed operation.</summary>
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

    /// <summary>Ends the operation. Its token can no longer cancel it.</summary>
    /// <param name="isAwaited">Whether it has parked, so that its result has yet to be taken.</param>
    /// <returns>The token.</returns>
    internal CancellationToken End(bool isAwaited)
    {
        CancellationToken token = _registration.Token;
        _registration.Dispose(); // waits for a running callback, so that it does not end a later operation
        _registration = default;
        _isUnderWay = isAwaited;
        return token;
    }

    /// <summary>Completes the parked operation. The continuation runs in this call, and nothing of this object is used after it.</summary>
    internal void SetResult(TResult result) => _core.SetResult(result);

    /// <summary>Completes the parked operation with an exception, as <see cref="SetResult"/> does.</summary>
    internal void SetException(Exception exception) => _core.SetException(exception);

    /// <summary>Called by the thread that has claimed the parked operation.</summary>
    /// <returns><see langword="true"/> if the caller has to queue the work item.</returns>
    private protected virtual bool Claimed() => true;

    /// <summary>Called when the result of a parked operation has been taken, so that the next one may begin.</summary>
    private protected virtual void ResultTaken()
    {
    }

    private void TokenCancelled()
    {
        Interlocked.Exchange(ref _tokenCancelled, 1);
        Wake();
    }
}
