namespace Goroutines.Runtime;

/// <summary>A source of news from outside that an idle worker can sleep in (runtime/netpoll.go: what a platform's poller has to offer).</summary>
/// <remarks>
/// <para>The scheduler knows no more of the network than this. The layer above makes one with the first thing that goroutines wait
/// for (<see cref="Scheduler.GetPoller"/>); another kernel interface is another class, and no change of the scheduler.</para>
/// <para>The count of watched things lives here, so that the scheduler's question whether there are any is the read of a field. It is
/// raised before the scheduler is told of the first one (<see cref="Scheduler.WatchNet"/>), as the protocol of
/// <see cref="PollerSlot"/> demands.</para>
/// </remarks>
/// <param name="scheduler">The scheduler whose workers sleep in it.</param>
internal abstract class Poller(Scheduler scheduler) : IDisposable
{
    private volatile int _watched;

    internal Scheduler Scheduler { get; } = scheduler;

    /// <summary>How many things are watched: sockets, as a rule.</summary>
    internal int Watched => _watched;

    /// <summary>Waits for news, and makes runnable the goroutines that it concerns. Any thread; several may call at once.</summary>
    /// <param name="nanoseconds">How long to wait; 0: not at all; negative: without limit.</param>
    /// <param name="ready">Takes the goroutines of this scheduler that have become runnable.</param>
    internal abstract void Poll(long nanoseconds, ref GList ready);

    /// <summary>Ends the wait of the thread that sleeps in <see cref="Poll"/>, or its next one. Calls that don't wait leave that wake-up alone.</summary>
    internal abstract void Break();

    /// <summary>The workers have gone, so that nobody polls here any more: what is still watched moves elsewhere, or its waits end.</summary>
    internal abstract void Retire();

    /// <summary>Releases a poller that was made in vain, because another thread made one first.</summary>
    public abstract void Dispose();

    /// <summary>One more thing is watched.</summary>
    protected void BeginWatching()
    {
        if (Interlocked.Increment(ref _watched) == 1)
        {
            Scheduler.WatchNet();
        }
    }

    /// <summary>One thing is watched no longer.</summary>
    protected void EndWatching() => Interlocked.Decrement(ref _watched);
}
