using Goroutines.Runtime;

namespace Goroutines;

/// <summary>
/// Says, while it is held, that something that is no goroutine may wake one: then sleeping goroutines are no deadlock. Made by
/// <see cref="Go.ExpectExternal"/>.
/// </summary>
/// <remarks>
/// <para>Needed only for what the garbage collector does not see: native code that keeps a raw pointer, a main goroutine that
/// waits for ever beside a server that is none. Whatever refers to the channel, lock or task that a goroutine waits for (a task,
/// a thread, a timer, a registered callback, a static) is known to be able to wake it without this.</para>
/// <para>Safe from any thread. Several may be held at once; each counts until it is disposed. One that is dropped counts for as
/// long as its runtime lasts.</para>
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

    /// <summary>Takes it back: nothing outside is expected to wake a goroutine any more. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _scheduler.Deadlocks.ExternalWaker(-1);
        }
    }
}
