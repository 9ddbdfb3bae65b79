using Goroutines.Scheduler;

namespace Goroutines.Time;

/// <summary>A goroutine to be spawned when a timer is due or a context ends, with the execution context of whoever asked for it.</summary>
internal sealed class DeferredBody(Scheduler.Scheduler scheduler, Delegate body)
{
    private readonly ExecutionContext? _context = ExecutionContext.Capture();

    /// <summary>Only enqueues, so it may be called from anywhere that holds no lock. A runtime that was stopped does not run the body.</summary>
    internal void Spawn()
    {
        if (_context is null || ReferenceEquals(_context, Scheduler.Scheduler.DefaultContext))
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
        long id = scheduler.NewGoroutineId();
        scheduler.TrySpawn(body is Func<ValueTask> call
            ? new ValueTaskG(scheduler, id, call, null, 0)
            : new TaskG(scheduler, id, (Func<Task>)body, null, 0));
    }
}
