using Goroutines.Runtime;
using Xunit;

namespace Goroutines.Diagnostics.Tests;

public sealed class TraceRingTests
{
    private const int Capacity = 8192;

    [Fact]
    public void CopyTo_WriterThatIsFarAhead_GivesTheLastChunksAndTellsWhatIsLost()
    {
        TraceRing ring = new(Capacity * TraceRing.EventBytes);
        Write(ring, 0, 20_000);
        List<TraceEvent> events = [];

        long next = ring.CopyTo(0, events, out long lost);

        Assert.Equal(20_000, next);
        Assert.Equal(20_000, lost + events.Count);
        Assert.Equal((5 * TraceRing.ChunkEvents) - Capacity, lost); // the oldest part of the chunk that is being written may be torn, and is left out
        Assert.Equal(19_999, events[^1].Subject);
        Assert.Equal(lost, events[0].Subject);
    }

    [Fact]
    public void CopyTo_Again_GoesOnWhereItStopped()
    {
        TraceRing ring = new(Capacity * TraceRing.EventBytes);
        List<TraceEvent> events = [];
        Write(ring, 0, 1000);
        long next = ring.CopyTo(0, events, out _);
        Write(ring, 1000, 1000);
        next = ring.CopyTo(next, events, out long lost);

        Assert.Equal(0, lost);
        Assert.Equal(2000, next);
        Assert.Equal(Enumerable.Range(0, 2000), events.Select(static e => (int)e.Subject));
    }

    [Fact]
    public void CopyTo_WhileItIsWritten_NeverGivesATornEventOrAGapWithoutSayingSo()
    {
        TraceRing ring = new(Capacity * TraceRing.EventBytes);
        const long Total = 5_000_000;
        Thread writer = new(() => Write(ring, 0, Total));
        writer.Start();
        List<TraceEvent> events = [];
        long next = 0;
        long seen = 0;
        long lostInAll = 0;
        while (next < Total)
        {
            events.Clear();
            long from = next;
            next = ring.CopyTo(from, events, out long lost);
            Assert.Equal(next - from, lost + events.Count);
            for (int i = 0; i < events.Count; i++)
            {
                // Each word of an event tells the event's number.
                Assert.Equal(from + lost + i, events[i].Time);
                Assert.Equal(from + lost + i, events[i].Subject);
            }

            seen += events.Count;
            lostInAll += lost;
        }

        writer.Join();
        Assert.Equal(Total, seen + lostInAll);
    }

    private static void Write(TraceRing ring, long first, long count)
    {
        for (long i = first; i < first + count; i++)
        {
            ring.Write(i, TraceEventKind.Ready, i, (ushort)i);
        }
    }
}
