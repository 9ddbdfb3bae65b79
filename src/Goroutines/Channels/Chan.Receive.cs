using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Goroutines.Channels;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>Receives (runtime/chan.go: <c>chanrecv</c>).</summary>
public sealed partial class Chan<T>
{
    /// <summary>Receives the next value, and waits until there is one (Go's <c>v, ok := &lt;-ch</c>).</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The value, with <see cref="Received{T}.Ok"/> true; <c>(default, false)</c> once the channel is closed and drained. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; no value was consumed.</exception>
    public ValueTask<Received<T>> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        if (OperationHooks.BeforeOperation("receive", this))
        {
            return OperationHooks.Defer(this, cancellationToken, static (channel, token) => channel.ReceiveAsync(token));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Received<T>>(cancellationToken);
        }

        Waiter<T>? waiter = BeginReceive(cancellationToken, out Received<T> received);
        return waiter is not null ? new ValueTask<Received<T>>(waiter, waiter.Version)
            : !received.Ok && Failure is { } failure ? ValueTask.FromException<Received<T>>(failure)
            : new ValueTask<Received<T>>(received);
    }

    /// <summary>Receives the next value, and blocks the caller until there is one.</summary>
    /// <returns>The same as <see cref="ReceiveAsync"/>.</returns>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine, the
    /// wait is a blocking region, so other goroutines keep running at the cost of that thread.</remarks>
    public Received<T> Receive() => ThreadWait.Synchronously.Wait(ReceiveAsync());

    /// <summary>Receives a value if it can do so without waiting.</summary>
    /// <param name="received">The value; if <see cref="Received{T}.Ok"/> is false, the channel is closed and drained.</param>
    /// <returns>true if a value was received or the channel is closed and drained; <see langword="false"/> if the receive would have to
    /// wait.</returns>
    public bool TryReceive(out Received<T> received)
    {
        OperationHooks.Observe("try receive", this);

        bool done = TryReceiveNow(out received);
        if (done && !received.Ok)
        {
            ThrowIfFailed();
        }

        return done;
    }

    /// <summary>Throws the failure of this channel's source, if there is one. For receives that find the channel closed.</summary>
    internal void ThrowIfFailed()
    {
        if (Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private Exception? Failure => _feed?.Failure;

    /// <summary>Receives a value if it can do so without waiting, as part of a larger operation.</summary>
    internal bool TryReceiveNow(out Received<T> received)
    {
        if (!CanReceive)
        {
            received = default;
            return false;
        }

        if (IsPastLastValue)
        {
            RaceHooks.Acquire(this, RacePart.Close);
            received = default;
            AfterReceive(drained: true);
            return true;
        }

        _lock.Enter();
        Attempt attempt = ReceiveLocked(out received, out Waiter<T>? partner);
        bool drained = IsDrained;
        _lock.Exit();
        partner?.Finish();
        if (attempt == Attempt.Done)
        {
            AfterReceive(drained);
        }

        return attempt == Attempt.Done;
    }

    /// <summary>Enumerates the values until the channel is closed and drained (Go's <c>for v := range ch</c>).</summary>
    /// <param name="cancellationToken">Cancels a wait for the next value.</param>
    /// <returns>An enumerator for one consumer. Several may share the channel; each value goes to one of them.</returns>
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        => new ChanEnumerator<T>(this, cancellationToken);

    /// <summary>
    /// Returns whether a receive without waiting may succeed; reads without the lock. It reads closed after the rest: a channel
    /// that is then seen open was also open at the moment when it was seen empty. In the opposite order, a close in between
    /// and a receive of the last value would make a channel that was ready all the time look not ready.
    /// </summary>
    internal bool CanReceive
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _buffer.Count) != 0 || !_senders.IsEmpty || (_feed is not null && _feed.IsDue)
            || Volatile.Read(ref _closed);
    }

    /// <summary>
    /// Returns whether the channel is closed and drained for good; reads without the lock. It reads closed before the rest, the opposite of
    /// <see cref="CanReceive"/>: a channel that is closed gets no further value, so one that is then seen empty stays empty. In the opposite
    /// order, a send and a close in between would hide the value. A feed may hold a value back, so it is asked under the lock.
    /// </summary>
    private bool IsPastLastValue
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _closed) && Volatile.Read(ref _buffer.Count) == 0 && _feed is null;
    }

    /// <summary>Makes one attempt, with the lock held. The caller finishes the partner, if there is one, after unlocking.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Attempt ReceiveLocked(out Received<T> received, out Waiter<T>? partner)
    {
        partner = null;
        if (_buffer.Count != 0)
        {
            RaceHooks.Received(this, _capacity, _buffer.Count, null);
            received = new Received<T>(_buffer.Dequeue(), true);
            if (!_senders.IsEmpty && _senders.DequeueClaimed() is { } next)
            {
                RaceHooks.SentFromQueue(this, _capacity, next.Operation);
                // The buffer was full: the first waiting sender's value takes the slot that is now free.
                _buffer.Enqueue(next.Value);
                next.Value = default!;
                partner = next;
            }

            return Attempt.Done;
        }

        if (!_senders.IsEmpty && _senders.DequeueClaimed() is { } sender)
        {
            Debug.Assert(_capacity == 0, "A sender waits at a buffer with room.");
            RaceHooks.Received(this, 0, 0, sender.Operation);
            received = new Received<T>(sender.Value, true);
            sender.Value = default!;
            partner = sender;
            return Attempt.Done;
        }

        if (_feed is not null && _feed.TryTake(out T value))
        {
            RaceHooks.Acquire(_feed);
            received = new Received<T>(value, true);
            return Attempt.Done;
        }

        received = default;
        if (!_closed)
        {
            return Attempt.WouldWait;
        }

        RaceHooks.Acquire(this, RacePart.Close);
        return Attempt.Done;
    }

    /// <summary>Receives, or begins to wait. Returns null if <paramref name="received"/> is the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Waiter<T>? BeginReceive(CancellationToken cancellationToken, out Received<T> received)
    {
        _lock.Enter();
        if (ReceiveLocked(out received, out Waiter<T>? partner) == Attempt.Done)
        {
            bool drained = IsDrained;
            _lock.Exit();
            partner?.Finish();
            AfterReceive(drained);
            return null;
        }

        M? m = M.Current;
        if (TryRent(m) is not { } waiter)
        {
            _lock.Exit();
            return BeginReceiveSlow(cancellationToken, out received);
        }

        Enqueue(waiter, m, cancellationToken);
        return waiter;
    }

    /// <summary>Does the same as <see cref="BeginReceive"/>, with a waiter that is allocated without the lock.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Waiter<T>? BeginReceiveSlow(CancellationToken cancellationToken, out Received<T> received)
    {
        Waiter<T> waiter = new();
        _lock.Enter();
        if (ReceiveLocked(out received, out Waiter<T>? partner) == Attempt.Done)
        {
            bool drained = IsDrained;
            _lock.Exit();
            partner?.Finish();
            Return(waiter, M.Current);
            AfterReceive(drained);
            return null;
        }

        Enqueue(waiter, M.Current, cancellationToken);
        return waiter;
    }

    /// <summary>Queues a receiver, and releases the lock.</summary>
    private void Enqueue(Waiter<T> waiter, M? m, CancellationToken cancellationToken)
    {
        Begin(waiter, m, WaitReason.ChanReceive);
        RaceHooks.Waits(waiter);
        _receivers.Enqueue(waiter);
        _lock.Exit();
        if (_observers is not null || _feed is not null)
        {
            AnnounceOrTakeBack(waiter);
        }

        if (cancellationToken.CanBeCanceled)
        {
            waiter.LinkCancellation(cancellationToken);
        }
    }

    /// <summary>Announces a receiver. If that throws (a user's clock may), withdraws the receive as if it had not begun, unless it is already over.</summary>
    private void AnnounceOrTakeBack(Waiter<T> waiter)
    {
        try
        {
            AnnounceReceiver();
        }
        catch
        {
            if (TryRemove(waiter))
            {
                waiter.TakeBack();
                throw;
            }
        }
    }

    /// <summary>A receiver has joined the queue: notifies the waits for a receiver, and the timer or token behind the channel. Call without locks.</summary>
    internal void AnnounceReceiver()
    {
        _observers?.RoomForSender();
        _feed?.ReceiverWaits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AfterReceive(bool drained)
    {
        if (_observers is { } observers)
        {
            if (CanSend)
            {
                observers.RoomForSender();
            }

            if (drained)
            {
                observers.Drained();
            }
        }
    }
}
