using Goroutines.Runtime;

namespace Goroutines.Time;

/// <summary>A goroutine to be spawned when a timer is due or a context ends, in its requester's execution context.</summary>
/// <param name="scheduler">The scheduler that runs it.</param>
/// <param name="make">Makes the goroutine.</param>
internal sealed class DeferredBody(Scheduler scheduler, Func<Scheduler, AsyncG> make)
{
    /// <summary>The requester's context, or the default one if its flow was suppressed; never that of the code that happens to cancel or
    /// to run timers.</summary>
    private readonly ExecutionContext _context = ExecutionContext.Capture() ?? Scheduler.DefaultContext;

    /// <summary>Orders what the caller has done so far before the body. Called when the body is requested.</summary>
    internal DeferredBody Ordered()
    {
        RaceHooks.Release(this);
        return this;
    }

    internal static DeferredBody Of(Scheduler scheduler, Func<ValueTask> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new DeferredBody(scheduler, runtime => runtime.NewGoroutine(body, null, 0));
    }

    internal static DeferredBody Of(Scheduler scheduler, Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new DeferredBody(scheduler, runtime => runtime.NewGoroutine(body, null, 0));
    }

    internal static DeferredBody Of(Scheduler scheduler, Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new DeferredBody(scheduler, runtime => runtime.NewCallback(body));
    }

    /// <summary>Only enqueues, so any code that holds no lock may call it. A stopped runtime does not run the body.</summary>
    internal void Spawn()
    {
        if (ReferenceEquals(_context, ExecutionContext.Capture()))
        {
            Start();
        }
        else
        {
            ExecutionContext.Run(_context, static self => ((DeferredBody)self!).Start(), this);
        }
    }

    private void Start()
    {
        AsyncG goroutine = make(scheduler);
        RaceHooks.AcquireFor(goroutine, this);
        scheduler.TrySpawn(goroutine);
    }
}
