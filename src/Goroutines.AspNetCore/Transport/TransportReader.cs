using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.AspNetCore.Transport;

/// <summary>A connection's input: receives straight into the blocks that its reader sees.</summary>
/// <remarks>
/// <para>
/// There is no receive loop. A read that finds nothing parks in <see cref="ParkSlot"/>; the poller's news queue the work item, which receives
/// and completes the read, so that the parser and the handler run in the item. While a read waits and nothing is buffered, the
/// connection holds no block.
/// </para>
/// <para>
/// A receive that got less than there was room for has emptied the socket, and the next read parks without a call. Not so over Unix sockets,
/// where receives stop at other boundaries, after urgent data, and once the peer has ended (<see cref="StopTrusting(bool)"/>).
/// </para>
/// </remarks>
internal sealed class TransportReader : PipeReader, IValueTaskSource<ReadResult>
{
    private readonly TransportConnection _connection;
    private readonly Item _item;
    private ManualResetValueTaskSourceCore<ReadResult> _core;
    private ParkSlot _slot = new();
    private BufferSegment? _head;
    private BufferSegment? _tail;
    private BufferSegment? _spare;
    private int _headIndex;
    private bool _examinedAll = true;
    private bool _ended;
    private bool _completed;
    private bool _pending;
    private Exception? _failure;
    private CancellationTokenRegistration _registration;

    /// <summary>A full or short receive says nothing about what is left. Set by the thread that polls before it adds its news.</summary>
    private volatile bool _trustsNothing;
    private volatile bool _ending;

    /// <summary>Requests to end the read that is parked, or else the next one. Stored before <see cref="ParkSlot.TryClaim"/>, which is a full fence.</summary>
    private int _cancelRequested;
    private int _tokenCancelled;

    internal TransportReader(TransportConnection connection, Scheduler scheduler, bool trustsNothing)
    {
        _connection = connection;
        _trustsNothing = trustsNothing;
        _item = new Item(this, scheduler);
    }

    internal WorkItem WorkItem => _item;

    private long Buffered => _head is null ? 0 : _tail!.Position + _tail.End - _head.Position - _headIndex;

    /// <summary>The poller's news.</summary>
    /// <returns><see langword="true"/> if the work item is to be queued.</returns>
    internal bool AddNews() => _slot.AddNews();

    /// <summary>From now on only a call says whether the socket is empty. Before the news that say so.</summary>
    /// <param name="ending">The peer has ended, and there will be no more news.</param>
    internal void StopTrusting(bool ending)
    {
        _ending |= ending;
        _trustsNothing = true;
    }

    /// <summary>The connection was aborted: a read that waits ends. After the reason is stored.</summary>
    internal void Wake()
    {
        if (_slot.TryClaim())
        {
            _item.Queue();
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        }

        ThrowIfUnusable();
        if (TryGetBuffered(out ReadResult result))
        {
            return new ValueTask<ReadResult>(result);
        }

        _pending = true;
        short version = _core.Version;
        if (cancellationToken.CanBeCanceled)
        {
            _tokenCancelled = 0;
            _registration = cancellationToken.UnsafeRegister(static state => ((TransportReader)state!).TokenCancelled(), this);
        }

        switch (Receive())
        {
            case Step.Parked:
                return new ValueTask<ReadResult>(this, version);
            case var step:
                CancellationToken token = EndRead();
                return Outcome(step, token, out result) is { } failure ? ValueTask.FromException<ReadResult>(failure) : new ValueTask<ReadResult>(result);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowIfUnusable();
        if (TryGetBuffered(out result))
        {
            return true;
        }

        while (_slot.TryTakeNews())
        {
            if (ReceiveOnce())
            {
                return TryGetBuffered(out result);
            }
        }

        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_completed)
        {
            throw new InvalidOperationException("The input has been completed.");
        }

        if (examined.GetObject() is not BufferSegment examinedIn || consumed.GetObject() is not BufferSegment consumedIn)
        {
            return; // of an empty buffer
        }

        if (_head is null)
        {
            throw new InvalidOperationException("There is nothing to advance over.");
        }

        long to = consumedIn.Position + consumed.GetInteger();
        if (to < _head.Position + _headIndex || examinedIn.Position + examined.GetInteger() < to)
        {
            throw new ArgumentOutOfRangeException(nameof(consumed), "The position has been consumed before, or lies behind what was examined.");
        }

        _examinedAll = ReferenceEquals(examinedIn, _tail) && examined.GetInteger() == _tail!.End;
        while (!ReferenceEquals(_head, consumedIn))
        {
            BufferSegment next = _head!.Following ?? throw new InvalidOperationException("The position is none of this input.");
            Free(_head);
            _head = next;
        }

        _headIndex = consumed.GetInteger();
        if (ReferenceEquals(_head, _tail) && _headIndex == _tail!.End)
        {
            FreeAll();
        }
    }

    public override void CancelPendingRead()
    {
        Interlocked.Exchange(ref _cancelRequested, 1);
        Wake();
    }

    public override void Complete(Exception? exception = null)
    {
        if (!_completed)
        {
            _completed = true;
            FreeAll();
            _spare = null;
        }
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            if (token == _core.Version)
            {
                _core.Reset();
                _pending = false;
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    private void ThrowIfUnusable()
    {
        if (_completed)
        {
            throw new InvalidOperationException("The input has been completed.");
        }

        if (_pending)
        {
            throw new InvalidOperationException("A read is under way already.");
        }
    }

    /// <summary>What can be had without a call.</summary>
    private bool TryGetBuffered(out ReadResult result)
    {
        if (_cancelRequested != 0 && Interlocked.Exchange(ref _cancelRequested, 0) != 0)
        {
            result = new ReadResult(Buffer(), isCanceled: true, _ended);
            return true;
        }

        if ((_failure ?? _connection.AbortReason) is not { } failure)
        {
            if (_ended || (!_examinedAll && Buffered > 0))
            {
                result = new ReadResult(Buffer(), isCanceled: false, _ended);
                return true;
            }

            result = default;
            return false;
        }

        throw failure;
    }

    private ReadOnlySequence<byte> Buffer()
        => _head is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_head, _headIndex, _tail!, _tail!.End);

    /// <summary>Receives, or parks. When it has parked, the read may be completed by another thread at any moment.</summary>
    private Step Receive()
    {
        while (true)
        {
            if (_connection.AbortReason is { } reason)
            {
                _failure = reason;
                return Step.Ready;
            }

            if (_slot.TryTakeNews() && ReceiveOnce())
            {
                return Step.Ready;
            }

            if (!_slot.TryPark())
            {
                continue; // there is news
            }

            if ((_connection.AbortReason is not null || Volatile.Read(ref _cancelRequested) != 0 || Volatile.Read(ref _tokenCancelled) != 0) && _slot.TryClaim())
            {
                if (TakeCancellation() is var step and not Step.Ready)
                {
                    return step;
                }

                continue;
            }

            return Step.Parked;
        }
    }

    /// <returns>What was asked of the operation that the caller has claimed; <see cref="Step.Ready"/>: nothing.</returns>
    private Step TakeCancellation()
    {
        if (Interlocked.Exchange(ref _tokenCancelled, 0) != 0)
        {
            return Step.TokenCancelled;
        }

        return Interlocked.Exchange(ref _cancelRequested, 0) != 0 ? Step.Cancelled : Step.Ready;
    }

    /// <summary>One receive into the free part of the last block, or into a new one.</summary>
    /// <returns><see langword="true"/> if there is something to tell; otherwise, <see langword="false"/>: the socket is empty.</returns>
    private bool ReceiveOnce()
    {
        if (_tail is null || _tail.FreeLength < _connection.LeastReceive)
        {
            AddBlock();
        }

        BufferSegment tail = _tail!;
        int room = tail.FreeLength;
        int received = _connection.Receive(tail.Free.Span, out int errno);
        if (received > 0)
        {
            tail.Add(received);
            _examinedAll = false;
            if (received == room || _trustsNothing)
            {
                _slot.KeepNews();
            }

            if (_ending && _connection.IsAtEnd())
            {
                _connection.InputEnded(); // perhaps there is no next read that would
            }

            return true;
        }

        if (Buffered == 0)
        {
            FreeAll();
        }

        switch (errno)
        {
            case Libc.OK:
                _ended = true;
                _connection.InputEnded();
                return true;
            case Libc.WouldBlock:
                return false;
            default:
                _failure = _connection.ReceiveFailed(errno);
                return true;
        }
    }

    private void AddBlock()
    {
        BufferSegment segment = _spare ?? new BufferSegment();
        _spare = null;
        segment.Rent(_connection.MemoryPool, -1);
        if (_tail is null)
        {
            _head = _tail = segment;
            _headIndex = 0;
        }
        else
        {
            _tail.Append(segment);
            _tail = segment;
        }
    }

    private void Free(BufferSegment segment)
    {
        segment.Release();
        _spare ??= segment;
    }

    private void FreeAll()
    {
        for (BufferSegment? segment = _head; segment is not null;)
        {
            BufferSegment? next = segment.Following;
            Free(segment);
            segment = next;
        }

        _head = null;
        _tail = null;
        _headIndex = 0;
    }

    private void TokenCancelled()
    {
        Interlocked.Exchange(ref _tokenCancelled, 1);
        Wake();
    }

    /// <summary>The read is over: its token can end it no longer.</summary>
    private CancellationToken EndRead()
    {
        CancellationToken token = _registration.Token;
        _registration.Dispose(); // waits for a callback under way, so that it ends no later read
        _registration = default;
        _pending = false;
        return token;
    }

    private Exception? Outcome(Step step, CancellationToken token, out ReadResult result)
    {
        switch (step)
        {
            case Step.TokenCancelled:
                result = default;
                return new OperationCanceledException(token);
            case Step.Cancelled:
                result = new ReadResult(Buffer(), isCanceled: true, _ended);
                return null;
            default:
                result = _failure is null ? new ReadResult(Buffer(), isCanceled: false, _ended) : default;
                return _failure;
        }
    }

    /// <summary>The parked read was claimed. The continuation runs in here, and nothing of this object is touched after it.</summary>
    private void GoOn()
    {
        Step step = TakeCancellation();
        if (step == Step.Ready)
        {
            step = Receive();
            if (step == Step.Parked)
            {
                return;
            }
        }

        CancellationToken token = EndRead();
        _pending = true; // until the result has been taken
        if (Outcome(step, token, out ReadResult result) is { } failure)
        {
            _core.SetException(failure);
        }
        else
        {
            _core.SetResult(result);
        }
    }

    private enum Step
    {
        Ready,
        Parked,
        Cancelled,
        TokenCancelled,
    }

    private sealed class Item(TransportReader reader, Scheduler scheduler) : WorkItem(scheduler)
    {
        private protected override void Execute() => reader.GoOn();
    }
}
