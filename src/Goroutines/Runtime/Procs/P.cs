using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>The right to run goroutines, and what a worker needs while it holds that right (runtime/runtime2.go: <c>p</c>).</summary>
/// <remarks>
/// Everything belongs to the worker that holds the P, except the run queue's consumer side, the timers (which have a lock) and
/// the fields marked volatile. The P changes hands only through <see cref="_status"/>. A worker stores <c>Syscall</c> (release)
/// when it enters a blocking region, and no longer touches the P. The thread that moves the status on by CAS (the worker coming
/// back, sysmon, a stop) then has the P and sees all that was stored before.
/// </remarks>
internal sealed class P(int id, Scheduler scheduler)
{
    /// <summary>The id of a P that belongs to no scheduler's list. A turn continues on such a P when the scheduler has been stopped.</summary>
    internal const int StrayId = -1;

    internal readonly int Id = id;
    internal readonly RunQueue Queue = new();
    internal readonly TimerHeap Timers = new();

    private int _status = (int)PStatus.Idle;
    private PoolStack[] _pools = [];

    /// <summary>Stands in where there is no memory for a pool. It is both always empty and always full.</summary>
    private PoolStack _noPool = new() { Count = PoolStack.Limit };

    /// <summary>The number of turns given out by <c>schedule</c>, except those that inherit a time slice. Written by the owner,
    /// read by sysmon. Its value identifies the chain of <c>runnext</c> that is running.</summary>
    internal uint ScheduleTick;

    /// <summary>How many turns the chain of <c>runnext</c> may still inherit before its slice is checked
    /// (<see cref="Scheduler.SliceIsOver"/>). Only the owner touches it and the three fields below.</summary>
    internal int TurnsToLook = Scheduler.TurnsPerLook;

    /// <summary>The <see cref="ScheduleTick"/> of the chain that the two fields below are about.</summary>
    internal uint LookedAtChain;

    /// <summary>The number of looks at this chain so far.</summary>
    internal int ChainLooks;

    /// <summary>When this chain was first looked at, by the system's clock.</summary>
    internal long ChainSince;

    /// <summary>Whether the global queue had its turn before the ring at the end of the last slice. At the end of the next slice it is the other way
    /// round.</summary>
    internal bool GlobalHadTurn;

    /// <summary>The number of turns run. Written by the owner, read by sysmon: if it does not change, the worker is stuck in a body.</summary>
    internal long TurnTick;

    /// <summary>The number of blocking regions entered. Written by the owner, read by sysmon.</summary>
    internal uint SyscallTick;

    /// <summary>Set, by sysmon or by the owner's own count, when a chain of <c>runnext</c> has used up its time slice. Cleared by
    /// the owner, which then turns to its ring.</summary>
    internal volatile bool Preempt;

    /// <summary>Set by sysmon when it has put another P beside this one, whose body does not yield. Cleared under the scheduler's lock.</summary>
    internal volatile bool Compensated;

    /// <summary>Whether its turns have been short lately (<see cref="Runtime.Sysmon"/>), so that a goroutine that is left to its owner starts soon.
    /// Written by sysmon, read by the owner.</summary>
    internal volatile bool TurnsAreShort = true;

    /// <summary>Whether the body was computing then, rather than sleeping in the kernel. Owned by the scheduler's lock.</summary>
    internal bool CompensatedComputing;

    internal long Spawned;

    /// <summary>How often its owner took goroutines from another P's queue.</summary>
    internal long Steals;

    /// <summary>How often its holders searched the other Ps, and at how many they looked. Searches are to cost the same whatever the number of Ps.</summary>
    internal long Searches;

    internal long Looks;

    /// <summary>The number of goroutines whose body has ended here. Counted before the outcome is handed over, so that a joiner finds them
    /// gone.</summary>
    internal long Ended;

    /// <summary>The number of those whose outcome has been handed over. A runtime is drained only then.</summary>
    internal long Delivered;

    /// <summary>The number of looks at the global queue: each begins with another part of it.</summary>
    internal uint PartsTried = (uint)id;

    internal long NextId;
    internal long LastId;
    internal uint Random = (uint)(id + 1) * 2654435761u;

    /// <summary>The worker that holds this P, or held it when it entered its blocking region. Read by sysmon and dumps.</summary>
    internal volatile M? Worker;

    /// <summary>Link of the idle or the retired list, owned by the scheduler's lock.</summary>
    internal P? ListNext;

    /// <summary>The trace of this P; null if nothing is recorded. Set by the <see cref="Tracer"/>, read by the owner.</summary>
    internal ProcTrace? Trace;

    internal bool IsStray => Id == StrayId;

    internal PStatus Status
    {
        get => (PStatus)Volatile.Read(ref _status);
        set => Volatile.Write(ref _status, (int)value);
    }

    /// <summary>Takes a P whose worker is in a blocking region. The caller sees everything that worker stored before it entered
    /// the region.</summary>
    internal bool TryTakeFromSyscall(PStatus to)
        => Interlocked.CompareExchange(ref _status, (int)to, (int)PStatus.Syscall) == (int)PStatus.Syscall;

    /// <summary>Owner: begins a turn, in a new time slice or in that of the turn before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CountTurn(bool inheritTime)
    {
        if (inheritTime)
        {
            TurnsToLook--;
        }
        else
        {
            BeginSlice();
        }

        TurnTick++;
    }

    /// <summary>Owner: begins a new slice, so that what runs next does not continue in the slice of what ran before.</summary>
    internal void BeginSlice()
    {
        ScheduleTick++;
        TurnsToLook = Scheduler.TurnsPerLook;
    }

    internal long NewGoroutineId()
    {
        if (NextId == LastId)
        {
            (NextId, LastId) = scheduler.ReserveIds();
        }

        return NextId++;
    }

    /// <summary>xorshift32: good enough to pick victims and cases, and it shares no state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint NextRandom()
    {
        uint x = Random;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        return Random = x;
    }

    /// <summary>Returns what this P keeps for a <see cref="Pool{T}"/>. Never throws, because the caller may be cleaning up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref PoolStack PoolOf(int kind)
    {
        if ((uint)kind >= (uint)_pools.Length && !TryAddPool(kind))
        {
            return ref _noPool;
        }

        return ref _pools[kind];
    }

    /// <summary>Empties the pools of a P that is no longer in use.</summary>
    internal void DropPools() => _pools = [];

    private bool TryAddPool(int kind)
    {
        if (kind == PoolKinds.None)
        {
            return false;
        }

        try
        {
            Array.Resize(ref _pools, Math.Max(kind + 1, _pools.Length * 2));
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }
}

/// <summary>The status of a P (runtime/runtime2.go: <c>_Pidle</c> …).</summary>
internal enum PStatus
{
    /// <summary>The P is in the idle list.</summary>
    Idle,

    /// <summary>A worker holds the P.</summary>
    Running,

    /// <summary>A worker in a blocking region left the P behind; any thread may take it by CAS.</summary>
    Syscall,

    /// <summary>The P is not in use, because MaxProcs was lowered or compensation is over.</summary>
    Retired,
}
