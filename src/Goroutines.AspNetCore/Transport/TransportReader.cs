using System.Buffers;
using System.IO.Pipelines;
using Goroutines.Net.Epoll;
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
internal sealed class TransportReader : PipeReader
{
    private readonly TransportConnection _connection;
    private BufferChain _input;
    private bool _examinedAll = true;
    private bool _ended;
    private bool _completed;
    private Exception? _failure;

    /// <summary>A full or short receive says nothing about what is left. Set by the thread that polls before it adds its news.</summary>
    private volatile bool _trustsNothing;
    private volatile bool _ending;

    internal TransportReader(TransportConnection connection, Scheduler scheduler, bool trustsNothing)
    {
        _connection = connection;
        _input = new BufferChain(connection.MemoryPool);
        _trustsNothing = trustsNothing;
        Read = new ReadOperation(this, scheduler);
    }

    /// <summary>The read under way, or the next one.</summary>
    internal TransportOperation<ReadResult> Read { get; }

    /// <summary>From now on only a call says whether the socket is empty. Before the news that say so.</summary>
    /// <param name="ending">The peer has ended, and there will be no more news.</param>
    internal void StopTrusting(bool ending)
    {
        _ending |= ending;
        _trustsNothing = true;
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

        short version = Read.Version;
        Read.Begin(cancellationToken);
        OperationStep step = Receive();
        if (step == OperationStep.Parked)
        {
            return new ValueTask<ReadResult>(Read, version);
        }

        CancellationToken token = Read.End(isAwaited: false);
        return Outcome(step, token, out result) is { } failure ? ValueTask.FromException<ReadResult>(failure) : new ValueTask<ReadResult>(result);
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowIfUnusable();
        if (TryGetBuffered(out result))
        {
            return true;
        }

        while (Read.Slot.TryTakeNews())
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

        if (_input.Head is not { } head)
        {
            throw new InvalidOperationException("There is nothing to advance over.");
        }

        long to = consumedIn.Position + consumed.GetInteger();
        if (to < head.Position + _input.HeadIndex || examinedIn.Position + examined.GetInteger() < to)
        {
            throw new ArgumentOutOfRangeException(nameof(consumed), "The position has been consumed before, or lies behind what was examined.");
        }

        _examinedAll = ReferenceEquals(examinedIn, _input.Tail) && examined.GetInteger() == examinedIn.End;
        _input.AdvanceTo(consumedIn, consumed.GetInteger());
    }

    public override void CancelPendingRead() => Read.RequestCancel();

    public override void Complete(Exception? exception = null)
    {
        if (!_completed)
        {
            _completed = true;
            _input.Clear();
        }
    }

    private void ThrowIfUnusable()
    {
        if (_completed)
        {
            throw new InvalidOperationException("The input has been completed.");
        }

        if (Read.IsUnderWay)
        {
            throw new InvalidOperationException("A read is under way already.");
        }
    }

    /// <summary>What can be had without a call.</summary>
    private bool TryGetBuffered(out ReadResult result)
    {
        if (Read.TakeCancelRequest())
        {
            result = new ReadResult(Buffer(), isCanceled: true, _ended);
            return true;
        }

        if ((_failure ?? _connection.AbortReason) is not { } failure)
        {
            if (_ended || (!_examinedAll && _input.Length > 0))
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
        => _input.Head is { } head ? new ReadOnlySequence<byte>(head, _input.HeadIndex, _input.Tail!, _input.Tail!.End) : ReadOnlySequence<byte>.Empty;

    /// <summary>Receives, or parks. When it has parked, the read may be completed by another thread at any moment.</summary>
    private OperationStep Receive()
    {
        while (true)
        {
            if (_connection.AbortReason is { } reason)
            {
                _failure = reason;
                return OperationStep.Done;
            }

            if (Read.Slot.TryTakeNews() && ReceiveOnce())
            {
                return OperationStep.Done;
            }

            _connection.SendOwed(); // a server that reads on has answered, as a rule
            if (!Read.Slot.TryPark())
            {
                continue; // there is news
            }

            if ((_connection.AbortReason is not null || Read.HasRequest) && Read.Slot.TryClaim())
            {
                if (Read.TakeRequest() is var step and not OperationStep.Done)
                {
                    return step;
                }

                continue;
            }

            return OperationStep.Parked;
        }
    }

    /// <summary>One receive into the free part of the last block, or into a new one.</summary>
    /// <returns><see langword="true"/> if there is something to tell; otherwise, <see langword="false"/>: the socket is empty.</returns>
    private bool ReceiveOnce()
    {
        if (_input.Tail is null || _input.Tail.FreeLength < _connection.LeastReceive)
        {
            _input.AddBlock();
        }

        BufferSegment tail = _input.Tail!;
        int room = tail.FreeLength;
        int received = _connection.Receive(tail.Free.Span, out int errno);
        if (received > 0)
        {
            tail.Add(received);
            _examinedAll = false;
            if (received == room || _trustsNothing)
            {
                Read.Slot.KeepNews();
            }

            if (_ending && _connection.IsAtEnd())
            {
                _connection.InputEnded(); // perhaps there is no next read that would
            }

            return true;
        }

        if (_input.Length == 0)
        {
            _input.Clear();
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

    private Exception? Outcome(OperationStep step, CancellationToken token, out ReadResult result)
    {
        switch (step)
        {
            case OperationStep.TokenCancelled:
                result = default;
                return new OperationCanceledException(token);
            case OperationStep.Cancelled:
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
        OperationStep step = Read.TakeRequest();
        if (step == OperationStep.Done)
        {
            step = Receive();
            if (step == OperationStep.Parked)
            {
                return;
            }
        }

        CancellationToken token = Read.End(isAwaited: true);
        if (Outcome(step, token, out ReadResult result) is { } failure)
        {
            Read.SetException(failure);
        }
        else
        {
            Read.SetResult(result);
        }
    }

    private sealed class ReadOperation(TransportReader reader, Scheduler scheduler) : TransportOperation<ReadResult>(scheduler)
    {
        private protected override void Execute() => reader.GoOn();
    }
}
