using Goroutines.Runtime;

namespace Goroutines.Net.Pipe;

/// <summary>One direction of an in-memory connection: a write and a read meet, and the bytes go from one to the other (half of
/// net/pipe.go's <c>pipe</c>).</summary>
/// <remarks>
/// <para><b>No buffer.</b> A write waits until reads have taken all of it. Reads are served in order of arrival, and so are writes. A
/// write is over before the next one begins, so the bytes of two writes never mix.</para>
/// <para><b>Copying.</b> At most one thread copies at a time (<c>_copying</c>): the first that finds both a read and a write. It copies
/// without the lock, since the memory may be of the caller's own type, which may be slow or throw. Meanwhile the two operations are
/// marked, and a token, deadline or close that would end one leaves a request in it. The moved bytes count; then the request takes
/// effect, unless the operation is over. If a memory throws, its operation fails with that exception, and the other keeps waiting.</para>
/// <para><b>Shut.</b> When either side shuts or closes the half, it is shut for both: reads find the end, and writes fail.</para>
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

    /// <summary>Performs or queues an operation. It may be complete on return.</summary>
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

    /// <summary>Shuts the half for both sides: no more bytes pass, and the operations that wait end.</summary>
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

    /// <summary>Moves bytes while there are a read and a write. Called with the lock held, which it releases.</summary>
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

    /// <summary>Settles an operation after a copy. Called with the lock held.</summary>
    /// <returns>true if the operation is over and out of its queue; otherwise, false.</returns>
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

    /// <summary>Returns the first operation that waits, and drops those before it whose result will never be taken.</summary>
    private static PipeOperation? FirstOf(PipeSide side)
    {
        while (side.First is { Phase: PipePhase.Queued, IsOrphan: true } orphan)
        {
            side.Remove(orphan); // never completed
        }

        return side.First;
    }
}
