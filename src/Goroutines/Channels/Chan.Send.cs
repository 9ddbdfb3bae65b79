using System.Runtime.CompilerServices;
using Goroutines.Channels;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>Sends (runtime/chan.go: <c>chansend</c>) and closes (<c>closechan</c>).</summary>
public sealed partial class Chan<T>
{
    /// <summary>Sends a value, and waits until a receiver takes it or the buffer has room (Go's <c>ch &lt;- value</c>).</summary>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes when a receiver has the value (rendezvous) or the value is in the buffer. Await it once.</returns>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The channel is closed, or is closed while the
    /// send waits; the value was not sent.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the value was not sent.</exception>
    public ValueTask SendAsync(T value, CancellationToken cancellationToken = default)
    {
        if (OperationHooks.BeforeOperation("send", this))
        {
            return OperationHooks.Defer(this, (value, cancellationToken), static (channel, arguments) => channel.SendAsync(arguments.value, arguments.cancellationToken));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        _lock.Enter();
        switch (SendLocked(value, out Waiter<T>? partner))
        {
            case Attempt.Done:
                _lock.Exit();
                AfterSend(partner);
                return default;
            case Attempt.Closed:
                _lock.Exit();
                return ValueTask.FromException(SendOnClosed());
            case Attempt.WouldWait when M.Current is var m && TryRent(m) is { } waiter:
                return Enqueue(waiter, m, value, cancellationToken);
            default:
                _lock.Exit();
                return SendSlow(value, cancellationToken);
        }
    }

    /// <summary>Does the same as <see cref="SendAsync"/>, but first allocates all the memory that it may need, without the lock.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValueTask SendSlow(T value, CancellationToken cancellationToken)
    {
        Waiter<T> waiter = new();
        while (true)
        {
            _lock.Enter();
            Attempt attempt = SendLocked(value, out Waiter<T>? partner);
            if (attempt == Attempt.WouldWait)
            {
                return Enqueue(waiter, M.Current, value, cancellationToken);
            }

            _lock.Exit();
            if (attempt == Attempt.NeedsMemory)
            {
                GrowBuffer();
                continue;
            }

            Return(waiter, M.Current);
            if (attempt == Attempt.Closed)
            {
                return ValueTask.FromException(SendOnClosed());
            }

            AfterSend(partner);
            return default;
        }
    }

    /// <summary>Queues a sender, and releases the lock.</summary>
    private ValueTask Enqueue(Waiter<T> waiter, M? m, T value, CancellationToken cancellationToken)
    {
        Begin(waiter, m, WaitReason.ChanSend);
        waiter.Value = value;
        RaceHooks.Waits(waiter);
        ValueTask result = new(waiter, waiter.Version);
        _senders.Enqueue(waiter);
        _lock.Exit();
        if (cancellationToken.CanBeCanceled)
        {
            waiter.LinkCancellation(cancellationToken);
        }

        return result;
    }

    /// <summary>Gives the buffer the memory that an attempt found missing.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void GrowBuffer()
    {
        _lock.Enter();
        int length = _buffer.NextLength(_capacity);
        _lock.Exit();
        T[] items = new T[length];
        _lock.Enter();
        _buffer.Grow(items);
        _lock.Exit();
    }

    /// <summary>Sends a value, and blocks the caller until a receiver takes it or the buffer has room.</summary>
    /// <param name="value">The value.</param>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine, the
    /// wait is a blocking region, so other goroutines keep running at the cost of that thread.</remarks>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">As for <see cref="SendAsync"/>.</exception>
    public void Send(T value) => ThreadWait.Synchronously.Wait(SendAsync(value));

    /// <summary>Sends a value if it can do so without waiting: a receiver waits, or the buffer has room.</summary>
    /// <param name="value">The value.</param>
    /// <returns>true if the value was sent; <see langword="false"/> if the send would have to wait. Then the value was not sent.</returns>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The channel is closed.</exception>
    public bool TrySend(T value)
    {
        OperationHooks.Observe("try send", this);

        if (!CanSend)
        {
            return false;
        }

        while (true)
        {
            _lock.Enter();
            Attempt attempt = SendLocked(value, out Waiter<T>? partner);
            _lock.Exit();
            switch (attempt)
            {
                case Attempt.Done:
                    AfterSend(partner);
                    return true;
                case Attempt.WouldWait:
                    return false;
                case Attempt.Closed:
                    throw SendOnClosed();
                default:
                    GrowBuffer();
                    break;
            }
        }
    }

    /// <summary>Closes the channel: receivers drain the buffer and then get <c>(default, false)</c>; waiting senders fail (Go's <c>close(ch)</c>).</summary>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The channel is already closed.</exception>
    public void Close()
    {
        if (!TryClose())
        {
            throw new System.Threading.Channels.ChannelClosedException("close of closed channel");
        }
    }

    /// <summary>Closes the channel unless it is already closed.</summary>
    /// <returns>true if this call closed the channel; <see langword="false"/> if it was already closed.</returns>
    public bool TryClose() => TryClose(null);

    /// <summary>Returns whether a send without waiting may succeed; reads without the lock, in the order that <see cref="CanReceive"/> explains.</summary>
    internal bool CanSend
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => !_receivers.IsEmpty || Volatile.Read(ref _buffer.Count) < _capacity || Volatile.Read(ref _closed);
    }

    internal bool TryClose(Exception? error)
    {
        OperationHooks.Observe("close", this);

        Task<bool>? failed = null;
        if (error is not null)
        {
            Observe();
            failed = ChanObservers.MakeFailed(error);
        }

        _lock.Enter();
        if (_closed)
        {
            _lock.Exit();
            return false;
        }

        if (error is not null)
        {
            _observers!.Fail(error, failed!);
        }

        Volatile.Write(ref _closed, true);

        // Dequeue all waiters under the lock, and ready them after releasing it (as closechan does).
        WakeList<Waiter<T>> taken = default;
        while (_receivers.DequeueClaimed() is { } receiver)
        {
            receiver.Value = default!;
            receiver.Ok = false;
            taken.Add(receiver);
        }

        while (_senders.DequeueClaimed() is { } sender)
        {
            sender.Outcome = WaitOutcome.Closed;
            taken.Add(sender);
        }

        bool drained = _buffer.Count == 0;
        _lock.Exit();

        while (taken.Pop() is { } waiter)
        {
            waiter.Finish();
        }

        _observers?.Closed(drained);
        return true;
    }

    /// <summary>A send was done without waiting: finishes the receiver, or notifies the waits for a value that one is in the buffer. Call without locks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AfterSend(Waiter<T>? partner)
    {
        if (partner is not null)
        {
            partner.Finish();
        }
        else
        {
            _observers?.ValueInBuffer();
        }
    }

    /// <summary>Makes one attempt, with the lock held. The caller calls <see cref="AfterSend"/> after unlocking.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Attempt SendLocked(T value, out Waiter<T>? partner)
    {
        partner = null;
        if (_closed)
        {
            return Attempt.Closed;
        }

        if (!_receivers.IsEmpty && _receivers.DequeueClaimed() is { } receiver)
        {
            RaceHooks.Sent(this, _capacity, 0, receiver.Operation);
            receiver.Value = value;
            receiver.Ok = true;
            partner = receiver;
            return Attempt.Done;
        }

        if (_buffer.Count < _capacity)
        {
            if (_buffer.NeedsMemory)
            {
                return Attempt.NeedsMemory;
            }

            RaceHooks.Sent(this, _capacity, _buffer.Count, null);
            _buffer.Enqueue(value);
            return Attempt.Done;
        }

        return Attempt.WouldWait;
    }
}
