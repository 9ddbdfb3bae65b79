using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Goroutines.Channels;
using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>
/// A channel: goroutines, tasks and threads pass values through it in the order they were sent (Go's <c>chan T</c>).
/// With capacity 0 it is a rendezvous: a send completes only when a receiver has taken the value.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>
/// <para>Safe for any number of concurrent senders and receivers, inside and outside of goroutines. A channel belongs to
/// no runtime. It holds no resources: drop it when you are done; closing is needed only to tell receivers that nothing
/// more will come.</para>
/// <para>Semantics are those of Go's <c>runtime/chan.go</c>.</para>
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed partial class Chan<T> : IAsyncEnumerable<T>, IWaitable
{
    // Invariants, as at the top of runtime/chan.go. At least one of the two queues is empty, except that one select may
    // wait with a send and a receive on the same channel. Buffered: values in the buffer mean that no receiver waits;
    // room in the buffer means that no sender waits.
    //
    // _lock guards everything below it. _closed, the buffer's count and the queues' heads are also read without it, as
    // hints for operations that do not wait; see CanReceive.
    private readonly int _capacity;
    private readonly int _pool = Pool<Waiter<T>>.Kind; // at hand: generic code would have to look it up
    private readonly ChanFeed<T>? _feed;
    private VersionedMutex _lock;
    private bool _closed;
    private ChanBuffer<T> _buffer;
    private WaitList<Waiter<T>> _receivers;
    private WaitList<Waiter<T>> _senders;
    private long _id;
    private Waiter<T>? _spare;
    private ChanObservers? _observers;

    /// <summary>Makes a channel.</summary>
    /// <param name="capacity">How many values it holds without a receiver; 0 makes a rendezvous channel. Memory for the
    /// buffer is taken as values come in.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is negative.</exception>
    public Chan(int capacity = 0)
    {
        if (capacity < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "A channel's capacity must not be negative.");
        }

        _capacity = capacity;
    }

    /// <summary>Makes the channel of a timer or a token, which has no senders.</summary>
    internal Chan(ChanFeed<T> feed) => _feed = feed;

    /// <summary>How many values the channel holds without a receiver (Go's <c>cap(ch)</c>).</summary>
    public int Capacity => _capacity;

    /// <summary>How many values are in the buffer at this moment (Go's <c>len(ch)</c>); always 0 for a rendezvous channel.</summary>
    public int Count => Volatile.Read(ref _buffer.Count);

    /// <summary>The view of this channel that can only send (Go's <c>chan&lt;- T</c>).</summary>
    public Sender<T> Sender => new(this);

    /// <summary>The view of this channel that can only receive (Go's <c>&lt;-chan T</c>).</summary>
    public Receiver<T> Receiver => new(this);

    /// <summary>The view of <paramref name="channel"/> that can only send; the nil channel for <see langword="null"/>.</summary>
    /// <param name="channel">The channel.</param>
    public static implicit operator Sender<T>(Chan<T>? channel) => new(channel);

    /// <summary>The view of <paramref name="channel"/> that can only receive; the nil channel for <see langword="null"/>.</summary>
    /// <param name="channel">The channel.</param>
    public static implicit operator Receiver<T>(Chan<T>? channel) => new(channel);

    /// <summary>A number by which selects lock several channels in one order. Given out on the first use in a select.</summary>
    internal long LockOrder
    {
        get
        {
            long id = Volatile.Read(ref _id);
            if (id == 0)
            {
                Interlocked.CompareExchange(ref _id, ChanIds.Next(), 0);
                id = Volatile.Read(ref _id);
            }

            return id;
        }
    }

    /// <summary>Closed, and nothing left to receive. With the lock held.</summary>
    internal bool IsDrained => _closed && _buffer.Count == 0;

    /// <summary>What gives this channel its values without a sender; null for ordinary channels.</summary>
    internal ChanFeed<T>? Feed => _feed;

    /// <summary>Whether a receiver is in the queue; it may be a select's that has been chosen through another channel.</summary>
    internal bool HasReceivers => !_receivers.IsEmpty;

    internal bool IsClosed => Volatile.Read(ref _closed);

    private string DebuggerDisplay => $"Chan<{typeof(T).Name}> {Count}/{_capacity}{(_closed ? " closed" : "")}"
        + $"{(_receivers.IsEmpty ? "" : ", receivers wait")}{(_senders.IsEmpty ? "" : ", senders wait")}";

    WaitableState IWaitable.Inspect() => new("channel", $"Chan<{TypeNames.Of(typeof(T))}>")
    {
        OwnNumber = LockOrder,
        Count = Count,
        Capacity = _capacity,
        IsClosed = IsClosed,
        EndsByItself = _feed is not null,
    };

    internal void Lock() => _lock.Enter();

    internal void Unlock() => _lock.Exit();

    /// <inheritdoc cref="VersionedMutex.TryAddVersion"/>
    internal bool TryAddVersion(ref uint sum) => _lock.TryAddVersion(ref sum);

    /// <summary>Queues a select's waiter, with the lock held.</summary>
    internal void EnqueueReceiver(Waiter<T> waiter) => _receivers.Enqueue(waiter);

    /// <summary>Takes the next waiting receiver for the feed, with the lock held. It is to be finished after unlocking.</summary>
    internal Waiter<T>? DequeueReceiver() => _receivers.DequeueClaimed();

    /// <summary>Queues a select's waiter, with the lock held.</summary>
    internal void EnqueueSender(Waiter<T> waiter) => _senders.Enqueue(waiter);

    /// <summary>Whether a waiter is still in its queue: no partner has it.</summary>
    internal bool IsQueued(Waiter<T> waiter)
    {
        _lock.Enter();
        bool queued = waiter.InQueue;
        _lock.Exit();
        return queued;
    }

    /// <summary>Takes a waiter out of the queue it is in; <see langword="false"/> when a partner has it already.</summary>
    internal bool TryRemove(Waiter<T> waiter)
    {
        _lock.Enter();
        bool removed = waiter.InQueue;
        if (removed)
        {
            if (waiter.Reason == WaitReason.ChanReceive)
            {
                _receivers.Remove(waiter);
                if (_feed is not null && _receivers.IsEmpty)
                {
                    _feed.NobodyWaits();
                }
            }
            else
            {
                _senders.Remove(waiter);
            }
        }

        _lock.Exit();
        return removed;
    }

    /// <summary>Puts a waiter that is done into the pool of the caller's P, or keeps it here for the next foreign caller.</summary>
    internal void Return(Waiter<T> waiter, M? m)
    {
        if (m?.P is { } p)
        {
            p.PoolOf(_pool).Push(waiter, PoolStack.Limit);
        }
        else
        {
            Volatile.Write(ref _spare, waiter);
        }
    }

    /// <summary>What views as framework channels share; made on first use.</summary>
    internal ChanObservers Observe()
    {
        if (_observers is null)
        {
            ChanObservers observers = new();
            _lock.Enter();
            bool drained = _closed && _buffer.Count == 0;
            bool made = _observers is null;
            _observers ??= observers;
            _lock.Exit();

            // Operations look at the field once, after their own work: none may still miss it.
            Interlocked.MemoryBarrierProcessWide();
            if (made && _closed)
            {
                _observers.Closed(drained);
            }
        }

        return _observers;
    }

    internal ChannelClosedException SendOnClosed()
        => _observers?.Error is { } error ? new ChannelClosedException("send on closed channel", error) : new ChannelClosedException("send on closed channel");

    /// <summary>A pooled waiter, if there is one. Safe with the lock held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Waiter<T>? TryRent(M? m) => m?.P is { } p ? Unsafe.As<Waiter<T>?>(p.PoolOf(_pool).TryPop()) : Interlocked.Exchange(ref _spare, null);

    /// <summary>Makes a waiter the operation of the calling goroutine, or of nobody's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Begin(Waiter<T> waiter, M? m, WaitReason reason)
    {
        waiter.Channel = this;
        waiter.Begin(m?.CurrentG, reason);
    }
}

internal static class ChanIds
{
    private static long s_last;

    internal static long Next() => Interlocked.Increment(ref s_last);
}
