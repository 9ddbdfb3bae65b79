using Goroutines.Diagnostics.Tracing;
using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Diagnostics.Tests;

public sealed class RingReaderTests
{
    private const int Capacity = 8192;
    private const int Written = 20_000;

    /// <summary>How many of the events written are overwritten: what is left is the last chunk, which is not full, and the one before.</summary>
    private static long Overwritten => (5 * TraceRing.ChunkEvents) - Capacity;

    [Fact]
    public Task Read_RingsOpenedForTheTrace_CountsWhatWasOverwrittenBeforeTheFirstRead() => TracedAsync((_, tracer) =>
    {
        RingReader reader = new(tracer);
        reader.SkipToNow();
        WriteOutside(tracer);

        reader.Read();

        Assert.Equal(Overwritten, reader.Lost);
        WriteOutside(tracer);
        reader.Read();
        Assert.InRange(reader.Lost, Overwritten + Written - Capacity, Overwritten + Written);
    });

    [Fact]
    public Task Read_RingOfAProcThatIsAddedMeanwhile_CountsWhatWasOverwrittenBeforeTheFirstRead() => TracedAsync((runtime, tracer) =>
    {
        RingReader reader = new(tracer);
        reader.SkipToNow();
        HashSet<int> before = [.. tracer.Rings().Select(static ring => ring.Proc)];
        runtime.MaxProcs++;
        TraceRing added = Assert.Single(tracer.Rings(), ring => !before.Contains(ring.Proc)).Ring;
        for (int i = 0; i < Written; i++)
        {
            added.Write(tracer.Now(), TraceEventKind.Ready, i, 0); // no goroutine runs, so nothing holds the P
        }

        reader.Read();

        Assert.Equal(Overwritten, reader.Lost);
    });

    [Fact]
    public Task Read_OfAllThatTheRingsHold_LosesNothing() => TracedAsync((_, tracer) =>
    {
        RingReader reader = new(tracer);
        WriteOutside(tracer);

        reader.Read();

        Assert.Equal(0, reader.Lost);
        Assert.InRange(reader.Events, 1, Capacity);
    });

    private static void WriteOutside(Tracer tracer)
    {
        for (int i = 0; i < Written; i++)
        {
            tracer.NoteOutside(TraceEventKind.Ready, i, 0);
        }
    }

    private static Task TracedAsync(Action<GoRuntime, Tracer> body) => Isolated.RunAsync(1, runtime =>
    {
        Tracer tracer = runtime.Scheduler.Tracer;
        tracer.OpenRings(Capacity * TraceRing.EventBytes);
        body(runtime, tracer);
        tracer.CloseRings();
        return Task.CompletedTask;
    });
}
