using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Goroutines.Channels;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>Receiving (runtime/chan.go: <c>chanrecv</c>).</summary>
public sealed partial class Chan<T>
{
    /// <summary>Receives the next value, waiting for one (Go's <c>v, ok := &lt;-ch</c>).</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The value with <see cref="Received{T}.Ok"/>; <c>(default, false)</c> once the channel is closed and drained. Await it once.</returns>
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

    /// <summary>Receives the next value, blocking the caller until there is one.</summary>
    /// <returns>As for <see cref="ReceiveAsync"/>.</returns>
    /// <remarks>For synchronous code. A goroutine with a stack of its own parks; any other caller's thread blocks, inside a
    /// goroutine as a blocking region, so that others go on at the cost of that thread.</remarks>
    public Received<T> Receive() => ThreadWait.Synchronously.Wait(ReceiveAsync());

    /// <summary>Receives a value if that needs no waiting.</summary>
    /// <param name="received">The value; or, with <see cref="Received{T}.Ok"/> false, that the channel is closed and drained.</param>
    /// <returns><see langword="false"/> when the receive would have to wait.</returns>
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

    /// <summary>Throws what the source of this channel has failed with, if it has one: for receives that find it closed.</summary>
    internal void ThrowIfFailed()
    {
        if (Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private Exception? Failure => _feed?.Failure;

    /// <summary>Receives a value if that needs no waiting, as part of a larger operation.</summary>
    internal bool TryReceiveNow(out Received<T> received)
    {
        if (!CanReceive)
        {
            received = default;
            return false;
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
    /// <param name="cancellationToken">Ends a wait for the next value.</param>
    /// <returns>An enumerator for one consumer; several may share the channel, each value going to one of them.</returns>
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        => new ChanEnumerator<T>(this, cancellationToken);

    /// <summary>
    /// What a receive without waiting may find, read without the lock. Closed is read after the rest: what is seen open
    /// then was open at the moment when it was seen empty. The other way round a close in between, and a receive of the
    /// last value, would make a channel look not ready that always was.
    /// </summary>
    internal bool CanReceive
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _buffer.Count) != 0 || !_senders.IsEmpty || (_feed is not null && _feed.IsDue)
            || Volatile.Read(ref _closed);
    }

    /// <summary>One attempt, with the lock held. The partner, if any, is to be finished after unlocking.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Attempt ReceiveLocked(out Received<T> received, out Waiter<T>? partner)
    {
        partner = null;
        if (_buffer.Count != 0)
        {
            received = new Received<T>(_buffer.Dequeue(), true);
            if (!_senders.IsEmpty && _senders.DequeueClaimed() is { } next)
            {
                // The buffer was full: the first waiting sender's value takes the place that is free now.
                _buffer.Enqueue(next.Value);
                next.Value = default!;
                partner = next;
            }

            return Attempt.Done;
        }

        if (!_senders.IsEmpty && _senders.DequeueClaimed() is { } sender)
        {
            Debug.Assert(_capacity == 0, "A sender waits at a buffer with room.");
            received = new Received<T>(sender.Value, true);
            sender.Value = default!;
            partner = sender;
            return Attempt.Done;
        }

        if (_feed is not null && _feed.TryTake(out T value))
        {
            received = new Received<T>(value, true);
            return Attempt.Done;
        }

        received = default;
        return _closed ? Attempt.Done : Attempt.WouldWait;
    }

    /// <summary>Receives, or begins to wait; null: <paramref name="received"/> is the result.</summary>
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

    /// <summary>As <see cref="BeginReceive"/>, with a waiter that is made without the lock.</summary>
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

    /// <summary>Queues a receiver; lets go of the lock.</summary>
    private void Enqueue(Waiter<T> waiter, M? m, CancellationToken cancellationToken)
    {
        Begin(waiter, m, WaitReason.ChanReceive);
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

    /// <summary>Tells of a receiver. If that fails (a clock of the user's may throw), the receive has not begun; unless it is over already.</summary>
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

    /// <summary>A receiver has joined the queue: tells those who wait for one, and the timer or token behind the channel. Without locks.</summary>
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
