using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>One call that is under way.</summary>
public sealed partial class SingleFlight<TKey, TResult>
{
    /// <remarks>The lock of <c>_core</c> guards <c>_passengers</c> and the step to <c>_landed</c>. The caller that runs the call
    /// writes the outcome before that step; others read it after the step.</remarks>
    private sealed class Flight(SingleFlight<TKey, TResult> group, TKey key, Func<ValueTask<TResult>> call, CancellationToken leader) : Obligation, ISyncOwner
    {
        private SyncCore _core;
        private int _passengers;
        private bool _landed;

        internal TResult Value { get; private set; } = default!;

        internal SharedFailure? Failure { get; private set; }

        internal bool Shared { get; private set; }

        internal bool WasCancelledWithItsLeader => Failure is { Exception: OperationCanceledException } && leader.IsCancellationRequested;

        /// <summary>Waits for the outcome. Returns false if it is too late to join.</summary>
        internal bool TryJoin(CancellationToken cancellationToken, out ValueTask landing)
        {
            SyncWaiter waiter = SyncWaiter.Rent(this, WaitReason.SingleFlightDo);
            _core.Enter();
            if (_landed)
            {
                _core.Exit();
                waiter.Discard();
                landing = default;
                return false;
            }

            _passengers++;
            _core.Waiters.Enqueue(waiter);
            _core.Exit();
            landing = waiter.AsTask(cancellationToken);
            return true;
        }

        /// <summary>Makes the call in its own goroutine, which continues even if its callers leave.</summary>
        internal void RunAlone()
        {
            try
            {
                Scheduler scheduler = GoRuntime.Current.Scheduler;
                AsyncG alone = scheduler.NewGoroutine(() => RunAsync(passengers: 0), null, 0);
                Begin(alone);
                scheduler.Spawn(alone);
            }
            catch (Exception exception)
            {
                Land(exception, passengers: 0);
            }
        }

        /// <summary>Makes the call. Never throws.</summary>
        /// <param name="passengers">The number of callers that get the outcome without waiting for it as the others do.</param>
        internal async ValueTask RunAsync(int passengers)
        {
            Begin();
            try
            {
                Value = await call().ConfigureAwait(G.IsCurrentContext);
            }
            catch (Exception exception)
            {
                Land(exception, passengers);
                return;
            }

            Land(null, passengers);
        }

        internal override void Break(ObjectDisposedException reason) => Land(reason, passengers: 0);

        ref SyncCore ISyncOwner.Core => ref _core;

        WaitableState IWaitable.Inspect() => new("singleflight", "SingleFlight")
        {
            Count = Volatile.Read(ref _passengers),
            IsClosed = Volatile.Read(ref _landed),
            IsHeld = !Volatile.Read(ref _landed),
            Holders = HolderTracking.Known(HolderMark.Of(Goroutine)),
        };

        void ISyncOwner.TakenBack(ref WakeList<SyncWaiter> goOn) => _passengers--;

        private void Land(Exception? exception, int passengers)
        {
            try
            {
                group.Clear(key, this);
            }
            catch (Exception comparer)
            {
                exception ??= comparer; // the user's comparer threw; the waiters must still get an outcome
            }

            SharedFailure? failure = exception is null ? null : new SharedFailure(exception);
            End();
            _core.Enter();
            if (_landed)
            {
                _core.Exit();
                return; // its leader was abandoned, but the leader's code continued elsewhere
            }

            Failure = failure;
            Shared = _passengers + passengers > 1;
            _landed = true;
            WakeList<SyncWaiter> waiting = _core.Waiters.TakeAll();
            _core.Exit();
            waiting.CompleteAll();
        }
    }
}
