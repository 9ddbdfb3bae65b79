using Goroutines.Runtime;

namespace Goroutines;

/// <summary>
/// Declares, while it is held, that something other than a goroutine may wake a goroutine. Sleeping goroutines are then no
/// deadlock. Created by <see cref="Go.ExpectExternal"/>.
/// </summary>
/// <remarks>
/// <para>It is needed only for what the garbage collector does not see: native code that keeps a raw pointer, or a main
/// goroutine that waits for ever beside a server that does not use goroutines. The runtime already knows that whatever refers to
/// the channel, lock or task that a goroutine waits for (a task, a thread, a timer, a registered callback, a static) can wake
/// it.</para>
/// <para>It is safe to use from any thread. Several may be held at once; each counts until it is disposed. One that is dropped
/// without being disposed counts as long as its runtime lasts.</para>
/// </remarks>
public sealed class ExternalWaker : IDisposable
{
    private readonly Scheduler _scheduler;
    private int _disposed;

    internal ExternalWaker(Scheduler scheduler)
    {
        _scheduler = scheduler;
        scheduler.Deadlocks.ExternalWaker(1);
    }

    /// <summary>Withdraws the declaration: nothing outside is expected to wake a goroutine any more. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _scheduler.Deadlocks.ExternalWaker(-1);
        }
    }
}
