using System.Diagnostics;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>A place where a fixed number of participants wait for each other, round after round (Java's <c>CyclicBarrier</c>, Rust's <c>Barrier</c>; Go has none).</summary>
/// <remarks>
/// <para>All members may be called from any goroutine, task or thread. A caller of <see cref="WaitAsync"/> has arrived; the arrival that makes the
/// participants complete ends the phase and lets all of them go on, and the next phase begins. What a participant did before it
/// arrived is seen by all after the phase. The barrier knows no identities: any caller counts as a participant.</para>
/// <para>A participant that never arrives keeps the others waiting: give them a token, or let <c>Go.Main</c> report the deadlock.</para>
/// </remarks>
[DebuggerDisplay("GoBarrier, phase {Phase}, {_arrived} of {Participants} have arrived")]
public sealed class GoBarrier : ISyncOwner
{
    // _core's lock guards everything. Invariant: _arrived is the number of waiters in the queue, and less than Participants.
    private SyncCore _core;
    private int _arrived;
    private long _phase;

    /// <summary>Creates a barrier.</summary>
    /// <param name="participants">How many arrivals end a phase.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="participants"/> is less than 1.</exception>
    public GoBarrier(int participants)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(participants, 1);
        Participants = participants;
    }

    /// <summary>How many arrivals end a phase.</summary>
    public int Participants { get; }

    /// <summary>The number of phases that have ended.</summary>
    public long Phase => Volatile.Read(ref _phase);

    /// <summary>Arrives, and waits until all participants have arrived.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>true for the arrival that ended the phase, exactly one in each; otherwise, false. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled before the phase ended; the barrier is as
    /// if this caller had never come, so the others wait for one more arrival (as with .NET's <c>Barrier</c>; Java's would be broken for all).</exception>
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

        SyncWaiter waiter = SyncWaiter.Rent(this, WaitReason.BarrierWait); // without the lock, which an exception would leave held
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
        waiter.Discard();
        others.CompleteAll();
        return new ValueTask<bool>(true);
    }

    /// <summary>Arrives, and blocks the caller until all participants have arrived.</summary>
    /// <returns>true for the arrival that ended the phase, exactly one in each; otherwise, false.</returns>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine,
    /// the wait is a blocking region.</remarks>
    public bool Wait() => ThreadWait.Synchronously.Wait(WaitAsync());

    ref SyncCore ISyncOwner.Core => ref _core;

    WaitableState IWaitable.Inspect() => new("barrier", nameof(GoBarrier)) { Count = Volatile.Read(ref _arrived), Capacity = Participants };

    void ISyncOwner.TakenBack(ref WakeList<SyncWaiter> goOn) => _arrived--;
}
