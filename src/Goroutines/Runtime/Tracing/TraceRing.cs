using System.Diagnostics;
using System.Numerics;

namespace Goroutines.Runtime;

/// <summary>The last events of one P, in memory that is taken once and never grows.</summary>
/// <remarks>
/// <para><b>Who writes.</b> The worker that holds the P, and nobody else, so that two plain stores and one release store make an
/// event. A P changes hands with a release and an acquire, so its next holder goes on where the last one stopped.</para>
/// <para><b>Who reads.</b> Anyone, at any time, without stopping the writer. The ring is written in chunks of <see cref="ChunkEvents"/>
/// (64 KiB); the number of a chunk since the beginning is its generation.
/// <code>
/// writer, per event                              reader
/// W0 at the first event of a chunk:              R1 end = _written (acquire)
///    _reserved += chunk (release); full fence    R2 copy the events below end
/// W1 fill the slot                               R3 full fence
/// W2 _written++ (release)                        R4 whole = _reserved − capacity; drop all that is below whole
/// </code>
/// W2 pairs with R1: below <c>end</c> every event was complete at some time. Since then the writer may have come round and be writing
/// over the oldest of them. It does so only in chunks that it has reserved, and the fence of W0 stands before the first store into
/// a chunk: a copy that contains anything of that store was made after the reservation became visible, so R4 reads it, and
/// drops the event. So a reader never sees a torn event; it is told how many it has missed by the number of the first one that it
/// gets. What the writer does while the copy is made costs the reader at most the chunks written meanwhile, and one.</para>
/// <para><b>Rejected:</b> a lock or an interlocked operation an event (as much as the event itself); one more word an event for its
/// number (a third more memory, and two more loads an event for the reader); buffers that are handed over when full (an allocation in the
/// middle of a turn, and no bound on memory while a reader is late).</para>
/// </remarks>
internal sealed class TraceRing
{
    private readonly Slot[] _slots;
    private readonly long _mask;

    /// <summary>Events written so far. Written by the holder of the P, with release.</summary>
    private long _written;

    /// <summary>The end of the chunk that is being written. As <see cref="_written"/>.</summary>
    private long _reserved;

    /// <param name="bytes">How much memory it takes: rounded down to a power of two, at least two chunks.</param>
    internal TraceRing(long bytes)
    {
        long events = Math.Clamp(bytes / EventBytes, 2 * ChunkEvents, 1 << 26);
        Capacity = 1L << BitOperations.Log2((ulong)events);
        _mask = Capacity - 1;
        _slots = new Slot[Capacity];
    }

    internal static int EventBytes => 16;

    [ModelValue(2)]
    internal static int ChunkEvents => 4096;

    /// <summary>How many events there is room for.</summary>
    internal long Capacity { get; }

    /// <summary>Events written so far, as any thread may see it.</summary>
    internal long Written => Volatile.Read(ref _written);

    /// <summary>Writer: adds an event.</summary>
    internal void Write(long time, TraceEventKind kind, long subject, ushort argument) => Write(TraceEvent.Stamp(time, kind), TraceEvent.About(subject, argument));

    /// <summary>Writer: adds a word to the event before.</summary>
    internal void WriteExtra(long time, long word) => Write(TraceEvent.Stamp(time, TraceEventKind.Extra), (ulong)word);

    /// <summary>Copies the events from number <paramref name="from"/> on that are still there.</summary>
    /// <param name="from">The number of the first event wanted.</param>
    /// <param name="into">Receives them.</param>
    /// <param name="lost">How many of those wanted have been overwritten.</param>
    /// <returns>The number that follows the last one copied.</returns>
    internal long CopyTo(long from, List<TraceEvent> into, out long lost)
    {
        Debug.Assert(from >= 0, "Events are numbered from zero.");
        long end = Volatile.Read(ref _written);
        long begin = Math.Max(from, end - Capacity);
        int before = into.Count;
        for (long i = begin; i < end; i++)
        {
            into.Add(new TraceEvent(_slots[i & _mask].Stamp, _slots[i & _mask].Subject));
        }

        Interlocked.MemoryBarrier(); // R3; pairs with W0
        long whole = Volatile.Read(ref _reserved) - Capacity;
        if (whole > begin)
        {
            int torn = (int)(Math.Min(whole, end) - begin);
            into.RemoveRange(before, torn);
            begin += torn;
        }

        lost = Math.Max(0, Math.Min(begin, end) - from);
        return end;
    }

    private void Write(ulong stamp, ulong subject)
    {
        long number = _written;
        if (number == _reserved)
        {
            Reserve();
        }

        _slots[number & _mask].Stamp = stamp;
        _slots[number & _mask].Subject = subject;
        Volatile.Write(ref _written, number + 1);
    }

    private void Reserve()
    {
        Volatile.Write(ref _reserved, _reserved + ChunkEvents);
        Interlocked.MemoryBarrier(); // W0; pairs with R3
    }

    /// <summary>The two words of an event, as they are stored.</summary>
    private struct Slot
    {
        internal ulong Stamp;
        internal ulong Subject;
    }
}
