using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>One call that is under way.</summary>
public sealed partial class SingleFlight<TKey, TResult>
{
    /// <remarks>The lock of <c>_core</c> guards <c>_passengers</c> and the step to <c>_landed</c>. The outcome is written before
    /// that step, by the one who runs the call, and read after it.</remarks>
    private sealed class Flight(SingleFlight<TKey, TResult> group, TKey key, Func<ValueTask<TResult>> call, CancellationToken leader) : Obligation, ISyncOwner
    {
        private SyncCore _core;
        private int _passengers;
        private bool _landed;

        internal TResult Value { get; private set; } = default!;

        internal SharedFailure? Failure { get; private set; }

        internal bool Shared { get; private set; }

        internal bool WasCancelledWithItsLeader => Failure is { Exception: OperationCanceledException } && leader.IsCancellationRequested;

        /// <summary>Waits for the outcome; false: it is too late.</summary>
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

        /// <summary>Makes the call as a goroutine of its own, which its callers may leave alone.</summary>
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
        /// <param name="passengers">Those who get the outcome without waiting for it as others do.</param>
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
                exception ??= comparer; // the user's, and thrown; those who wait must not be left behind for it
            }

            SharedFailure? failure = exception is null ? null : new SharedFailure(exception);
            End();
            _core.Enter();
            if (_landed)
            {
                _core.Exit();
                return; // its leader was abandoned, and went on elsewhere all the same
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
