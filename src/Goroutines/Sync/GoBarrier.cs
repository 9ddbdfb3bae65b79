using System.Diagnostics;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>A barrier at which a fixed number of participants wait for each other, phase after phase (Java's <c>CyclicBarrier</c>, Rust's <c>Barrier</c>; Go
/// has none).</summary>
/// <remarks>
/// <para>All members may be called from any goroutine, task or thread. A participant arrives by calling <see cref="WaitAsync"/>. The last arrival
/// of a phase ends the phase: all participants continue, and the next phase begins. Writes that a participant made before it
/// arrived are visible to all participants after the phase. The barrier does not identify participants: any caller counts as one.</para>
/// <para>If a participant never arrives, the others wait forever. Give them a token, or let <c>Go.Main</c> report the deadlock.</para>
/// </remarks>
[DebuggerDisplay("GoBarrier, phase {Phase}, {_arrived} of {Participants} have arrived")]
public sealed class GoBarrier : ISyncOwner
{
    // _core's lock guards everything. Invariant: _arrived is the number of waiters in the queue, and less than Participants.
    private SyncCore _core;
    private int _arrived;
    private long _phase;

    /// <summary>Creates a barrier.</summary>
    /// <param name="participants">The number of arrivals that end a phase.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="participants"/> is less than 1.</exception>
    public GoBarrier(int participants)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(participants, 1);
        Participants = participants;
    }

    /// <summary>Gets the number of arrivals that end a phase.</summary>
    public int Participants { get; }

    /// <summary>Gets the number of phases that have ended.</summary>
    public long Phase => Volatile.Read(ref _phase);

    /// <summary>Arrives, and waits until all participants have arrived.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>true if this arrival ended the phase, which is true of exactly one arrival in each phase; otherwise, false. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled before the phase ended. The
    /// arrival is undone, so the others wait for one more arrival (as with .NET's <c>Barrier</c>; Java's would be broken for all).</exception>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken = default)
    {
        if (OperationHooks.BeforeOperation("wait", this))
        {
            return OperationHooks.Defer(this, cancellationToken, static (barrier, token) => barrier.WaitAsync(token));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        SyncWaiter waiter = SyncWaiter.Rent(this, WaitReason.BarrierWait); // outside the lock: an exception would leave the lock held
        RaceHooks.Release(this);
        _core.Enter();
        if (++_arrived < Participants)
        {
            _core.Waiters.Enqueue(waiter);
            _core.Exit();
            return waiter.AsAnswer(cancellationToken);
        }

        _arrived = 0;
        Volatile.Write(ref _phase, _phase + 1);
        WakeList<SyncWaiter> others = _core.Waiters.TakeAll();
        _core.Exit();
        RaceHooks.Acquire(this);
        waiter.Discard();
        others.CompleteAll();
        return new ValueTask<bool>(true);
    }

    /// <summary>Arrives, and blocks the caller until all participants have arrived.</summary>
    /// <returns>true if this arrival ended the phase, which is true of exactly one arrival in each phase; otherwise, false.</returns>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine,
    /// the wait is a blocking region.</remarks>
    public bool Wait() => ThreadWait.Synchronously.Wait(WaitAsync());

    ref SyncCore ISyncOwner.Core => ref _core;

    WaitableState IWaitable.Inspect() => new("barrier", nameof(GoBarrier)) { Count = Volatile.Read(ref _arrived), Capacity = Participants };

    void ISyncOwner.TakenBack(ref WakeList<SyncWaiter> goOn) => _arrived--;
}
