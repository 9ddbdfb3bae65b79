using System.Threading.Tasks.Sources;

namespace Goroutines.Runtime;

/// <summary>The goroutine as the source of its own <c>Go.Yield()</c>, which needs no allocation and no waker.</summary>
internal abstract partial class G : IValueTaskSource
{
    /// <summary>Grows by two with each turn that ended with the goroutine at the back of the queue at its own wish: by <c>Go.Yield()</c>, or by a callback that
    /// it posted to itself (<c>Task.Yield()</c>). It wraps around. For reports: any thread.</summary>
    internal ushort YieldCount => (ushort)Volatile.Read(ref _yieldVersion);

    /// <summary>Counts a turn that a callback posted to itself ended. A yield that has not been awaited to its end keeps its version. Own turn only.</summary>
    private void CountPostedYield()
    {
        if ((_yieldVersion & 1) == 0)
        {
            _yieldVersion += 2;
        }
    }

    /// <summary>Returns an operation that never completes synchronously and puts the goroutine at the back of the queue
    /// (runtime.Gosched).</summary>
    /// <remarks>A stackful goroutine has already yielded when this returns.</remarks>
    internal ValueTask YieldAsync()
    {
        if (this is ThreadG stackful)
        {
            stackful.YieldNow((StackfulThread)M.Current!);
            return default;
        }

        if ((_yieldVersion & 1) != 0)
        {
            return Sleeper.YieldOutside(); // another yield has not been awaited to its end yet: this one goes through the inbox
        }

        return new ValueTask(this, ++_yieldVersion);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token)
        => token == _yieldVersion ? ValueTaskSourceStatus.Pending : ValueTaskSourceStatus.Faulted; // taking the result is what throws

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        M? m = M.Current;
        bool mine = m is { HasP: true } && ReferenceEquals(m.CurrentG, this);
        if (ThreadWait.TakeRegistration(null, out _))
        {
            // A thread that blocks: it continues one turn later. A signal may run anywhere.
            if (mine)
            {
                AddToInbox(new InboxItem(static pair =>
                {
                    (Action<object?> signal, object? argument) = ((Action<object?>, object?))pair!;
                    signal(argument);
                }, (continuation, state)));
            }
            else
            {
                continuation(state);
            }

            return;
        }

        bool hereAgain = (flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0;
        if (token == _yieldVersion && mine && CanTake(m!, flags)
            && (hereAgain || m!.AdoptsRoot ? TryPark(null, continuation, state) : TryParkFree(null, continuation, state)))
        {
            GiveWay();
            return;
        }

        // Awaited elsewhere, or beside another operation of this goroutine: continue where the awaiter does, one turn later.
        ForeignContinuation.Capture(continuation, state, flags, 0).Run();
        if (mine)
        {
            GiveWay();
        }
    }

    void IValueTaskSource.GetResult(short token)
    {
        if (token != _yieldVersion)
        {
            throw new InvalidOperationException("This Yield has already been awaited. A ValueTask may be awaited once only.");
        }

        _yieldVersion++;
    }
}
