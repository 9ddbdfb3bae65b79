using System.Runtime.CompilerServices;
using Goroutines.Platform;

namespace Goroutines.Runtime;

/// <summary>Finds deadlocks (runtime/proc.go: <c>checkdead</c>), by proof.</summary>
/// <remarks>
/// <para>
/// Go knows every thread of its process, so from "nothing runs" it may conclude that nothing ever will. In .NET a task, a
/// thread, a framework timer, a signal handler or another runtime's goroutine may be about to act for the first time, and
/// nothing that it did before shows it. But whatever can wake a goroutine leads to it: through the channel, the lock, the
/// handle or the task that the goroutine waits for. So the detector asks the garbage collector.
/// </para>
/// <para>
/// <b>1. Quiet.</b> Sysmon has found every P idle and no turn run for a while. No goroutine is queued, no timer of ours is armed,
/// no goroutine is in a blocking region, no caller has declared that something outside may wake one
/// (<see cref="ExternalWaker"/>), and a main goroutine is awaited.
/// </para>
/// <para>
/// <b>2. Unreachable.</b> The scheduler, its threads, the registry and the caller of <c>Main</c> (<see cref="MainCall"/>) hold parked
/// goroutines weakly at most. After a full blocking collection, the registry's weak handles say whether anything else leads to one: a
/// static, a thread's stack, a queued work item, a socket that it waits for, a timer of the framework, a registered callback, a
/// token's source. All goroutines must be unreachable, not only the main goroutine: a main that waits for ever beside a goroutine
/// that serves is a common program (Go's <c>select {}</c>).
/// </para>
/// <para>
/// <b>3. Not by a finalizer either.</b> What is unreachable may have a finalizer that wakes a goroutine. So finalizers run,
/// everything must still be quiet, and step 2 is repeated for what a finalizer may have made reachable again.
/// </para>
/// <para>
/// Then the callers of <c>Main</c> get a <see cref="DeadlockException"/>. For its dump, the registry has kept the unreachable
/// goroutines, and descriptions of those that earlier collections took (<see cref="GRegistry"/>).
/// </para>
/// <para>
/// <b>Or: nothing is left that could act.</b> A goroutine that waits for a channel in a static field, or in a variable of the
/// method that called <c>Main</c>, is reachable, and so is what a synchronous body holds on the stack of its parked thread. The
/// collector can't tell such a root, if it will never act again, from one that will. If the process has nothing that could act,
/// that does not matter (<see cref="ClosedWorld"/>).
/// </para>
/// <para>
/// If everything is quiet but nothing is proved, a line goes to standard error, once, and there is no exception: a detector that
/// guesses ends healthy programs.
/// </para>
/// <para>
/// <b>What it costs.</b> It costs nothing while any goroutine runs or no main is awaited. A collection of a big heap is expensive. So the
/// bigger the heap, the longer everything must have been quiet, and each attempt that proves nothing doubles that time. While no turn is
/// run there are three attempts, at <see cref="Attempts"/>, and then no more.
/// </para>
/// <para><b>Rejected:</b> looking at what each goroutine waits for and what has used it so far (a task that is about to send for
/// the first time has used nothing).</para>
/// </remarks>
internal sealed class DeadlockDetector
{
    private const long LongestQuietWanted = 12_800_000_000;
    private const int MostDoublings = 7;

    /// <summary>A heap up to this size adds nothing to the required quiet time; each byte beyond adds <see cref="QuietPerByte"/>
    /// nanoseconds.</summary>
    private const long SmallHeap = 16 << 20;
    private const long QuietPerByte = 5;

    private static int s_saidAsleep;

    private readonly Scheduler _scheduler;
    private readonly bool _isOn;

    /// <summary>The number of things outside that may wake goroutines of this runtime. Any thread.</summary>
    private int _externalWakers;

    // Only sysmon uses the rest.
    private long _attemptsAt = -1;
    private int _attempts;
    private int _failedProofs;

    /// <summary>What could act, as found by the last attempt.</summary>
    private string? _actor;

    /// <param name="scheduler">The scheduler whose goroutines it watches.</param>
    /// <param name="isOn">Whether deadlocks are looked for.</param>
    internal DeadlockDetector(Scheduler scheduler, bool isOn)
    {
        _scheduler = scheduler;
        _isOn = isOn;
    }

    /// <summary>How long everything must have been quiet, in nanoseconds, for each attempt while no turn is run.</summary>
    private static ReadOnlySpan<long> Attempts => [100_000_000, 2_000_000_000, 20_000_000_000];

    /// <summary>Adds (+1) or removes (−1) something outside that may wake goroutines of this runtime.</summary>
    internal void ExternalWaker(int change)
    {
        if (Interlocked.Add(ref _externalWakers, change) == 0)
        {
            _scheduler.Sysmon.WakeIfAsleep(); // it may have given up while there was one
        }
    }

    /// <summary>Returns how long everything must have been quiet before a search for a deadlock pays, or <see cref="long.MaxValue"/> if it does not
    /// pay before something happens.</summary>
    internal long QuietWanted(long turns)
    {
        if (!_isOn || Volatile.Read(ref _externalWakers) != 0 || !_scheduler.Mains.AnyPending)
        {
            return long.MaxValue;
        }

        if (_attemptsAt != turns)
        {
            _attemptsAt = turns;
            _attempts = 0;
        }

        if (_attempts == Attempts.Length)
        {
            return long.MaxValue;
        }

        long heap = Math.Max(0, GC.GetTotalMemory(forceFullCollection: false) - SmallHeap) * QuietPerByte;
        long patience = Math.Min(LongestQuietWanted, Attempts[0] << Math.Min(_failedProofs, MostDoublings));
        return Math.Max(Attempts[_attempts], Math.Max(patience, heap * (_attempts + 1)));
    }

    /// <summary>Makes one attempt, after everything has been quiet for <paramref name="quiet"/> nanoseconds.</summary>
    internal void Check(long turns, long quiet)
    {
        _attempts++;
        if (!IsQuiet(turns))
        {
            return;
        }

        RuntimeEvents.OnDeadlockSuspected(_scheduler);
        bool waitsForNet = false;
        _scheduler.Registry.HoldsLost = true;
        try
        {
            if (Prove(turns, ref waitsForNet))
            {
                _failedProofs = 0;
                return;
            }
        }
        finally
        {
            _scheduler.Registry.HoldsLost = false;
            if (_scheduler.Registry.DropLost() is var lost and not 0)
            {
                _scheduler.GoroutinesLost(lost);
            }
        }

        _failedProofs++;
        if (_attempts > 1 && !waitsForNet && IsQuiet(turns) && Interlocked.Exchange(ref s_saidAsleep, 1) == 0)
        {
            SayAsleep(quiet, _actor);
        }
    }

    /// <returns>Whether a deadlock was found and its callers were notified.</returns>
    private bool Prove(long turns, ref bool waitsForNet)
    {
        bool proved;
        using (FrameworkInternals.HideActiveTasks())
        {
            proved = AllUnreachable(ref waitsForNet) && RunFinalizers() && IsQuiet(turns) && AllUnreachable(ref waitsForNet);
        }

        if ((proved || (NobodyCouldAct() && RunFinalizers() && NobodyCouldAct())) && IsQuiet(turns))
        {
            Report();
            return true;
        }

        return false;
    }

    private bool NobodyCouldAct() => (_actor = ClosedWorld.FindActor()) is null;

    /// <summary>Returns whether a full collection finds that nothing leads to any parked goroutine.</summary>
    private bool AllUnreachable(ref bool waitsForNet)
    {
        _scheduler.ForgetStale();
        _scheduler.Registry.FollowLost();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
        return !_scheduler.Registry.AnyReachable(ref waitsForNet) && !AnyOnStack();
    }

    /// <summary>Runs the pending finalizers. Returns <see langword="false"/> if they take too long for a conclusion.</summary>
    private static bool RunFinalizers()
    {
        // A thread of its own: a finalizer may block for ever, and sysmon must not.
        Thread thread = new(static () => GC.WaitForPendingFinalizers(), maxStackSize: 256 * 1024)
        {
            IsBackground = true,
            Name = "goroutines finalizers",
        };
        thread.UnsafeStart();
        return thread.Join(TimeSpan.FromSeconds(1));
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // no slot of the caller's frame may keep a goroutine alive
    private void Report()
    {
        DeadlockException deadlock = DeadlockException.Proved(_scheduler.Reports.Format(_scheduler.Goroutines(unreachable: true), _scheduler) + _scheduler.Registry.DescribeLetGo());
        RuntimeEvents.OnDeadlocked(_scheduler);
        _scheduler.Mains.FailAll(deadlock);
    }

    private bool IsQuiet(long turns)
    {
        Interlocked.MemoryBarrier();
        if (!_scheduler.AreAllPsIdle || _scheduler.AnyQueuedGlobally || _scheduler.AnySpins || Volatile.Read(ref _externalWakers) != 0)
        {
            return false;
        }

        foreach (P p in _scheduler.AllPs)
        {
            if (!p.Queue.IsEmpty || p.Timers.AnyArmed())
            {
                return false;
            }
        }

        // Without a P a goroutine can only be in a blocking region, or wait for the end of one.
        foreach (M m in _scheduler.AllMs)
        {
            if (IsInTurn(m) && m.WaitsIn is not { IsSignalled: false })
            {
                return false;
            }
        }

        foreach (StackfulThread thread in _scheduler.Stacks.Threads)
        {
            if (IsInTurn(thread) && thread.WaitsIn is not { IsSignalled: false })
            {
                return false;
            }
        }

        // Nothing has run meanwhile, so what was seen of the first goroutine still held when the last was looked at.
        return turns == _scheduler.Turns;
    }

    /// <summary>Returns whether a body waits in the middle of a turn, on its worker's stack, where it may never have parked.</summary>
    private bool AnyOnStack()
    {
        foreach (M m in _scheduler.AllMs)
        {
            if (IsInTurn(m))
            {
                return true;
            }
        }

        return false; // a parked synchronous body is in the registry, and reachable from its stack
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // no slot of the caller's frame may keep a goroutine alive
    private static bool IsInTurn(M m) => m.CurrentG is { Status: not (GStatus.Waiting or GStatus.Dead) };

    /// <summary>For <see cref="ClosedWorld"/>: returns whether nothing runs here or can run without help, and adds the ids of the threads that
    /// are known to be quiet.</summary>
    internal bool IsAsleep(HashSet<int> threads)
    {
        if (!IsQuiet(_scheduler.Turns) || _scheduler.IsNetActive)
        {
            return false;
        }

        threads.Add(_scheduler.Sysmon.ThreadId);
        foreach (M m in _scheduler.AllMs)
        {
            threads.Add(m.ThreadId);
        }

        foreach (StackfulThread thread in _scheduler.Stacks.Threads)
        {
            threads.Add(thread.ThreadId);
        }

        _scheduler.Mains.AddThreads(threads);

        return true;
    }

    private static void SayAsleep(long quiet, string? actor)
    {
#pragma warning disable RS0030 // there is no one else to notify
        Console.Error.WriteLine(
            $"goroutines: all goroutines have been asleep for {quiet / 1_000_000_000} s, and something outside could wake them (a task, a thread, a "
            + $"callback or a static still refers to what they wait for; left to act: {actor ?? "nothing that was found"}), so this is not called a deadlock. If that is meant: using (Go.ExpectExternal()), "
            + $"or {GoRuntimeOptions.DetectDeadlocksVariable}=0, or the AppContext switch {GoRuntimeOptions.DetectDeadlocksSwitch} = false.");
#pragma warning restore RS0030
    }
}
