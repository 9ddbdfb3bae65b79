namespace Goroutines.Runtime;

/// <summary>New threads for workers and for sysmon, and what happens where the system has none to give.</summary>
/// <remarks>
/// A refused worker is nobody's fault who just then happens to need one, be it a goroutine that sends, a worker that hands its P over
/// or sysmon: nothing is thrown there. The P becomes idle and what lay in its queue goes to the global queue, so nothing is
/// lost: the workers there are take it as they come back from blocking regions or run dry, and sysmon, which does not sleep
/// while the global queue holds something, tries again. Only where there is no worker at all does the spawner of a
/// goroutine get an exception, and the goroutine is not queued any more.
/// </remarks>
internal sealed partial class Scheduler
{
    /// <summary>After a refusal no thread is asked for during this time, in nanoseconds.</summary>
    private const long RefusalLasts = 10_000_000;

    /// <summary>Fewer than this is allowed in any case where MaxThreads was not set: working out its default takes a millisecond.</summary>
    private const int FewThreads = 64;

    /// <summary>What MaxThreads was set to; 0: its default, which is not worked out yet.</summary>
    private int _maxThreads;
    private volatile Exception? _refusal;
    private long _refusedUntil;
    private long _refusals;

    /// <summary>The most threads of goroutines with synchronous bodies.</summary>
    internal int MaxThreads => _maxThreads != 0 ? _maxThreads : _maxThreads = ThreadLimit.Default;

    /// <summary>Workers and sysmon threads that the system refused.</summary>
    internal long Refusals => Volatile.Read(ref _refusals);

    /// <summary>Starts a worker's thread; replaced in tests to see what a system that refuses one does.</summary>
    internal Action<M> StartThread { get; set; } = static m => m.StartThread();

    /// <summary>Whether there may be one more beside <paramref name="count"/> threads.</summary>
    internal bool MayHaveThreads(int count) => _maxThreads != 0 ? count < _maxThreads : count < FewThreads || count < MaxThreads;

    /// <summary>Whether an exception of a thread's start says that the system has none.</summary>
    internal static bool IsRefusal(Exception exception) => exception is OutOfMemoryException or ThreadStartException;

    private void StartNewWorker(P p, bool spinning)
    {
        Exception refusal;
        if (_refusal is { } last && Clock.SystemNanoseconds() < Volatile.Read(ref _refusedUntil))
        {
            refusal = last;
        }
        else if (!ThreadLimit.TryReserve(out string limit))
        {
            refusal = new InvalidOperationException($"There is no room for another thread ({limit}).");
        }
        else
        {
            M m = new(this, _workers.NextId()) { Spinning = spinning, NextP = p };
            _lock.Enter();
            _workers.Add(m);
            _lock.Exit();
            try
            {
                StartThread(m);
                _refusal = null;
                return;
            }
            catch (Exception exception) when (IsRefusal(exception))
            {
                ThreadLimit.Release();
                _lock.Enter();
                _workers.Remove(m);
                _lock.Exit();
                refusal = exception;
            }
        }

        if (!ReferenceEquals(refusal, _refusal))
        {
            NoteRefusal(refusal); // not for one that nobody was asked for: those who ask often would never ask again
        }

        _lock.Enter();
        MoveQueueLocked(p);
        _procs.PutIdle(p);
        _lock.Exit();
        if (spinning)
        {
            Interlocked.Decrement(ref _spinning);
        }

        // Sysmon tries again. Not those who look whether they have to wake somebody: they would come here again, without end.
        WakeSysmon();
    }

    private void NoteRefusal(Exception refusal)
    {
        Interlocked.Increment(ref _refusals);
        Volatile.Write(ref _refusedUntil, Clock.SystemNanoseconds() + RefusalLasts);
        _refusal = refusal;
    }

    /// <summary>A worker was refused, and <paramref name="g"/> may lie in the global queue with nobody to run it: it is taken out again.</summary>
    /// <exception cref="InvalidOperationException">It was.</exception>
    private void ThrowIfNobodyRuns(G g, Exception refusal)
    {
        _lock.Enter();
        bool taken = _workers.All.Length == 0 && _global.Remove(g);
        _lock.Exit();
        if (!taken)
        {
            return;
        }

        GoroutinesGone(1);
        throw new InvalidOperationException(
            $"The system refused the first worker thread of the runtime \"{Name}\": {refusal.Message} Raise the limit on threads (ulimit -u, the container's pids limit, kernel.threads-max, vm.max_map_count).",
            refusal);
    }

    private void StartSysmon()
    {
        Thread thread = new(static self => ((Scheduler)self!).RunSysmon(), maxStackSize: 256 * 1024)
        {
            IsBackground = true,
            Name = $"{Name} sysmon",
        };
        thread.UnsafeStart(this);
    }

    /// <summary>Without sysmon goroutines run all the same; what it would do is put off until it can be started.</summary>
    private void TryStartSysmon()
    {
        if (_refusal is not null && Clock.SystemNanoseconds() < Volatile.Read(ref _refusedUntil))
        {
            Volatile.Write(ref _sysmonStarted, 0);
            return;
        }

        try
        {
            StartSysmon();
            _refusal = null;
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            NoteRefusal(exception);
            Volatile.Write(ref _sysmonStarted, 0); // whoever takes a P next tries again
        }
    }
}
