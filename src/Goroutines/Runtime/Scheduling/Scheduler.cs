using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>
/// The scheduler of one runtime (runtime/proc.go: <c>sched</c>). Worker threads (M) give turns to goroutines (G); a
/// worker needs one of <c>MaxProcs</c> Ps to do so.
/// </summary>
/// <remarks>
/// <para><b>Two rules.</b> Readying always enqueues: a channel operation, a timer, a cancellation callback or a
/// completion never runs another goroutine's code. Only the owner of a P touches its producer side: a thread without a P
/// uses the global queue.</para>
/// <para><b>The wake-up protocol.</b> No work may lie in a queue while a worker that could run it sleeps. There are two
/// sides, and each makes its own state visible before it looks at the other's:
/// <code>
/// submitter                                  idler (a worker that found nothing)
/// S1 put the goroutine into a queue          I1 put the P into the idle list, idle count++   (under _lock)
/// S2 full fence                              I2 leave the spinning count; full fence
/// S3 if a P is idle and none spins:          I3 look at every queue and every timer again;
///    wake a worker, as a spinning one           if there is something: take an idle P back and go on looking
/// </code>
/// Either S3 sees the idle P and no spinning worker, and wakes one. Or S3 comes before I1 or before I2; then I3 comes
/// after S1 and finds the work. Or another worker spins; it will get to its own I2 before it sleeps, or find the work. S2
/// is the fence in <see cref="WakeIfIdle"/>; it pairs with the decrement (or the fence) in <see cref="GoIdle"/>. It is
/// the same for all queues, of the Ps and the global one.
/// </para>
/// <para>A spinning worker that finds work wakes another one first (<see cref="ResetSpinning"/>), so that a burst of work
/// wakes all the workers it needs, one after the other. At most half as many workers spin as are busy.</para>
/// <para><b>The exception.</b> Where waking has been in vain lately (<see cref="WakeThrottle"/>) and the turns of a P are short
/// (<see cref="P.TurnsAreShort"/>), S2 and S3 are left out for the first few goroutines that its worker readies: the worker gets to them
/// itself as soon as its body parks. Should a turn be long after all, sysmon takes over the part of S3, every millisecond.</para>
/// <para><b>Rejected:</b> waking a worker at every submission (a pair of goroutines that hand a value back and forth
/// would keep a second core spinning); handing the P over with the goroutine (this loses the locality of <c>runnext</c>);
/// letting idle workers stop without counting the spinning ones (the last one to stop must look again).</para>
/// </remarks>
internal sealed partial class Scheduler
{
    /// <summary>The empty execution context, from which every turn starts.</summary>
    internal static readonly ExecutionContext DefaultContext = FindDefaultContext();

    private SpinMutex _lock;

    // Parts guarded by _lock. Not readonly, because their state is embedded here.
    private ProcSet _procs;
    private WorkerSet _workers = new();

    // Parts with locks of their own, or without any.
    private readonly GlobalQueue _global = new();
    private PollerSlot _poller = new();
    private Population _population;

    /// <summary>The number of workers that are looking for work without having any. Written by interlocked operations.</summary>
    private volatile int _spinning;

    private long _nextId = 1;
    private volatile bool _stopping;
    private long _coarseNow;

    private static int s_lastNumber;

    /// <summary>A number that no other scheduler of this process has.</summary>
    internal readonly long Number = Interlocked.Increment(ref s_lastNumber);

    internal readonly string Name;
    internal readonly GoRuntime Runtime;
    internal readonly IRuntimeReports Reports;
    internal readonly Clock Clock;
    internal readonly GRegistry Registry;
    internal readonly bool DetectDeadlocks;

    // Parts with state of their own.
    internal readonly Sysmon Sysmon;
    internal readonly DeadlockDetector Deadlocks;
    internal readonly MainCalls Mains = new();
    internal readonly PanicReports Panics;
    internal readonly ThreadSupply Threads;
    internal readonly Obligations Obligations;

    /// <summary>Wakes a worker for the first timer if the clock is not the system's; null if it is.</summary>
    private readonly ProviderTimer? _providerTimer;

    internal Scheduler(GoRuntime runtime, GoRuntimeOptions options, IRuntimeReports reports)
    {
        Reports = reports;
        Runtime = runtime;
        Name = options.Name ?? "goroutines";
#pragma warning disable RS0030 // the default
        Clock = new Clock(options.TimeProvider ?? TimeProvider.System);
#pragma warning restore RS0030
        Stacks = new StackfulPool(this, options.StackSize);
        Threads = new ThreadSupply(options.ExplicitMaxThreads ?? 0);
        DetectDeadlocks = options.DetectDeadlocks;
        Driver = options.Driver;
        Registry = new GRegistry(this, keepsAlive: Driver is { KeepsGoroutines: true });
        Panics = new PanicReports(this, options.PanicHandler ?? reports.DefaultPanicHandler);
        Obligations = new Obligations(this);
        _providerTimer = Clock.IsSystem ? null : new ProviderTimer(Clock, ProviderFired);
        Deadlocks = new DeadlockDetector(this, DetectDeadlocks);
        Sysmon = new Sysmon(this, runs: !IsExplored);
        NewP = id => Traced(new P(id, this));
        _procs = new ProcSet(options.MaxProcs ?? ProcessorCount.Default);
        _global.Grow(_procs.Wanted);
        _lock.Enter();
        AdjustProcs();
        _lock.Exit();
        if (_procs.All.Length == 0)
        {
            throw new InsufficientMemoryException("There is no memory for a processor.");
        }

        Driver?.Attach(this);
        RuntimeEvents.OnStarted(this);
    }

    /// <summary>Creates a P. Tests replace it to see what happens to the runtime when there is no memory for one.</summary>
    internal Func<int, P> NewP { get; set; }

    // What the parts may see of each other's state. Each is a reading at one moment.
    internal bool IsStopping => _stopping;

    internal P[] AllPs => _procs.All;

    internal WorkerList AllMs => _workers.All;

    internal int IdlePs => _procs.IdleCount;

    internal bool AreAllPsIdle => _procs.AreAllIdle;

    /// <summary>The number of extra Ps that stand beside one whose body computes.</summary>
    internal int ComputingPs => _procs.Computing;

    internal bool AnyQueuedGlobally => !_global.IsEmpty;

    internal long TakenGlobally => _global.Taken;

    /// <summary>Whether any worker is looking for work.</summary>
    internal bool AnySpins => _spinning != 0;

    /// <summary>The time at the last read of the clock, for values that need to be only roughly right (how long a goroutine has waited).</summary>
    internal long CoarseNow => Volatile.Read(ref _coarseNow);

    /// <summary>The P of the calling thread, if it is one of this scheduler's workers and has one.</summary>
    internal P? CurrentP
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => M.Current is { } m && ReferenceEquals(m.Scheduler, this) ? m.P : null;
    }

    /// <summary>Reads the clock and stores the time for readers that do not need it exactly.</summary>
    internal long ReadClock()
    {
        long now = Clock.Now;
        Volatile.Write(ref _coarseNow, now);
        return now;
    }

    internal long NewGoroutineId() => CurrentP is { } p ? p.NewGoroutineId() : Interlocked.Increment(ref _nextId) - 1;

    /// <summary>Reserves a range of ids for one P, so that a spawn need not touch a shared counter (runtime/proc.go: _GoidCacheBatch).</summary>
    internal (long First, long End) ReserveIds()
    {
        const int Batch = 16;
        long end = Interlocked.Add(ref _nextId, Batch);
        return (end - Batch, end);
    }

    /// <summary>Makes a new goroutine runnable.</summary>
    /// <exception cref="ObjectDisposedException">The runtime takes no more goroutines.</exception>
    internal void Spawn(G g)
    {
        // Steps S1 and S2 of the protocol in Population.
        P? p = CurrentP;
        _population.CountSpawn(p);
        if (_population.Refuses)
        {
            Refuse();
        }

        Queue(p, g);
    }

    /// <summary>Like <see cref="Spawn(G)"/>, but a runtime that has been stopped refuses by returning false: for timers and cancellation, which have
    /// no caller to tell.</summary>
    internal bool TrySpawn(G g)
    {
        P? p = CurrentP;
        _population.CountSpawn(p);
        if (_population.Refuses)
        {
            GoroutinesGone(1);
            return false;
        }

        Queue(p, g);
        return true;
    }

    /// <summary>Makes a new goroutine runnable even while the runtime waits for its last ones to end: the last ones may be waiting for
    /// it.</summary>
    internal void SpawnAnyway(G g)
    {
        P? p = CurrentP;
        _population.CountSpawn(p);
        Queue(p, g);
    }

    /// <summary>Puts a goroutine that has just become runnable into a queue (goready; for threads without a P, injectglist).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enqueue(G g)
    {
        if (CurrentP is { } p)
        {
            p.Trace?.Ready(g);
            p.Queue.PushNext(g, this);
            if (_wakes.IsThrottling && p.TurnsAreShort && p.Queue.IsNearlyEmpty)
            {
                return;
            }
        }
        else
        {
            NoteReady(null, g);
            EnqueueGlobal(g);
        }

        WakeIfIdle();
    }

    internal void EnqueueGlobal(G g)
    {
        g.QueueNext = null;
        EnqueueGlobal(g, g, 1);
    }

    internal void EnqueueGlobal(G first, G last, int count)
    {
        if (!_global.TryPut(first, last, count))
        {
            AbandonLater(first);
        }
    }

    private void Queue(P? p, G g)
    {
        if (p is not null)
        {
            p.Trace?.Spawned(g);
            p.Queue.PushNext(g, this);
        }
        else
        {
            NoteSpawnOutside(g);
            EnqueueGlobal(g);
        }

        WakeIfIdle();
        if (p is null && Threads.LastRefusal is { } refusal)
        {
            ThrowIfNobodyRuns(g, refusal);
        }
    }

    private void ThrowIfRefusing()
    {
        if (_population.Refuses)
        {
            throw Refusal();
        }
    }

    /// <summary>Throws for a goroutine that was counted and is not accepted.</summary>
    private void Refuse()
    {
        GoroutinesGone(1);
        throw Refusal();
    }

    private ObjectDisposedException Refusal() => new(Name, $"The runtime \"{Name}\" has been stopped and takes no more goroutines.");

    private static ExecutionContext FindDefaultContext()
    {
        // A thread that was started unsafely begins without a context, and what it captures then is the default one.
        ExecutionContext? context = null;
        Thread thread = new(() => context = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return context!;
    }
}
