namespace Goroutines.Runtime;

/// <summary>A source of news from outside, in which an idle worker can sleep (runtime/netpoll.go: what a platform's poller has to offer).</summary>
/// <remarks>
/// <para>The scheduler knows no more of the network than this. The layer above creates a poller with the first thing that goroutines
/// wait for (<see cref="Scheduler.GetPoller"/>). Another kernel interface is another class and needs no change of the
/// scheduler.</para>
/// <para>The count of watched things is here, so that the scheduler can check with one field read whether there are any. It is raised
/// before the scheduler is notified of the first one (<see cref="Scheduler.WatchNet"/>), as the protocol of <see cref="PollerSlot"/>
/// requires.</para>
/// </remarks>
/// <param name="scheduler">The scheduler whose workers sleep in it.</param>
internal abstract class Poller(Scheduler scheduler) : IDisposable
{
    private volatile int _watched;

    internal Scheduler Scheduler { get; } = scheduler;

    /// <summary>The number of things that are watched, usually sockets.</summary>
    internal int Watched => _watched;

    /// <summary>Waits for news, and makes the affected goroutines runnable. Any thread; several may call at once.</summary>
    /// <param name="nanoseconds">How long to wait: 0 does not wait, and a negative value waits without limit.</param>
    /// <param name="ready">Receives the goroutines of this scheduler that have become runnable.</param>
    internal abstract void Poll(long nanoseconds, ref GList ready);

    /// <summary>Ends the wait of the thread that sleeps in <see cref="Poll"/>, or its next wait. Calls that don't wait leave that wake-up
    /// alone.</summary>
    internal abstract void Break();

    /// <summary>Called when the workers have gone, so that no thread polls here any more: what is still watched moves elsewhere, or its waits
    /// end.</summary>
    internal abstract void Retire();

    /// <summary>Releases a poller that is not used, because another thread created one first.</summary>
    public abstract void Dispose();

    /// <summary>Records that one more thing is watched.</summary>
    protected void BeginWatching()
    {
        if (Interlocked.Increment(ref _watched) == 1)
        {
            Scheduler.WatchNet();
        }
    }

    /// <summary>Records that one thing is no longer watched.</summary>
    protected void EndWatching() => Interlocked.Decrement(ref _watched);
}
