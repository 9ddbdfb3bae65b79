using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>How many goroutines of one scheduler there are, and whether more are accepted. Implements draining.</summary>
/// <remarks>
/// <para><b>Draining.</b> A runtime is drained when as many goroutines have handed over their outcome as were ever started. Both
/// are counted where they happen, by plain stores of each P's owner, and summed up by a thread that has a reason to. This must cost
/// nothing while no thread drains, so the drainer provides the fence that counting lacks:
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
/// that see it, the last to pass E3 sees the E1 of the others; so one of these sums, or D3, is complete. A spawner that sees no
/// <c>_refuses</c> has looked before D2, so its S1 is visible in the same way, and the drainer waits for the goroutine. A sum
/// reads what was delivered before what was spawned, so it never comes out complete too early.
/// </para>
/// <para>A goroutine that was garbage collected never delivers anything. The registry notices it when it is swept, and the
/// drainer makes sure that it is swept (<see cref="Scheduler.DrainAsync"/>).</para>
/// <para>A part of the scheduler, embedded by value; it needs no lock.</para>
/// </remarks>
internal struct Population
{
    /// <summary>The number of goroutines that were spawned by threads without a P.</summary>
    private long _spawnedElsewhere;

    /// <summary>The number of goroutines that were collected while parked.</summary>
    private long _lost;

    /// <summary>The number of goroutines that were refused after they had been counted, abandoned, or counted on a stray P.</summary>
    private long _gone;
    private volatile bool _refuses;

    /// <summary>Completes with true when the runtime is drained, or with false when it is stopped before that.</summary>
    private TaskCompletionSource<bool>? _drained;

    /// <summary>Whether no more goroutines are accepted.</summary>
    internal readonly bool Refuses => _refuses;

    internal readonly long Lost => Volatile.Read(in _lost);

    /// <summary>Step S1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CountSpawn(P? p)
    {
        if (p is not null)
        {
            Volatile.Write(ref p.Spawned, p.Spawned + 1);
        }
        else
        {
            Interlocked.Increment(ref _spawnedElsewhere);
        }
    }

    internal void CountLost(int count) => Interlocked.Add(ref _lost, count);

    internal void CountGone(int count) => Interlocked.Add(ref _gone, count);

    internal readonly long CountSpawned(in ProcSet procs) => Volatile.Read(in _spawnedElsewhere) + procs.Sum(static p => Volatile.Read(ref p.Spawned));

    /// <summary>Returns the number of goroutines that were spawned, less those that have ended, according to the counters of the Ps.</summary>
    internal readonly long CountLeft(in ProcSet procs, Func<P, long> ended)
    {
        // Ends before starts, so that a goroutine counted as ended is also counted as started.
        long gone = Lost + Volatile.Read(in _gone) + procs.Sum(ended);
        Interlocked.MemoryBarrier();
        return CountSpawned(in procs) - gone;
    }

    /// <summary>Steps E2 to E4, after a goroutine's outcome was handed over and counted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly void Ended(in ProcSet procs)
    {
        if (Volatile.Read(in _drained) is not null)
        {
            EndedWhileDraining(in procs);
        }
    }

    /// <summary>Stops accepting goroutines.</summary>
    internal void Refuse() => _refuses = true;

    /// <summary>Steps D1 and D2; <see cref="CheckDrained"/> is D3.</summary>
    internal TaskCompletionSource<bool> BeginDrain()
    {
        _refuses = true;
        TaskCompletionSource<bool> drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        drained = Interlocked.CompareExchange(ref _drained, drained, null) ?? drained;
        Interlocked.MemoryBarrierProcessWide(); // D2
        return drained;
    }

    /// <summary>Ends draining, because the runtime has been stopped.</summary>
    internal readonly void EndDrain() => Volatile.Read(in _drained)?.TrySetResult(false);

    /// <summary>Steps D3 and E4.</summary>
    internal readonly void CheckDrained(in ProcSet procs)
    {
        if (CountLeft(in procs, static p => Volatile.Read(ref p.Delivered)) <= 0)
        {
            _drained!.TrySetResult(true);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void EndedWhileDraining(in ProcSet procs)
    {
        Interlocked.MemoryBarrier(); // E3, pairs with that of other enders
        CheckDrained(in procs);
    }
}
