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
/// <para>Any number of senders and receivers may use a channel at the same time, inside and outside of goroutines. A channel
/// belongs to no runtime and holds no resources, so it need not be closed or disposed. Close it only to tell receivers that
/// no more values will come.</para>
/// <para>The semantics are those of Go's <c>runtime/chan.go</c>.</para>
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed partial class Chan<T> : IAsyncEnumerable<T>, IWaitable
{
    // Invariants, as at the top of runtime/chan.go. At least one of the two queues is empty, except that one select may
    // wait with a send and a receive on the same channel. Buffered: values in the buffer mean that no receiver waits;
    // room in the buffer means that no sender waits.
    //
    // _lock guards every field below it. _closed, the buffer's count and the queues' heads are also read without the lock, as
    // hints for operations that do not wait; see CanReceive.
    private readonly int _capacity;
    private readonly int _pool = Pool<Waiter<T>>.Kind; // cached: generic code would have to look it up
    private readonly ChanFeed<T>? _feed;
    private VersionedMutex _lock;
    private bool _closed;
    private ChanBuffer<T> _buffer;
    private WaitList<Waiter<T>> _receivers;
    private WaitList<Waiter<T>> _senders;
    private long _id;
    private Waiter<T>? _spare;
    private ChanObservers? _observers;

    /// <summary>Creates a channel.</summary>
    /// <param name="capacity">The number of values the channel can hold without a receiver; 0 makes a rendezvous channel. Memory
    /// for the buffer is allocated as values come in.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is negative.</exception>
    public Chan(int capacity = 0)
    {
        if (capacity < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "A channel's capacity must not be negative.");
        }

        _capacity = capacity;
    }

    /// <summary>Creates the channel of a timer or a token, which has no senders.</summary>
    internal Chan(ChanFeed<T> feed) => _feed = feed;

    /// <summary>Gets the number of values the channel can hold without a receiver (Go's <c>cap(ch)</c>).</summary>
    public int Capacity => _capacity;

    /// <summary>Gets the number of values in the buffer at this moment (Go's <c>len(ch)</c>); always 0 for a rendezvous channel.</summary>
    public int Count => Volatile.Read(ref _buffer.Count);

    /// <summary>Gets the send-only view of this channel (Go's <c>chan&lt;- T</c>).</summary>
    public Sender<T> Sender => new(this);

    /// <summary>Gets the receive-only view of this channel (Go's <c>&lt;-chan T</c>).</summary>
    public Receiver<T> Receiver => new(this);

    /// <summary>Converts <paramref name="channel"/> to its send-only view; <see langword="null"/> becomes the nil channel.</summary>
    /// <param name="channel">The channel.</param>
    public static implicit operator Sender<T>(Chan<T>? channel) => new(channel);

    /// <summary>Converts <paramref name="channel"/> to its receive-only view; <see langword="null"/> becomes the nil channel.</summary>
    /// <param name="channel">The channel.</param>
    public static implicit operator Receiver<T>(Chan<T>? channel) => new(channel);

    /// <summary>Gets the number that fixes the order in which selects lock several channels. It is assigned on the first use in a select.</summary>
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

    /// <summary>Whether the channel is closed and nothing is left to receive. Read with the lock held.</summary>
    internal bool IsDrained => _closed && _buffer.Count == 0;

    /// <summary>The feed that gives this channel its values without a sender; null for ordinary channels.</summary>
    internal ChanFeed<T>? Feed => _feed;

    /// <summary>Whether a receiver is in the queue. It may belong to a select that has already been completed through another channel.</summary>
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

    /// <summary>Dequeues the next waiting receiver for the feed, with the lock held. The caller finishes it after unlocking.</summary>
    internal Waiter<T>? DequeueReceiver() => _receivers.DequeueClaimed();

    /// <summary>Queues a select's waiter, with the lock held.</summary>
    internal void EnqueueSender(Waiter<T> waiter) => _senders.Enqueue(waiter);

    /// <summary>Returns whether a waiter is still in its queue, that is, no partner has taken it.</summary>
    internal bool IsQueued(Waiter<T> waiter)
    {
        _lock.Enter();
        bool queued = waiter.InQueue;
        _lock.Exit();
        return queued;
    }

    /// <summary>Removes a waiter from its queue. Returns <see langword="false"/> if a partner has already taken it.</summary>
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

    /// <summary>Returns a finished waiter to the pool of the caller's P, or keeps it here for the next foreign caller.</summary>
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

    /// <summary>Returns the state that this channel's views as framework channels share; creates it on first use.</summary>
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

            // Operations read the field once, after their own work. After the barrier, none can still miss it.
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

    /// <summary>Returns a pooled waiter, if there is one. Safe with the lock held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Waiter<T>? TryRent(M? m) => m?.P is { } p ? Unsafe.As<Waiter<T>?>(p.PoolOf(_pool).TryPop()) : Interlocked.Exchange(ref _spare, null);

    /// <summary>Binds a waiter to the calling goroutine; outside of goroutines, to none.</summary>
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
