namespace Goroutines.Runtime;

/// <summary>What the system grants one scheduler in threads: how many there may be, and what was refused lately.</summary>
/// <remarks>
/// A refused worker is not the fault of the thread that just then happens to need one, be it a goroutine that sends, a worker that hands
/// its P over, or sysmon: nothing is thrown there. The P becomes idle and what lay in its queue goes to the global queue, so nothing is
/// lost: the workers there are take it as they come back from blocking regions or run dry, and sysmon, which does not sleep
/// while the global queue holds something, tries again. Only where there is no worker at all does the spawner of a
/// goroutine get an exception, and the goroutine is not queued any more. Racy on purpose: a lost refusal is asked for once more.
/// </remarks>
internal sealed class ThreadSupply
{
    /// <summary>After a refusal no thread is asked for during this time, in nanoseconds.</summary>
    private const long RefusalLasts = 10_000_000;

    /// <summary>Fewer than this is allowed in any case where MaxThreads was not set: working out its default takes a millisecond.</summary>
    private const int Few = 64;

    /// <summary>What MaxThreads was set to; 0: its default, which is not worked out yet.</summary>
    private int _most;
    private volatile Exception? _refusal;
    private long _refusedUntil;
    private long _refusals;

    /// <param name="most">MaxThreads; 0: its default.</param>
    internal ThreadSupply(int most) => _most = most;

    /// <summary>The most threads of goroutines with synchronous bodies.</summary>
    internal int Most => _most != 0 ? _most : _most = ThreadLimit.Default;

    /// <summary>Workers and sysmon threads that the system refused.</summary>
    internal long Refusals => Volatile.Read(ref _refusals);

    /// <summary>Starts a worker's thread; replaced in tests to see what a system that refuses one does.</summary>
    internal Action<M> Start { get; set; } = static m => m.StartThread();

    /// <summary>The last refusal, unless a thread was granted since.</summary>
    internal Exception? LastRefusal => _refusal;

    /// <summary>The last refusal while it lasts: no thread is asked for.</summary>
    internal Exception? CurrentRefusal => _refusal is { } last && Clock.SystemNanoseconds() < Volatile.Read(ref _refusedUntil) ? last : null;

    /// <summary>Whether there may be one more beside <paramref name="count"/> threads.</summary>
    internal bool Allows(int count) => _most != 0 ? count < _most : count < Few || count < Most;

    /// <summary>Whether an exception of a thread's start says that the system has none.</summary>
    internal static bool IsRefusal(Exception exception) => exception is OutOfMemoryException or ThreadStartException;

    internal void Granted() => _refusal = null;

    internal void Refused(Exception refusal)
    {
        Interlocked.Increment(ref _refusals);
        Volatile.Write(ref _refusedUntil, Clock.SystemNanoseconds() + RefusalLasts);
        _refusal = refusal;
    }
}
