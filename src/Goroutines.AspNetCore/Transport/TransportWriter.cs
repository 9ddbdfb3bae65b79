using System.Buffers;
using System.IO.Pipelines;
using Goroutines.Net.Epoll;
using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.AspNetCore.Transport;

/// <summary>A connection's output.</summary>
/// <remarks>
/// <para>
/// There is no send loop. A small flush completes at once, and its bytes are sent together with those of later flushes in the same turn
/// (<see cref="DeferredSend"/>), by whichever comes first:
/// <list type="bullet">
/// <item>a flush that finds more than <see cref="MostOwed"/> bytes, or a flush, a completion or an abort that cannot defer;</item>
/// <item>the connection's next read, before it parks, because a server reads again when it has answered;</item>
/// <item>the work item. On a worker, it is queued behind the worker's other work, and no other worker is woken for it. If the turn blocks
/// or computes for long, another worker takes over the queue, as always. On other threads, it goes to the thread pool, into the calling
/// thread's own queue. (Rejected: the scheduler's global queue. It wakes a worker for each flush, mostly in vain, and costs a third more
/// processor time a request.)</item>
/// </list>
/// </para>
/// <para>
/// <b>While a read is parked</b> (as with HTTP/2 and WebSockets), no next read is expected that would send the bytes. There, a flush on a worker
/// sends at once. A flush on another thread defers as far as that pays: HTTP/2 writes the frames of all its streams in one loop on the thread
/// pool, and flushes each of them; every flush that joins an earlier one saves a system call and, with HTTPS, a segment of its own. A flush that
/// no other joins has cost a work item for nothing. So each time a deferred flush has been sent alone, the next ones send at once, twice as many as the time before
/// (<see cref="Batch"/>). (Rejected: always to send at once, which costs HTTP/2 over one connection five system calls instead of one. Always
/// to defer, which costs a WebSocket a work item for each message.)
/// </para>
/// <para>
/// A flush that does not defer makes the system call in the caller, and completes at once unless the socket is full. In that case it parks
/// in its <see cref="ParkSlot"/>, and the poller's news queue the work item, which sends the rest and completes the flush. If owed bytes
/// find the socket full, the next flush waits in this way. Blocks return to the pool as they are sent. After a failed send or an abort,
/// flushed bytes are dropped, and the results of flushes are completed.
/// </para>
/// </remarks>
internal sealed class TransportWriter : PipeWriter
{
    /// <summary>The maximum number of bytes that a flush leaves owed. More would lie idle while the handler goes on.</summary>
    private const int MostOwed = 16384;

    private readonly TransportConnection _connection;

    /// <summary>Says which thread may use the following fields, including <see cref="_isFull"/>, and the operation's slot.</summary>
    private DeferredSend _right;
    private Batch _batch;
    private BufferChain _output;

    /// <summary>Whether owed bytes have found the socket full, so that the next flush sends and waits.</summary>
    private bool _isFull;
    private bool _broken;

    /// <summary>The number of bytes that no flush has covered yet.</summary>
    private long _unflushed;

    /// <summary>The memory of the caller of a write, sent before the buffered bytes. Empty unless such a write is under way.</summary>
    private ReadOnlyMemory<byte> _direct;
    private bool _completed;

    /// <summary>Set by <c>Complete</c>: nothing need await the flush under way, whose end closes the connection.</summary>
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

    /// <summary>Sends the deferred bytes, unless the writer has taken them back or another thread sends them. By any thread.</summary>
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
        TakeBack();
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
        TakeBack();
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

        TakeBack();
        return TryDefer() ? default : SendAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        TakeBack();
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
        TakeBack();
        if (exception is not null && !Flush.IsUnderWay)
        {
            DropAll();
        }

        _closes = true;
        Interlocked.MemoryBarrier(); // pairs with the barrier in ResultTaken: one of the two sees the other's store
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

    /// <summary>Gets the right to the output for the writer, before it touches the output.</summary>
    private void TakeBack()
    {
        if (_batch.IsOpen)
        {
            _batch.Close(joined: _right.TakeBack());
        }
    }

    /// <summary>Whether a flush may defer its bytes. Called by the writer while it has the right.</summary>
    private bool MayDefer() => !(_isFull || _broken || _connection.IsOutputEnded || Flush.HasRequest) && (!_connection.IsReading || (_batch.Pays && Flush.Scheduler.CurrentP is null));

    /// <summary>Defers the output, if it is small and a flush may defer.</summary>
    private bool TryDefer()
    {
        if (_output.Length is 0 or > MostOwed || !MayDefer())
        {
            return false;
        }

        _unflushed = 0;
        _batch.Defer();
        _right.Owe();
        ((FlushOperation)Flush).QueueBehind();
        return true;
    }

    private ValueTask<FlushResult> SendAsync(CancellationToken cancellationToken)
    {
        _batch.Send();
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

    /// <summary>Sends the output or parks. Once the flush is parked, another thread may complete it at any moment.</summary>
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
                continue; // the socket may have become writable since
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

    /// <summary>Sends all output, or drops it if the connection is broken. Called by the thread that has the right.</summary>
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

    /// <returns>The request to end the operation that the caller has claimed; <see cref="OperationStep.Done"/> if there is none.</returns>
    private OperationStep TakeRequest()
    {
        OperationStep step = Flush.TakeRequest();
        if (step != OperationStep.Done && !_direct.IsEmpty)
        {
            KeepDirect();
        }

        return _closes ? OperationStep.Done : step;
    }

    /// <summary>Copies the rest of the caller's memory into the output. A cancelled write has accepted these bytes, but the memory is the
    /// caller's again.</summary>
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

    /// <summary>Makes one system call. The caller's memory comes first, because the buffered bytes were written after it.</summary>
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

    /// <summary>Continues a parked flush that was claimed. The continuation runs in this call, and nothing of this object is used after
    /// it.</summary>
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
            _connection.OutputSent(); // the flush of Complete, which nothing awaits
            return;
        }

        CancellationToken token = Flush.End(isAwaited: true);
        if (Volatile.Read(ref _closes))
        {
            _connection.OutputSent(); // the result may never be taken
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

    /// <summary>The work item is queued for a claimed flush and for owed bytes. A flush may be claimed while the item is still queued for
    /// the bytes.</summary>
    private sealed class FlushOperation(TransportWriter writer, Scheduler scheduler) : TransportOperation<FlushResult>(scheduler)
    {
        private QueueOnce _queue;

        /// <summary>Whether the parked flush was claimed and has not been continued. Stored before <see cref="QueueOnce.TryQueue"/>, taken
        /// after <see cref="QueueOnce.Begin"/>.</summary>
        private int _claimed;

        internal override bool AddNews() => Slot.AddNews() ? Claimed() : writer._right.IsOwed && _queue.TryQueue();

        /// <summary>Queues the sending of owed bytes behind the calling worker's other work.</summary>
        internal void QueueBehind()
        {
            if (_queue.TryQueue() && !TryQueueBehind())
            {
#pragma warning disable RS0030 // the flush is usually made on the thread pool
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
            Interlocked.MemoryBarrier(); // pairs with the barrier in Complete
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
