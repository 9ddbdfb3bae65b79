namespace Goroutines.Runtime;

/// <summary>Timers' way in, and draining: the end of goroutines.</summary>
/// <remarks>
/// <para><b>Draining.</b> A runtime is drained when as many goroutines have handed their outcome on as were ever started. Both
/// are counted where they happen, by plain stores of each P's owner, and summed up by whoever has a reason to. Nothing may be
/// paid for this while nobody drains, so the fence that counting lacks is the drainer's:
/// <code>
/// ender                                        drainer
/// E1 p.Delivered++                             D1 _refuses = true, _drained is set
/// E2 look at _drained; null: done              D2 process-wide barrier
/// E3 full fence                                D3 sum up; all delivered: complete _drained
/// E4 sum up; all delivered: complete _drained
/// spawner
/// S1 p.Spawned++
/// S2 look at _refuses; set: take S1 back (_gone++, then E2 to E4) and throw; else queue
/// </code>
/// An ender that sees no <c>_drained</c> has looked before D2, so its E1 is visible to D3 and to every E4 after D2. Of the enders
/// that see it, the last to pass E3 sees the others' E1; so one of these sums, or D3, is complete. A spawner that sees no
/// <c>_refuses</c> has looked before D2, so its S1 is visible likewise, and the goroutine is waited for. A sum reads what
/// was delivered before what was spawned, so it never comes out complete too early.
/// </para>
/// <para>A goroutine that was garbage collected never delivers anything. The registry notices when it is swept, which
/// the drainer sees to (<see cref="DrainAsync"/>).</para>
/// </remarks>
internal sealed partial class Scheduler
{
    /// <summary>How often the drainer looks for goroutines that were collected: at first, and at most.</summary>
    private static readonly TimeSpan s_firstSweep = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestSweep = TimeSpan.FromSeconds(1);

    /// <summary>Completed with true when the runtime is drained, with false when it is stopped before.</summary>
    private TaskCompletionSource<bool>? _drained;

    /// <summary>Puts a timer into the heap of the caller's P, or of any P in use, and sees to it that somebody wakes in time.</summary>
    internal void AddTimer(in TimerEntry entry)
    {
        if (AddTimerSilently(CurrentP, entry))
        {
            TimerAdded(entry.When);
        }
    }

    /// <returns>Whether it is now the first of its heap.</returns>
    private bool AddTimerSilently(P? p, in TimerEntry entry)
    {
        bool first;
        if (p is not null && p.Timers.TryAdd(entry, out first))
        {
            return first;
        }

        // At least one P is always in use, though which one may change while we look; until the runtime is stopped.
        P[] all = _procs.All;
        for (int i = (int)((uint)Environment.CurrentManagedThreadId % (uint)all.Length); ; i++)
        {
            if (all[i % all.Length].Timers.TryAdd(entry, out first))
            {
                return first;
            }

            if (Volatile.Read(ref _lateTimers) is { } late)
            {
                late.Add(entry);
                return false;
            }
        }
    }

    /// <summary>Steps E2 to E4, after a goroutine's outcome was handed on and counted.</summary>
    internal void GoroutineEnded()
    {
        if (Volatile.Read(ref _drained) is not null)
        {
            Interlocked.MemoryBarrier(); // E3, pairs with that of other enders
            CheckDrained();
        }
    }

    internal void GoroutinesLost(int count)
    {
        Interlocked.Add(ref _lost, count);
        GoroutineEnded();
    }

    /// <summary>Goroutines will not end, or were never taken, without having been collected.</summary>
    private void GoroutinesGone(int count)
    {
        Interlocked.Add(ref _gone, count);
        GoroutineEnded();
    }

    /// <summary>Takes no more goroutines: steps D1 to D3.</summary>
    /// <returns>Ends with true when the last goroutine has ended, with false when the runtime is stopped before.</returns>
    internal Task<bool> BeginDrain()
    {
        _refuses = true;
        TaskCompletionSource<bool> drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        drained = Interlocked.CompareExchange(ref _drained, drained, null) ?? drained;
        Interlocked.MemoryBarrierProcessWide(); // D2
        if (_stopping)
        {
            drained.TrySetResult(false);
        }

        CheckDrained();
        return drained.Task;
    }

    /// <summary>Takes no more goroutines, and waits for those there are to end.</summary>
    /// <returns>How many are left: none, unless <paramref name="cancellationToken"/> was cancelled or the runtime is stopped otherwise.</returns>
    internal async Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        Task<bool> drained = BeginDrain();
        long turns = -1;
        TimeSpan quiet = TimeSpan.Zero;
        TimeSpan collectAfter = s_longestSweep;
        for (TimeSpan delay = s_firstSweep; !drained.IsCompleted && !cancellationToken.IsCancellationRequested; delay = Min(2 * delay, s_longestSweep))
        {
#pragma warning disable RS0030 // collections happen in real time
            await Task.WhenAny(drained, Task.Delay(delay, TimeProvider.System, cancellationToken)).ConfigureAwait(false);
#pragma warning restore RS0030
            _ = Count; // which counts those that were collected
            quiet = turns == Turns ? quiet + delay : TimeSpan.Zero;
            turns = Turns;
            if (quiet >= collectAfter && !drained.IsCompleted && Driver is null)
            {
                // Nothing runs. What is left may wait for what nobody can reach any more, and would be waited for until
                // the program happens to need a collection.
                quiet = TimeSpan.Zero;
                collectAfter *= 4;
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            }
        }

        if (drained.IsCompletedSuccessfully && await drained.ConfigureAwait(false))
        {
            return 0;
        }

        return (int)Math.Max(0, _stopping ? Volatile.Read(ref _leftAtStop) : Count);
    }

    private void CheckDrained()
    {
        if (CountWithout(static p => Volatile.Read(ref p.Delivered)) <= 0)
        {
            _drained!.TrySetResult(true);
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
