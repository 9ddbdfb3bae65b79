using Goroutines.ModelTests.Model;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>The events of a P, read while they are written: a ring of two chunks of two events here.</summary>
public class TraceRingTests
{
    private const int Events = 6;

    private static readonly ExplorerOptions s_reordered = new() { ReorderStores = true };

    [Fact]
    public void ReadWhileWritten() => Verify.Holds(Read);

    [Fact]
    public void ReadWhileWritten_StoresReordered() => Verify.Holds(Read, s_reordered);

    [Fact]
    public void ReadWhileWritten_LoadsReordered() => Verify.HoldsReordered(Read, preemptions: 3, oldLoads: 3);

    [Fact]
    public void Planted_ReaderLooksByAPlainLoad_LoadsReordered()
        => Verify.FindsReordered(Read, [Plant.Weaken("TraceRing.CopyTo LoadVolatile _written")], preemptions: 3, oldLoads: 3);

    [Fact]
    public void Planted_NoFenceBeforeTheSecondLook_LoadsReordered() => Verify.FindsReordered(Read, [Plant.Drop("TraceRing.CopyTo Fence")], preemptions: 3, oldLoads: 3);

    [Fact]
    public void Planted_OverwrittenEventsAreKept() => Verify.Finds(Read, Plant.Blind("TraceRing.CopyTo LoadVolatile _reserved"));

    [Fact]
    public void Planted_NoReservation() => Verify.Finds(Read, Plant.Drop("TraceRing.Reserve StoreVolatile _reserved"));

    [Fact]
    public void Planted_NoFenceAfterTheReservation_StoresReordered() => Verify.Finds(Read, Plant.Drop("TraceRing.Reserve Fence"), s_reordered);

    [Fact]
    public void Planted_PublishedWithoutRelease_StoresReordered() => Verify.Finds(Read, Plant.Weaken("TraceRing.Write StoreVolatile _written"), s_reordered);

    private static ModelProgram Read()
    {
        TraceRing ring = new(bytes: 0);
        ModelProgram program = new();
        program.Thread("writer", () =>
        {
            for (int i = 1; i <= Events; i++)
            {
                ring.Write(i, TraceEventKind.Ready, i, 0);
            }
        });
        program.Thread("reader", () =>
        {
            List<TraceEvent> events = [];
            long next = ring.CopyTo(0, events, out long lost);
            Assert.Equal(next, lost + events.Count);
            for (int i = 0; i < events.Count; i++)
            {
                Assert.Equal(lost + i + 1, events[i].Time);
                Assert.Equal(lost + i + 1, events[i].Subject);
            }
        });
        return program;
    }
}
