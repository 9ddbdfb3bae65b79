namespace Goroutines.Runtime;

/// <summary>Switches what one runtime records on and off, and has what belongs to no P: the events of other threads.</summary>
/// <remarks>
/// Starting and stopping is under its own lock, which no worker takes. Threads without a P write their events into one ring, under a short
/// lock; they are few beside those of the workers. A P that is added while something is on is given its part before anyone can take it
/// (<see cref="Scheduler.CopyPsFor"/>).
/// </remarks>
internal sealed class Tracer
{
    private const int OutsideId = -1;

    private readonly Scheduler _scheduler;
    private readonly Lock _lock = new();
    private readonly long _origin = Clock.SystemNanoseconds();
    private readonly long _clockOffset;
    private SpinMutex _outsideLock;
    private volatile TraceRing? _outside;
    private volatile DelaySampler? _outsideDelays;
    private volatile SpawnCounter? _outsideSpawns;

    // What is on. Under _lock; Attach reads them under the scheduler's.
    private int _rings;
    private long _ringBytes;
    private int _profiles;
    private long _delayRate;

    internal Tracer(Scheduler scheduler)
    {
        _scheduler = scheduler;
        _clockOffset = scheduler.Clock.IsSystem ? _origin - scheduler.Clock.Origin : 0;
    }

    /// <summary>Names of regions, and messages.</summary>
    internal TraceTexts Texts { get; } = new();

    /// <summary>The time of events: nanoseconds since the tracer was made.</summary>
    internal long Now() => Clock.SystemNanoseconds() - _origin;

    /// <summary>Turns that last longer, in nanoseconds, are told of (<see cref="SlowTurnSeen"/>); <see cref="long.MaxValue"/>: none are.</summary>
    internal long SlowTurn { get; set; } = long.MaxValue;

    /// <summary>Called on the worker with the goroutine and the length of a slow turn, when the turn ends. It must be quick, and not throw.</summary>
    internal Action<G, long>? SlowTurnSeen { get; set; }

    /// <summary>Whether events are recorded.</summary>
    internal bool Records => _outside is not null;

    /// <summary>Whether waits are sampled and spawns are counted.</summary>
    internal bool Profiles => _outsideDelays is not null;

    internal bool IsOn => _outside is not null || _outsideDelays is not null;

    /// <summary>Begins to record events, or joins those who do; with the rings that there are then.</summary>
    /// <param name="bytesPerProc">How much memory a P gets.</param>
    internal void OpenRings(long bytesPerProc)
    {
        lock (_lock)
        {
            if (_rings++ == 0)
            {
                _ringBytes = bytesPerProc;
                _outside = new TraceRing(bytesPerProc);
                Apply();
            }
        }
    }

    internal void CloseRings()
    {
        lock (_lock)
        {
            if (--_rings == 0)
            {
                _ringBytes = 0;
                _outside = null;
                Apply();
            }
        }
    }

    /// <summary>Begins to sample waits and to count what is started, or joins those who do.</summary>
    /// <param name="rate">One sample per so many nanoseconds of waited time, on each P.</param>
    internal void OpenProfiles(long rate)
    {
        lock (_lock)
        {
            if (_profiles++ == 0)
            {
                _delayRate = rate;
                _outsideDelays = new DelaySampler(rate, seed: 0x9E3779B9);
                _outsideSpawns = new SpawnCounter();
                Apply();
            }
        }
    }

    internal void CloseProfiles()
    {
        lock (_lock)
        {
            if (--_profiles == 0)
            {
                _delayRate = 0;
                _outsideDelays = null;
                _outsideSpawns = null;
                Apply();
            }
        }
    }

    /// <summary>The rings there are, each with the id of its P; −1 for the threads without one.</summary>
    internal List<(int Proc, TraceRing Ring)> Rings()
    {
        List<(int Proc, TraceRing Ring)> rings = [];
        foreach (P p in _scheduler.AllPs)
        {
            if (p.Trace?.Ring is { } ring)
            {
                rings.Add((p.Id, ring));
            }
        }

        if (_outside is { } outside)
        {
            rings.Add((OutsideId, outside));
        }

        return rings;
    }

    /// <summary>Waits so far, by who waited for what; empty when they are not sampled.</summary>
    internal Dictionary<DelayKey, DelayTotal> Delays()
    {
        Dictionary<DelayKey, DelayTotal> sum = [];
        foreach (P p in _scheduler.AllPs)
        {
            p.Trace?.Delays?.AddTo(sum);
        }

        _outsideDelays?.AddTo(sum);
        return sum;
    }

    /// <summary>Goroutines started so far, by creation site.</summary>
    internal Dictionary<ushort, long> Spawns()
    {
        Dictionary<ushort, long> sum = [];
        foreach (P p in _scheduler.AllPs)
        {
            p.Trace?.Spawns?.AddTo(sum);
        }

        _outsideSpawns?.AddTo(sum);
        return sum;
    }

    /// <summary>Gives a P its part of what is on. The P is the caller's, or the change is under <c>_lock</c>.</summary>
    internal void Attach(P p)
    {
        if (_ringBytes == 0 && _delayRate == 0)
        {
            p.Trace = null;
            return;
        }

        ProcTrace trace = p.Trace ?? new ProcTrace(this, p);
        trace.Ring = _ringBytes == 0 ? null : trace.Ring ?? new TraceRing(_ringBytes);
        trace.Delays = _delayRate == 0 ? null : trace.Delays ?? new DelaySampler(_delayRate, (uint)(p.Id + 1) * 2654435761u);
        trace.Spawns = _delayRate == 0 ? null : trace.Spawns ?? new SpawnCounter();
        p.Trace = trace;
    }

    /// <summary>A reading of the clock that others may use: for when a goroutine parked.</summary>
    internal void NoteTime(long now)
    {
        if (_scheduler.Clock.IsSystem)
        {
            _scheduler.NoteClock(now + _clockOffset);
        }
        else
        {
            _scheduler.ReadClock();
        }
    }

    /// <summary>Takes the wait of a goroutine that has just become runnable into account.</summary>
    internal void Sample(DelaySampler delays, G g, long now, G? waker)
    {
        if (g.HasEnded || g.Reason is WaitReason.None or WaitReason.Sleep or WaitReason.IO)
        {
            return;
        }

        long parked = g.ParkedAt;
        long until = _scheduler.Clock.IsSystem ? now + _clockOffset : _scheduler.CoarseNow;
        delays.Add(until - parked, new DelayKey(g.TraceSite, waker?.TraceSite ?? 0, g.Reason));
    }

    internal void TurnWasSlow(G g, long nanoseconds) => SlowTurnSeen?.Invoke(g, nanoseconds);

    /// <summary>As <see cref="ProcTrace.Ready"/>, by a thread without a P.</summary>
    internal void ReadyOutside(G g)
    {
        long now = Now();
        WriteOutside(now, TraceEventKind.Ready, g.Id, 0, []);
        if (_outsideDelays is { } delays)
        {
            Sample(delays, g, now, waker: null);
        }
    }

    /// <summary>As <see cref="ProcTrace.Spawned"/>, by a thread without a P.</summary>
    internal void SpawnedOutside(G g)
    {
        ushort site = g.TraceSite;
        if (_outsideSpawns is { } spawns)
        {
            _outsideLock.Enter();
            try
            {
                spawns.Count(site);
            }
            finally
            {
                _outsideLock.Exit();
            }
        }

        WriteOutside(Now(), TraceEventKind.Spawn, g.Id, site, []);
    }

    /// <summary>Writes an event of a thread without a P.</summary>
    internal void NoteOutside(TraceEventKind kind, long subject, ushort argument, ReadOnlySpan<long> extra = default)
        => WriteOutside(Now(), kind, subject, argument, extra);

    private void WriteOutside(long now, TraceEventKind kind, long subject, ushort argument, ReadOnlySpan<long> extra)
    {
        if (_outside is not { } ring)
        {
            return;
        }

        _outsideLock.Enter();
        ring.Write(now, kind, subject, argument);
        foreach (long word in extra)
        {
            ring.WriteExtra(now, word);
        }

        _outsideLock.Exit();
    }

    /// <summary>What is on has changed. Under <c>_lock</c>.</summary>
    private void Apply()
    {
        foreach (P p in _scheduler.CopyPsFor(this))
        {
            Attach(p);
        }
    }
}
