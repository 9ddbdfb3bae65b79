using System.Buffers;
using System.IO.Pipelines;
using Goroutines.Net.Epoll;
using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.AspNetCore.Transport;

/// <summary>A connection's output.</summary>
/// <remarks>
/// <para>
/// There is no send loop. A flush of a few bytes is complete at once, and its bytes are sent with those of the flushes that follow in the same turn
/// (<see cref="DeferredSend"/>), by the first of:
/// <list type="bullet">
/// <item>a flush that finds more than <see cref="MostOwed"/> bytes, or a flush, a completion, an abort that cannot defer;</item>
/// <item>the connection's next read, before it parks: a server reads on when it has answered;</item>
/// <item>the work item. On a worker it is queued behind the worker's other work, and no worker is woken for it; a turn that blocks or computes for long
/// loses its queue to another worker, as always. On other threads it goes to the thread pool, into the calling thread's own queue. (Rejected: the
/// scheduler's global queue, which wakes a worker for each flush, mostly in vain: a third more processor time a request.)</item>
/// </list>
/// While a read is parked, nothing is deferred: no read is to be expected then that would send it, as with HTTP/2 and WebSockets.
/// </para>
/// <para>
/// A flush that does not defer makes the system call in the caller, and completes at once unless the socket is full. Then it parks in its
/// <see cref="ParkSlot"/>, and the poller's news queue the work item, which goes on sending and completes the flush. When owed bytes find the socket full, the
/// next flush waits in this way. Blocks go back to the pool as they are sent. After a failed send or an abort, what is flushed is dropped and the
/// result says that it is completed.
/// </para>
/// </remarks>
internal sealed class TransportWriter : PipeWriter
{
    /// <summary>The most bytes that a flush leaves owed. More would lie idle while the handler goes on, instead of being under way.</summary>
    private const int MostOwed = 16384;

    private readonly TransportConnection _connection;

    /// <summary>Who has the right to what follows, <see cref="_isFull"/> and the operation's slot included.</summary>
    private DeferredSend _right;
    private BufferChain _output;

    /// <summary>Owed bytes have found the socket full, so the next flush sends and waits.</summary>
    private bool _isFull;
    private bool _broken;

    /// <summary>The bytes that no flush has covered yet.</summary>
    private long _unflushed;

    /// <summary>The caller's own memory, sent before what is buffered. Only while a write of it is under way.</summary>
    private ReadOnlyMemory<byte> _direct;
    private bool _completed;

    /// <summary>Nobody awaits the flush under way: the connection is closed when it is through.</summary>
    private bool _closes;

    internal TransportWriter(TransportConnection connection, Scheduler scheduler)
    {
        _connection = connection;
        _output = new BufferChain(connection.MemoryPool);
        Flush = new FlushOperation(this, scheduler);
    }

    /// <summary>The flush under way, or the next one.</summary>
    internal TransportOperation<FlushResult> Flush { get; }

    /// <summary>Whether deferred bytes wait to be sent.</summary>
    internal bool IsOwing => _right.IsOwed;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    /// <summary>Sends what flushes have deferred, unless the writer has taken it back or another thread sends it. By any thread.</summary>
    internal void SendOwed()
    {
        if (!_right.TryTake())
        {
            return;
        }

        do
        {
            Flush.Slot.TryTakeNews();
            if (TrySendAll())
            {
                _isFull = false;
                _right.Release();
                return;
            }

            _isFull = true;
        }
        while (_right.LeaveFull(ref Flush.Slot));
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ThrowIfUnusable();
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        _right.TakeBack();
        if (_output.Tail is null || _output.Tail.FreeLength < Math.Max(sizeHint, 1))
        {
            _output.AddBlock(sizeHint);
        }

        return _output.Tail!.Free;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ThrowIfUnusable();
        _right.TakeBack();
        if (bytes < 0 || bytes > (_output.Tail?.FreeLength ?? 0))
        {
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "More than the memory that was asked for.");
        }

        if (bytes != 0)
        {
            _output.Tail!.Add(bytes);
            _unflushed += bytes;
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        _right.TakeBack();
        return TryDefer() ? default : SendAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        _right.TakeBack();
        if (_output.Length == 0 && (source.Length > MostOwed || !MayDefer()))
        {
            _direct = source;
            return SendAsync(cancellationToken);
        }

        this.Write(source.Span);
        return TryDefer() ? default : SendAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => Flush.RequestCancel();

    public override void Complete(Exception? exception = null)
    {
        if (_completed)
        {
            return;
        }

        _completed = true;
        _right.TakeBack();
        if (exception is not null && !Flush.IsUnderWay)
        {
            DropAll();
        }

        _closes = true;
        Interlocked.MemoryBarrier(); // pairs with the one in ResultTaken: one of the two sees the other
        if (Flush.IsUnderWay)
        {
            return; // the flush under way closes the connection
        }

        Flush.TakeCancelRequest();
        if (Send() != OperationStep.Parked)
        {
            _connection.OutputSent();
        }
    }

    private void ThrowIfUnusable()
    {
        if (_completed)
        {
            throw new InvalidOperationException("The output has been completed.");
        }

        if (Flush.IsUnderWay)
        {
            throw new InvalidOperationException("A flush is under way already.");
        }
    }

    /// <summary>Whether a flush may leave its bytes to be sent a moment later. By the writer, which has the right.</summary>
    private bool MayDefer() => !(_isFull || _broken || _connection.IsReading || _connection.IsOutputEnded || Flush.HasRequest);

    /// <summary>Leaves what there is to be sent with what follows in this turn, if it is little.</summary>
    private bool TryDefer()
    {
        if (_output.Length is 0 or > MostOwed || !MayDefer())
        {
            return false;
        }

        _unflushed = 0;
        _right.Owe();
        ((FlushOperation)Flush).QueueBehind();
        return true;
    }

    private ValueTask<FlushResult> SendAsync(CancellationToken cancellationToken)
    {
        short version = Flush.Version;
        Flush.Begin(cancellationToken);
        OperationStep step = Send();
        if (step == OperationStep.Parked)
        {
            return new ValueTask<FlushResult>(Flush, version);
        }

        CancellationToken token = Flush.End(isAwaited: false);
        if (step == OperationStep.Done && Flush.TakeCancelRequest())
        {
            step = OperationStep.Cancelled;
        }

        return step == OperationStep.TokenCancelled
            ? ValueTask.FromException<FlushResult>(new OperationCanceledException(token))
            : new ValueTask<FlushResult>(new FlushResult(step == OperationStep.Cancelled, _broken));
    }

    /// <summary>Sends what there is, or parks. When it has parked, the flush may be completed by another thread at any moment.</summary>
    private OperationStep Send()
    {
        _unflushed = 0;
        while (true)
        {
            if (TrySendAll())
            {
                _isFull = false;
                return OperationStep.Done;
            }

            if (Flush.Slot.TryTakeNews() || !Flush.Slot.TryPark())
            {
                continue; // it may have become writable since
            }

            if ((_connection.IsOutputEnded || Flush.HasRequest) && Flush.Slot.TryClaim())
            {
                if (TakeRequest() is var step and not OperationStep.Done)
                {
                    return step;
                }

                continue;
            }

            return OperationStep.Parked;
        }
    }

    /// <summary>Sends until nothing is left, or drops it if the connection is broken. By the thread that has the right.</summary>
    /// <returns><see langword="false"/> if the socket is full.</returns>
    private bool TrySendAll()
    {
        while (_output.Length != 0 || !_direct.IsEmpty)
        {
            if (_broken || _connection.IsOutputEnded)
            {
                break;
            }

            int errno = SendOnce();
            if (errno == Libc.WouldBlock)
            {
                return false;
            }

            if (errno != Libc.OK)
            {
                _broken = true;
                _connection.SendFailed(errno);
            }
        }

        if (_broken || _connection.IsOutputEnded)
        {
            _broken = true;
            DropAll();
        }

        return true;
    }

    /// <returns>What was asked of the operation that the caller has claimed; <see cref="OperationStep.Done"/>: nothing.</returns>
    private OperationStep TakeRequest()
    {
        OperationStep step = Flush.TakeRequest();
        if (step != OperationStep.Done && !_direct.IsEmpty)
        {
            KeepDirect();
        }

        return _closes ? OperationStep.Done : step;
    }

    /// <summary>A cancelled write has taken its source's bytes, but the caller's memory is the caller's again: they are kept here.</summary>
    private void KeepDirect()
    {
        ReadOnlyMemory<byte> rest = _direct;
        _direct = default;
        _unflushed += rest.Length;
        while (!rest.IsEmpty)
        {
            if (_output.Tail is null || _output.Tail.FreeLength == 0)
            {
                _output.AddBlock();
            }

            BufferSegment tail = _output.Tail!;
            int count = Math.Min(rest.Length, tail.FreeLength);
            rest.Span[..count].CopyTo(tail.Free.Span);
            tail.Add(count);
            rest = rest[count..];
        }
    }

    /// <summary>One call. The caller's own memory comes first: what is buffered was written after it.</summary>
    private int SendOnce()
    {
        if (!_direct.IsEmpty)
        {
            int sent = _connection.Send(_direct.Span, out int errno);
            _direct = _direct[sent..];
            return errno;
        }

        BufferSegment head = _output.Head!;
        int count = ReferenceEquals(head, _output.Tail)
            ? _connection.Send(head.Memory.Span[_output.HeadIndex..], out int failure)
            : _connection.SendGathered(head, _output.HeadIndex, out failure);
        _output.Remove(count);
        return failure;
    }

    private void DropAll()
    {
        _direct = default;
        _output.Clear();
        _unflushed = 0;
    }

    /// <summary>The parked flush was claimed. The continuation runs in here, and nothing of this object is touched after it.</summary>
    private void GoOn()
    {
        OperationStep step = TakeRequest();
        if (step == OperationStep.Done)
        {
            step = Send();
            if (step == OperationStep.Parked)
            {
                return;
            }
        }

        if (!Flush.IsUnderWay)
        {
            _connection.OutputSent(); // the flush of Complete, which nobody awaits
            return;
        }

        CancellationToken token = Flush.End(isAwaited: true);
        if (Volatile.Read(ref _closes))
        {
            _connection.OutputSent(); // perhaps nobody takes the result
        }

        if (step == OperationStep.TokenCancelled)
        {
            Flush.SetException(new OperationCanceledException(token));
        }
        else
        {
            Flush.SetResult(new FlushResult(step == OperationStep.Cancelled, _broken));
        }
    }

    /// <summary>The work item is queued for a claimed flush, and for owed bytes. Both may be at once while it is queued for the bytes still.</summary>
    private sealed class FlushOperation(TransportWriter writer, Scheduler scheduler) : TransportOperation<FlushResult>(scheduler)
    {
        private QueueOnce _queue;

        /// <summary>Whether the parked flush was claimed and has not been continued. Stored before <see cref="QueueOnce.TryQueue"/>, taken after <see cref="QueueOnce.Begin"/>.</summary>
        private int _claimed;

        internal override bool AddNews() => Slot.AddNews() ? Claimed() : writer._right.IsOwed && _queue.TryQueue();

        /// <summary>Sees to it that owed bytes are sent, after what the calling worker has to do first.</summary>
        internal void QueueBehind()
        {
            if (_queue.TryQueue() && !TryQueueBehind())
            {
#pragma warning disable RS0030 // the the flush is made on the pool, as a rule
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
#pragma warning restore RS0030
            }
        }

        private protected override bool Claimed()
        {
            Volatile.Write(ref _claimed, 1);
            return _queue.TryQueue();
        }

        private protected override void ResultTaken()
        {
            Interlocked.MemoryBarrier(); // pairs with the one in Complete
            if (Volatile.Read(ref writer._closes))
            {
                writer._connection.OutputSent();
            }
        }

        private protected override void Execute()
        {
            _queue.Begin();
            if (Volatile.Read(ref _claimed) != 0 && Interlocked.Exchange(ref _claimed, 0) != 0)
            {
                writer.GoOn();
            }
            else
            {
                writer.SendOwed();
            }
        }
    }
}
