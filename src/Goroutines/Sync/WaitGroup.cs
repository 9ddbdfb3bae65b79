using System.Diagnostics;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>Waits until a number of operations are done, for instance until goroutines have ended (Go's <c>sync.WaitGroup</c>).</summary>
/// <remarks>
/// <para>All members may be called from any goroutine, task or thread. Count up before the wait begins: the caller that will wait calls
/// <see cref="Add"/> or <see cref="Spawn(Func{ValueTask}, string, int)"/>. A group can be reused once all waits have returned.</para>
/// </remarks>
[DebuggerDisplay("WaitGroup {Count}")]
public sealed partial class WaitGroup : ISyncOwner, IOutcomeOwner
{
    // _state is the counter, times two, plus HasWaiters. Every change is a CAS. HasWaiters is set and cleared only under _core's lock,
    // together with the queue, and implies a counter above zero. The caller that counts down to zero and finds HasWaiters set
    // therefore takes _core's lock, and finds the waiters. The CAS of each Done pairs with the waiter's read of the counter, or with
    // the waiter's completion.
    private const long HasWaiters = 1;
    private const int CountShift = 1;

    private long _state;
    private SyncCore _core;

    /// <summary>Gets the counter at this moment: the number of operations that are not yet done.</summary>
    public int Count => (int)(Volatile.Read(ref _state) >> CountShift);

    /// <summary>Adds to the counter. When it reaches zero, all waiters continue.</summary>
    /// <param name="n">The number to add; a negative number counts down.</param>
    /// <exception cref="InvalidOperationException">The counter would fall below zero ("negative WaitGroup counter") or rise
    /// above <see cref="int.MaxValue"/>; it is unchanged.</exception>
    public void Add(int n)
    {
        if (OperationHooks.Any)
        {
            OperationHooks.Observe(n < 0 ? "done" : "add", this);
            RaceHooks.CountsUp(this, n > 0 && Count == 0);
        }

        while (true)
        {
            long state = Volatile.Read(ref _state);
            long count = (state >> CountShift) + n;
            if (count < 0)
            {
                throw new InvalidOperationException("negative WaitGroup counter");
            }

            if (count > int.MaxValue)
            {
                throw new InvalidOperationException("WaitGroup counter overflow");
            }

            if (count == 0 && (state & HasWaiters) != 0)
            {
                if (TryRelease(state))
                {
                    return;
                }
            }
            else if (Interlocked.CompareExchange(ref _state, state + ((long)n << CountShift), state) == state)
            {
                return;
            }
        }
    }

    /// <summary>Counts down by one.</summary>
    /// <exception cref="InvalidOperationException">The counter is zero ("negative WaitGroup counter"); it is unchanged.</exception>
    public void Done() => Add(-1);

    /// <summary>Waits until the counter is zero.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes when the counter has been zero. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the group is as if
    /// this caller had never come.</exception>
    /// <exception cref="InvalidOperationException">As in Go: the counter was zero, but was raised again before this wait had
    /// returned ("WaitGroup is reused before previous Wait has returned").</exception>
    public ValueTask WaitAsync(CancellationToken cancellationToken = default)
    {
        if (OperationHooks.BeforeOperation("wait", this))
        {
            return OperationHooks.Defer(this, cancellationToken, static (group, token) => group.WaitAsync(token));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        if (Volatile.Read(ref _state) == 0)
        {
            RaceHooks.Acquire(this);
            return default;
        }

        SyncWaiter waiter = SyncWaiter.Rent(this, WaitReason.WaitGroupWait);
        _core.Enter();
        while (true)
        {
            long state = Volatile.Read(ref _state);
            if (state == 0)
            {
                _core.Exit();
                waiter.Discard();
                RaceHooks.Acquire(this);
                return default;
            }

            if ((state & HasWaiters) != 0 || Interlocked.CompareExchange(ref _state, state | HasWaiters, state) == state)
            {
                break;
            }
        }

        RaceHooks.BeginsToWait(this, _core.Waiters.IsEmpty);
        _core.Waiters.Enqueue(waiter);
        _core.Exit();
        return waiter.AsTask(cancellationToken);
    }

    /// <summary>Blocks the caller until the counter is zero.</summary>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine,
    /// the wait is a blocking region.</remarks>
    /// <exception cref="InvalidOperationException">As for <see cref="WaitAsync"/>.</exception>
    public void Wait() => ThreadWait.Synchronously.Wait(WaitAsync());

    ref SyncCore ISyncOwner.Core => ref _core;

    WaitableState IWaitable.Inspect() => new("waitgroup", nameof(WaitGroup)) { Count = Count };

    object? IOutcomeOwner.Group => this;

    void ISyncOwner.TakenBack(ref WakeList<SyncWaiter> goOn)
    {
        if (_core.Waiters.IsEmpty)
        {
            Interlocked.And(ref _state, ~HasWaiters);
        }
    }

    SharedFailure? ISyncOwner.FailureOf(SyncWaiter waiter) => Volatile.Read(ref _state) == 0
        ? null
        : new SharedFailure(new InvalidOperationException("WaitGroup is reused before previous Wait has returned"));

    void IOutcomeOwner.OnFailing(G goroutine, Exception failure)
    {
        if (!goroutine.WasAbandoned)
        {
            goroutine.Scheduler.Panics.Panic(goroutine, failure);
        }
    }

    /// <summary>Called when a goroutine of <c>Spawn</c> has ended.</summary>
    void IOutcomeOwner.OnCompleted(G goroutine, Exception? failure) => Done();

    /// <summary>Counts down to zero where there are waiters. Returns false if the state has changed.</summary>
    private bool TryRelease(long state)
    {
        _core.Enter();
        if (Interlocked.CompareExchange(ref _state, 0, state) != state)
        {
            _core.Exit();
            return false;
        }

        Debug.Assert(!_core.Waiters.IsEmpty, "The state says that somebody waits, but nobody does.");
        WakeList<SyncWaiter> waiters = _core.Waiters.TakeAll();
        _core.Exit();
        waiters.CompleteAll();
        return true;
    }
}
