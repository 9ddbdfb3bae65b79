namespace Goroutines.Runtime;

/// <summary>The threads that the system grants one scheduler: how many there may be, and what was refused lately.</summary>
/// <remarks>
/// When a worker is refused, that is not the fault of the thread that happens to need one, be it a goroutine that sends, a worker that
/// hands over its P, or sysmon. So nothing is thrown there. The P becomes idle and the goroutines in its queue go to the global queue,
/// so nothing is lost: the existing workers take them as they come back from blocking regions or run out of work, and sysmon, which does
/// not sleep while the global queue holds something, tries again. Only if there is no worker at all does the spawner of a goroutine get
/// an exception, and the goroutine is no longer queued. The counts are racy on purpose: a lost refusal causes one more request.
/// </remarks>
internal sealed class ThreadSupply
{
    /// <summary>After a refusal, no thread is requested for this time, in nanoseconds.</summary>
    private const long RefusalLasts = 10_000_000;

    /// <summary>Fewer threads than this are always allowed if MaxThreads was not set: computing its default takes a millisecond.</summary>
    private const int Few = 64;

    /// <summary>What MaxThreads was set to, or 0 for its default, which is not computed yet.</summary>
    private int _most;
    private volatile Exception? _refusal;
    private long _refusedUntil;
    private long _refusals;

    /// <param name="most">MaxThreads, or 0 for its default.</param>
    internal ThreadSupply(int most) => _most = most;

    /// <summary>The maximum number of threads of goroutines with synchronous bodies.</summary>
    internal int Most => _most != 0 ? _most : _most = ThreadLimit.Default;

    /// <summary>The number of workers and sysmon threads that the system refused.</summary>
    internal long Refusals => Volatile.Read(ref _refusals);

    /// <summary>Starts a worker's thread. Tests replace it to see what happens on a system that refuses one.</summary>
    internal Action<M> Start { get; set; } = static m => m.StartThread();

    /// <summary>The last refusal, unless a thread was granted since.</summary>
    internal Exception? LastRefusal => _refusal;

    /// <summary>The last refusal while it is in effect: no thread is requested.</summary>
    internal Exception? CurrentRefusal => _refusal is { } last && Clock.SystemNanoseconds() < Volatile.Read(ref _refusedUntil) ? last : null;

    /// <summary>Whether there may be one more beside <paramref name="count"/> threads.</summary>
    internal bool Allows(int count) => _most != 0 ? count < _most : count < Few || count < Most;

    /// <summary>Returns whether an exception from starting a thread says that the system has none.</summary>
    internal static bool IsRefusal(Exception exception) => exception is OutOfMemoryException or ThreadStartException;

    internal void Granted() => _refusal = null;

    internal void Refused(Exception refusal)
    {
        Interlocked.Increment(ref _refusals);
        Volatile.Write(ref _refusedUntil, Clock.SystemNanoseconds() + RefusalLasts);
        _refusal = refusal;
    }
}
