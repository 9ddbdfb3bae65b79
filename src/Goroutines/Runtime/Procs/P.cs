using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>The right to run goroutines, and what a worker needs while it has it (runtime/runtime2.go: <c>p</c>).</summary>
/// <remarks>
/// Everything but the run queue's consumer side, the timers (which have a lock) and the fields marked volatile belongs
/// to the worker that holds the P. The P changes hands only through <see cref="_status"/>:
/// a worker stores <c>Syscall</c> (release) when it enters a blocking region and no longer touches the P; the thread that moves
/// it on by CAS (the worker coming back, sysmon, a stop) has the P and sees all that was stored before.
/// </remarks>
internal sealed class P(int id, Scheduler scheduler)
{
    /// <summary>The id of a P that belongs to no scheduler's list: with it a turn goes on when the scheduler has been stopped.</summary>
    internal const int StrayId = -1;

    internal readonly int Id = id;
    internal readonly RunQueue Queue = new();
    internal readonly TimerHeap Timers = new();

    private int _status = (int)PStatus.Idle;
    private PoolStack[] _pools = [];

    /// <summary>Stands in where there is no memory for a pool: always empty, and always full.</summary>
    private PoolStack _noPool = new() { Count = PoolStack.Limit };

    /// <summary>Turns given out by <c>schedule</c>, but not those that inherit a time slice. Written by the owner, read by sysmon.
    /// Its value names the chain of <c>runnext</c> that is running.</summary>
    internal uint ScheduleTick;

    /// <summary>Turns that the chain of <c>runnext</c> may still inherit before its slice is looked at (<see cref="Scheduler.SliceIsOver"/>).
    /// Touched by the owner only, as are the three below.</summary>
    internal int TurnsToLook = Scheduler.TurnsPerLook;

    /// <summary>The chain, by its <see cref="ScheduleTick"/>, that the two below are about.</summary>
    internal uint LookedAtChain;

    /// <summary>Looks at this chain so far.</summary>
    internal int ChainLooks;

    /// <summary>When this chain was first looked at, by the system's clock.</summary>
    internal long ChainSince;

    /// <summary>At the end of the last slice the global queue had its turn before the ring; at the end of the next it is the other way round.</summary>
    internal bool GlobalHadTurn;

    /// <summary>Turns run. Written by the owner, read by sysmon: one that does not move is stuck in a body.</summary>
    internal long TurnTick;

    /// <summary>Blocking regions entered. Written by the owner, read by sysmon.</summary>
    internal uint SyscallTick;

    /// <summary>Set when a chain of <c>runnext</c> has used up its time slice, by sysmon or by the owner's own count; cleared by the
    /// owner, who then turns to its ring.</summary>
    internal volatile bool Preempt;

    /// <summary>Set by sysmon when it has put another P beside this one, whose body does not give way; cleared under the scheduler's lock.</summary>
    internal volatile bool Compensated;

    /// <summary>It computed then, rather than sleep in the kernel. Owned by the scheduler's lock.</summary>
    internal bool CompensatedComputing;

    internal long Spawned;

    /// <summary>Times its owner took goroutines out of another P's queue.</summary>
    internal long Steals;

    /// <summary>Goroutines whose body has ended here. Counted before the outcome is handed over, so that a joiner finds them gone.</summary>
    internal long Ended;

    /// <summary>Those of them whose outcome has been handed on: a runtime is drained only then.</summary>
    internal long Delivered;

    internal long NextId;
    internal long LastId;
    internal uint Random = (uint)(id + 1) * 2654435761u;

    /// <summary>The worker that holds this P, or held it when it entered its blocking region. For sysmon and dumps.</summary>
    internal volatile M? Worker;

    /// <summary>Link of the idle or the retired list, owned by the scheduler's lock.</summary>
    internal P? ListNext;

    /// <summary>What is recorded here; null: nothing. Set by the <see cref="Tracer"/>, looked at by the owner.</summary>
    internal ProcTrace? Trace;

    internal bool IsStray => Id == StrayId;

    internal PStatus Status
    {
        get => (PStatus)Volatile.Read(ref _status);
        set => Volatile.Write(ref _status, (int)value);
    }

    /// <summary>Takes a P whose worker is in a blocking region; sees everything that worker stored before it entered.</summary>
    internal bool TryTakeFromSyscall(PStatus to)
        => Interlocked.CompareExchange(ref _status, (int)to, (int)PStatus.Syscall) == (int)PStatus.Syscall;

    /// <summary>Owner: a turn begins, in a new time slice or in that of the turn before it.</summary>
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

    /// <summary>Owner: what runs next does not go on in the slice of what ran before.</summary>
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

    /// <summary>xorshift32: quality enough to pick victims and cases, and no shared state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint NextRandom()
    {
        uint x = Random;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        return Random = x;
    }

    /// <summary>What this P keeps for a <see cref="Pool{T}"/>. Never throws: what is done may have to be tidied up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref PoolStack PoolOf(int kind)
    {
        if ((uint)kind >= (uint)_pools.Length && !TryAddPool(kind))
        {
            return ref _noPool;
        }

        return ref _pools[kind];
    }

    /// <summary>A P that is not in use keeps nothing in its pools.</summary>
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
    /// <summary>In the idle list.</summary>
    Idle,

    /// <summary>Held by a worker.</summary>
    Running,

    /// <summary>Left behind by a worker in a blocking region; anyone may take it by CAS.</summary>
    Syscall,

    /// <summary>Not in use, because MaxProcs was lowered or compensation is over.</summary>
    Retired,
}
