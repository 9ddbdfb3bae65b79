using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.AspNetCore.Transport;

/// <summary>A connection's output: a flush sends on the spot.</summary>
/// <remarks>
/// There is no send loop. A flush makes the system call in the caller, and completes at once unless the socket is full. Then it parks in
/// <see cref="ParkSlot"/>, and the poller's news queue the work item, which goes on sending and completes the flush. Blocks go back to the pool as
/// they are sent. After a failed send or an abort, what is flushed is dropped and the result says that it is completed.
/// </remarks>
internal sealed class TransportWriter : PipeWriter, IValueTaskSource<FlushResult>
{
    private readonly TransportConnection _connection;
    private readonly Item _item;
    private ManualResetValueTaskSourceCore<FlushResult> _core;
    private ParkSlot _slot = new();
    private BufferSegment? _head;
    private BufferSegment? _tail;
    private BufferSegment? _spare;
    private int _headIndex;
    private long _buffered;

    /// <summary>The caller's own memory, sent before what is buffered. Only while a write of it is under way.</summary>
    private ReadOnlyMemory<byte> _direct;
    private bool _pending;
    private bool _completed;

    /// <summary>Nobody awaits the flush under way: the connection is closed when it is through.</summary>
    private bool _closes;
    private bool _broken;
    private CancellationTokenRegistration _registration;

    /// <summary>As in <see cref="TransportReader"/>.</summary>
    private int _cancelRequested;
    private int _tokenCancelled;

    internal TransportWriter(TransportConnection connection, Scheduler scheduler)
    {
        _connection = connection;
        _item = new Item(this, scheduler);
    }

    internal WorkItem WorkItem => _item;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _buffered;

    /// <summary>The poller's news.</summary>
    /// <returns><see langword="true"/> if the work item is to be queued.</returns>
    internal bool AddNews() => _slot.AddNews();

    /// <summary>The connection was aborted: a flush that waits ends. After the reason is stored.</summary>
    internal void Wake()
    {
        if (_slot.TryClaim())
        {
            _item.Queue();
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ThrowIfUnusable();
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (_tail is null || _tail.FreeLength < Math.Max(sizeHint, 1))
        {
            AddBlock(sizeHint);
        }

        return _tail!.Free;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ThrowIfUnusable();
        if (bytes < 0 || bytes > (_tail?.FreeLength ?? 0))
        {
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "More than the memory that was asked for.");
        }

        if (bytes != 0)
        {
            _tail!.Add(bytes);
            _buffered += bytes;
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<FlushResult>(cancellationToken) : Flush(cancellationToken);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        if (_buffered == 0)
        {
            _direct = source;
        }
        else
        {
            this.Write(source.Span);
        }

        return Flush(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        Interlocked.Exchange(ref _cancelRequested, 1);
        Wake();
    }

    public override void Complete(Exception? exception = null)
    {
        if (_completed)
        {
            return;
        }

        _completed = true;
        if (exception is not null)
        {
            DropAll();
        }

        _closes = true;
        Interlocked.MemoryBarrier(); // pairs with the one in GetResult: one of the two sees the other
        if (Volatile.Read(ref _pending))
        {
            return; // the flush under way closes the connection
        }

        _cancelRequested = 0;
        if (Send() != Step.Parked)
        {
            _connection.OutputSent();
        }
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
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
                Interlocked.MemoryBarrier(); // pairs with the one in Complete
                if (Volatile.Read(ref _closes))
                {
                    _connection.OutputSent();
                }
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    private void ThrowIfUnusable()
    {
        if (_completed)
        {
            throw new InvalidOperationException("The output has been completed.");
        }

        if (_pending)
        {
            throw new InvalidOperationException("A flush is under way already.");
        }
    }

    private ValueTask<FlushResult> Flush(CancellationToken cancellationToken)
    {
        short version = _core.Version;
        _pending = true;
        if (cancellationToken.CanBeCanceled)
        {
            _tokenCancelled = 0;
            _registration = cancellationToken.UnsafeRegister(static state => ((TransportWriter)state!).TokenCancelled(), this);
        }

        Step step = Send();
        if (step == Step.Parked)
        {
            return new ValueTask<FlushResult>(this, version);
        }

        CancellationToken token = EndFlush();
        if (step == Step.Sent && _cancelRequested != 0 && Interlocked.Exchange(ref _cancelRequested, 0) != 0)
        {
            step = Step.Cancelled;
        }

        return step == Step.TokenCancelled
            ? ValueTask.FromException<FlushResult>(new OperationCanceledException(token))
            : new ValueTask<FlushResult>(new FlushResult(step == Step.Cancelled, _broken));
    }

    /// <summary>Sends what there is, or parks. When it has parked, the flush may be completed by another thread at any moment.</summary>
    private Step Send()
    {
        while (true)
        {
            if (_broken || _connection.IsOutputEnded)
            {
                _broken = true;
                DropAll();
                return Step.Sent;
            }

            if (_buffered == 0 && _direct.IsEmpty)
            {
                return Step.Sent;
            }

            int errno = SendOnce();
            if (errno == Libc.OK)
            {
                continue;
            }

            if (errno != Libc.WouldBlock)
            {
                _broken = true;
                _connection.SendFailed(errno);
                continue;
            }

            if (_slot.TryTakeNews() || !_slot.TryPark())
            {
                continue; // it may have become writable since
            }

            if ((_connection.IsOutputEnded || Volatile.Read(ref _cancelRequested) != 0 || Volatile.Read(ref _tokenCancelled) != 0) && _slot.TryClaim())
            {
                if (TakeCancellation() is var step and not Step.Sent)
                {
                    return step;
                }

                continue;
            }

            return Step.Parked;
        }
    }

    /// <returns>What was asked of the operation that the caller has claimed; <see cref="Step.Sent"/>: nothing.</returns>
    private Step TakeCancellation()
    {
        Step step = Interlocked.Exchange(ref _tokenCancelled, 0) != 0 ? Step.TokenCancelled
            : Interlocked.Exchange(ref _cancelRequested, 0) != 0 ? Step.Cancelled : Step.Sent;
        if (step != Step.Sent && !_direct.IsEmpty)
        {
            KeepDirect();
        }

        return _closes ? Step.Sent : step;
    }

    /// <summary>A cancelled write has taken its source's bytes, but the caller's memory is the caller's again: they are kept here.</summary>
    private void KeepDirect()
    {
        ReadOnlyMemory<byte> rest = _direct;
        _direct = default;
        while (!rest.IsEmpty)
        {
            if (_tail is null || _tail.FreeLength == 0)
            {
                AddBlock(0);
            }

            int count = Math.Min(rest.Length, _tail!.FreeLength);
            rest.Span[..count].CopyTo(_tail.Free.Span);
            _tail.Add(count);
            _buffered += count;
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

        BufferSegment head = _head!;
        int count = ReferenceEquals(head, _tail)
            ? _connection.Send(head.Memory.Span[_headIndex..], out int failure)
            : _connection.SendGathered(head, _headIndex, out failure);
        Consume(count);
        return failure;
    }

    private void Consume(int count)
    {
        _buffered -= count;
        while (_head is { } head)
        {
            int left = head.End - _headIndex;
            if (count < left)
            {
                _headIndex += count;
                return;
            }

            count -= left;
            _headIndex = 0;
            _head = head.Following;
            head.Release();
            _spare ??= head;
            if (_head is null)
            {
                _tail = null;
            }
        }
    }

    private void AddBlock(int least)
    {
        BufferSegment segment = _spare ?? new BufferSegment();
        _spare = null;
        segment.Rent(_connection.MemoryPool, least == 0 ? -1 : least);
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

    private void DropAll()
    {
        _direct = default;
        if (_buffered != 0 || _head is not null)
        {
            Consume((int)Math.Min(int.MaxValue, _buffered));
        }
    }

    private void TokenCancelled()
    {
        Interlocked.Exchange(ref _tokenCancelled, 1);
        Wake();
    }

    private CancellationToken EndFlush()
    {
        CancellationToken token = _registration.Token;
        _registration.Dispose(); // waits for a callback under way, so that it ends no later flush
        _registration = default;
        _pending = false;
        return token;
    }

    /// <summary>The parked flush was claimed. The continuation runs in here, and nothing of this object is touched after it.</summary>
    private void GoOn()
    {
        Step step = TakeCancellation();
        if (step == Step.Sent)
        {
            step = Send();
            if (step == Step.Parked)
            {
                return;
            }
        }

        if (!_pending)
        {
            _connection.OutputSent(); // the flush of Complete, which nobody awaits
            return;
        }

        CancellationToken token = EndFlush();
        _pending = true; // until the result has been taken
        if (Volatile.Read(ref _closes))
        {
            _connection.OutputSent(); // perhaps nobody takes the result
        }

        if (step == Step.TokenCancelled)
        {
            _core.SetException(new OperationCanceledException(token));
        }
        else
        {
            _core.SetResult(new FlushResult(step == Step.Cancelled, _broken));
        }
    }

    private enum Step
    {
        /// <summary>All is sent, or dropped because the connection is broken.</summary>
        Sent,
        Parked,
        Cancelled,
        TokenCancelled,
    }

    private sealed class Item(TransportWriter writer, Scheduler scheduler) : WorkItem(scheduler)
    {
        private protected override void Execute() => writer.GoOn();
    }
}
