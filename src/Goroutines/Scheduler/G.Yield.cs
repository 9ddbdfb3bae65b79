using System.Threading.Tasks.Sources;

namespace Goroutines.Scheduler;

/// <summary>The goroutine as the source of its own <c>Go.Yield()</c>: no allocation, no waker.</summary>
internal abstract partial class G : IValueTaskSource
{
    /// <summary>runtime.Gosched: an operation that is never complete at once and puts the goroutine at the back of the queue.</summary>
    /// <remarks>A stackful goroutine has had its yield when this returns.</remarks>
    internal ValueTask YieldAsync()
    {
        if (this is StackfulG stackful)
        {
            stackful.YieldNow((StackfulThread)M.Current!);
            return default;
        }

        if (_yieldPending)
        {
            return Time.Sleeper.YieldOutside(); // another one has not been awaited to its end yet: this one goes through the inbox
        }

        _yieldPending = true;
        return new ValueTask(this, _yieldVersion);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token)
    {
        CheckYieldVersion(token);
        return ValueTaskSourceStatus.Pending;
    }

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        CheckYieldVersion(token);
        M? m = M.Current;
        if (m is null || !ReferenceEquals(m.CurrentG, this) || !TryPark(null, continuation, state))
        {
            // Awaited elsewhere, or beside another operation of this goroutine: still a turn later, through the inbox.
            Post(static pair =>
            {
                (Action<object?> continuation, object? state) = ((Action<object?>, object?))pair!;
                continuation(state);
            }, (continuation, state));
        }

        if (ReferenceEquals(m?.CurrentG, this))
        {
            GiveWay();
        }
    }

    void IValueTaskSource.GetResult(short token)
    {
        CheckYieldVersion(token);
        _yieldVersion++;
        _yieldPending = false;
    }

    private void CheckYieldVersion(short token)
    {
        if (token != _yieldVersion)
        {
            throw new InvalidOperationException("This Yield has already been awaited. A ValueTask may be awaited once only.");
        }
    }
}
