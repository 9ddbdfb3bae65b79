using Goroutines.Runtime;

namespace Goroutines.Net.Pipe;

/// <summary>One direction of an in-memory connection: a write and a read meet, and the bytes go from one to the other (half of net/pipe.go's <c>pipe</c>).</summary>
/// <remarks>
/// <para><b>No buffer.</b> A write waits until reads have taken all of it. Reads, and writes, are served in the order in which
/// they came; a write is through before the next one begins, so the bytes of two are never mixed.</para>
/// <para><b>Copying.</b> At most one thread copies at a time (<c>_copying</c>): whichever comes when there are both a read and a write. It
/// copies without the lock, since the memory may be a caller's own kind, which may take long or throw. Meanwhile the two operations
/// are marked, and what would end them (token, deadline, close) leaves a request; the bytes that were moved count, and then
/// the request is carried out. If a memory throws, its operation fails with that, and the other one waits on.</para>
/// <para><b>Shut.</b> When either side shuts or closes it, the half is shut for both: reads get to the end, writes fail.</para>
/// </remarks>
internal sealed class PipeHalf
{
    private SpinMutex _lock;
    private bool _copying;
    private bool _shut;

    internal PipeHalf()
    {
        Reader = new PipeSide(this, isReading: true);
        Writer = new PipeSide(this, isReading: false);
    }

    internal PipeSide Reader { get; }

    internal PipeSide Writer { get; }

    internal void EnterLock() => _lock.Enter();

    internal void ExitLock() => _lock.Exit();

    /// <summary>Carries an operation out, or has it wait. It may be complete on return.</summary>
    internal void Start(PipeOperation operation)
    {
        PipeSide side = operation.Side;
        _lock.Enter();
        NetFailure own = side.OwnFailure;
        bool broken = own != NetFailure.None || _shut;
        if (broken || (!side.IsReading && operation.Length == 0))
        {
            if (broken)
            {
                operation.Fail(_shut && own != NetFailure.Disposed ? NetFailure.Shut : own);
            }

            _lock.Exit();
            operation.Complete();
            return;
        }

        side.Enqueue(operation);
        MatchAndExit();
    }

    /// <summary>Nothing more goes through, from either side.</summary>
    internal void Shut()
    {
        _lock.Enter();
        _shut = true;
        WakeList<PipeOperation> reads = Reader.TakeAll(NetFailure.Shut);
        WakeList<PipeOperation> writes = Writer.TakeAll(NetFailure.Shut);
        _lock.Exit();
        reads.CompleteAll();
        writes.CompleteAll();
    }

    /// <summary>As long as there are a read and a write: moves bytes. With the lock, which it releases.</summary>
    private void MatchAndExit()
    {
        while (!_copying && FirstOf(Reader) is { } read && FirstOf(Writer) is { } write)
        {
            _copying = true;
            read.Phase = PipePhase.Copying;
            write.Phase = PipePhase.Copying;
            _lock.Exit();
            PipeOperation? broken = Copy(read, write, out int moved, out Exception? cause);
            _lock.Enter();
            _copying = false;
            write.Done += moved;
            read.Done = moved;
            bool readEnds = Settle(read, broken, cause, isThrough: broken is null);
            bool writeEnds = Settle(write, broken, cause, isThrough: write.Done == write.Length);
            _lock.Exit();
            if (readEnds)
            {
                read.Complete();
            }

            if (writeEnds)
            {
                write.Complete();
            }

            _lock.Enter();
        }

        _lock.Exit();
    }

    /// <summary>After a copy, with the lock.</summary>
    /// <returns>Whether the operation is over, and out of its queue.</returns>
    private static bool Settle(PipeOperation operation, PipeOperation? broken, Exception? cause, bool isThrough)
    {
        if (ReferenceEquals(operation, broken))
        {
            operation.Fail(NetFailure.Memory, cause);
        }
        else if (!isThrough && operation.Requested != NetFailure.None)
        {
            operation.Fail(operation.Requested);
        }
        else if (!isThrough)
        {
            operation.Phase = PipePhase.Queued;
            return false;
        }

        operation.Side.Remove(operation);
        return true;
    }

    /// <returns>The operation whose memory threw; null if none did.</returns>
    private static PipeOperation? Copy(PipeOperation read, PipeOperation write, out int moved, out Exception? cause)
    {
        moved = 0;
        cause = null;
        PipeOperation current = read;
        try
        {
            Span<byte> to = read.Bytes;
            current = write;
            Span<byte> from = write.Bytes[write.Done..];
            int count = Math.Min(to.Length, from.Length);
            from[..count].CopyTo(to);
            moved = count;
            return null;
        }
        catch (Exception exception)
        {
            cause = exception;
            return current;
        }
    }

    /// <summary>The first that waits, without those that nobody will ever take the result of.</summary>
    private static PipeOperation? FirstOf(PipeSide side)
    {
        while (side.First is { Phase: PipePhase.Queued, IsOrphan: true } orphan)
        {
            side.Remove(orphan); // and never completed
        }

        return side.First;
    }
}
