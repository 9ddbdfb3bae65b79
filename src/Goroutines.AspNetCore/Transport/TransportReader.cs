using System.Buffers;
using System.IO.Pipelines;
using Goroutines.Net.Epoll;
using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.AspNetCore.Transport;

/// <summary>A connection's input. It receives directly into the blocks that its reader sees.</summary>
/// <remarks>
/// <para>
/// There is no receive loop. A read that finds nothing parks in a <see cref="ParkSlot"/>. The poller's news queue the work item, which
/// receives and completes the read, so that the parser and the handler run in the item. While a read waits and nothing is buffered, the
/// connection holds no block.
/// </para>
/// <para>
/// A receive that does not fill its room has emptied the socket, so the next read parks without a system call. This does not hold over Unix
/// sockets, where receives stop at other boundaries, after urgent data, and once the peer has ended (<see cref="StopTrusting(bool)"/>).
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

    /// <summary>Set if the length of a receive does not show whether the socket is empty. Stored by the polling thread before it adds its
    /// news.</summary>
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

    /// <summary>From now on, only a system call shows whether the socket is empty. Called before these events' news are added.</summary>
    /// <param name="ending">Whether the peer has ended, so that no more news will come.</param>
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
            return; // the positions of an empty buffer
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

    /// <summary>Gets what a read can return without a system call.</summary>
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

    /// <summary>Receives or parks. Once the read is parked, another thread may complete it at any moment.</summary>
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

            _connection.SendOwed(); // a server that reads again has usually answered
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

    /// <summary>Receives once, into the free part of the last block or into a new block.</summary>
    /// <returns><see langword="true"/> if there is something to report; <see langword="false"/> if the socket is empty.</returns>
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
                _connection.InputEnded(); // there may be no next read that would find the end
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

    /// <summary>Continues a parked read that was claimed. The continuation runs in this call, and nothing of this object is used after
    /// it.</summary>
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
