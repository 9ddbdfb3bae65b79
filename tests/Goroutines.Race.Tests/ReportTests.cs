using System.Runtime.CompilerServices;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>Whom reports name: that does not depend on when garbage is collected, nor on how many others have ended meanwhile.</summary>
[Collection("Collections of garbage")]
[RaceIgnore("It drives strands by hand.")]
public sealed class ReportTests
{
    private const int Site = 1;
    private static int s_goroutines;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(400)]
    [InlineData(StrandSlots.Count / 4 * (StrandHistory.Depth - 1))]
    public void Report_OfStrandThatIsGone_NamesItAndWhereItWasCreated(int others)
    {
        (long number, ShadowMemory.Record earlier) = WriteAndEnd();
        Collect();
        for (int i = 0; i < others; i++)
        {
            Goroutine().Finish();
        }

        Collect();
        string report = Report(earlier);

        Assert.Contains($"Previous write by goroutine {number}:\n", report, StringComparison.Ordinal);
        Assert.Contains($"Goroutine {number} (finished) created at:\n      Some.cs:7\n", report, StringComparison.Ordinal);
        Assert.Contains(" (running) created at:\n      Some.cs:7\n", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_OfStrandThatRuns_SaysSo()
    {
        Strand first = Goroutine();
        string report = Report(Write(first));

        Assert.Contains($"Previous write by {first.Identity.Name}:\n", report, StringComparison.Ordinal);
        Assert.Contains($"{first.Identity.Name} (running) created at:\n", report, StringComparison.OrdinalIgnoreCase);
        first.Finish();
    }

    [Fact]
    public void Report_OfGoroutineThatNothingCanReach_SaysThatItRuns()
    {
        (long number, ShadowMemory.Record earlier) = WriteAndDrop();
        Collect();

        Assert.Contains($"Goroutine {number} (running) created at:\n", Report(earlier), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_OfStrandBeforeAllThatAreRemembered_SaysThatItEndedTooLongAgo()
    {
        (_, ShadowMemory.Record earlier) = WriteAndEnd();
        for (int i = 0; i < StrandSlots.Count * (StrandHistory.Depth + 2); i++)
        {
            Goroutine().Finish();
        }

        string report = Report(earlier);

        Assert.Contains("Previous write by a goroutine, task or thread that ended too long ago for its name to be remembered:\n", report, StringComparison.Ordinal);
        Assert.DoesNotContain("(finished)", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_OfStrandsThatShareASlot_NamesNoneUntilTheyHaveEnded()
    {
        List<Strand> strands = [.. Enumerable.Range(0, 2 * StrandSlots.Count).Select(static _ => Goroutine())];
        ShadowMemory.Record shared = Write(strands[^1]);
        string whileShared = Report(shared);
        strands.ForEach(static strand => strand.Finish());
        string afterwards = Report(shared);
        (long number, ShadowMemory.Record alone) = WriteAndEnd();

        Assert.Contains("Previous write by one of several goroutines", whileShared, StringComparison.Ordinal);
        Assert.Contains("Previous write by one of several goroutines", afterwards, StringComparison.Ordinal);
        Assert.Contains($"Previous write by goroutine {number}:\n", Report(alone), StringComparison.Ordinal);
    }

    [Fact]
    public void Slots_Returned_AreUsedAgainAfterAllThatWereFree()
    {
        List<Strand> strands = [.. Enumerable.Range(0, StrandSlots.Count / 4).Select(static _ => Goroutine())];
        int slot = strands[^1].Slot;
        strands[^1].Finish();
        for (int i = 0; i < StrandSlots.Count / 4; i++)
        {
            Strand next = Goroutine();
            Assert.NotEqual(slot, next.Slot);
            next.Finish();
        }

        strands.ForEach(static strand => strand.End());
    }

    [Fact]
    public void AcquireAll_AfterGoroutinesThatAreGone_ComesAfterThem()
    {
        object runtime = new();
        Detector.Instance.Watch(runtime, null);
        TestWorld test = Detector.Instance.Reporter.TestOf(runtime)!;
        List<ShadowMemory.Record> steps = [];
        for (int i = 0; i < 100; i++)
        {
            Step(i % 2 == 0); // half of them never end
        }

        Collect();
        Strand waiting = Goroutine(test);
        Assert.All(steps, step => Assert.False(waiting.IsAfter(step.Slot, step.Epoch)));
        test.AcquireAll(waiting);
        Assert.All(steps, step => Assert.True(waiting.IsAfter(step.Slot, step.Epoch)));
        Detector.Instance.TakeRaces(runtime);

        [MethodImpl(MethodImplOptions.NoInlining)]
        void Step(bool ends)
        {
            Strand strand = Goroutine(test);
            steps.Add(Write(strand));
            if (ends)
            {
                strand.Finish();
            }
        }
    }

    [Fact]
    public void AcquireAll_ThenAnotherStep_DoesNotOrderThatStep()
    {
        object runtime = new();
        Detector.Instance.Watch(runtime, null);
        TestWorld test = Detector.Instance.Reporter.TestOf(runtime)!;
        Strand blocked = Goroutine(test);
        Strand waiting = Goroutine(test);
        test.AcquireAll(waiting);
        ShadowMemory.Record later = Write(blocked);

        Assert.False(waiting.IsAfter(later.Slot, later.Epoch));
        Detector.Instance.TakeRaces(runtime);
    }

    /// <summary>A write by a goroutine that has ended, and of which nothing is left.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (long Number, ShadowMemory.Record Write) WriteAndEnd()
    {
        Strand strand = Goroutine();
        ShadowMemory.Record write = Write(strand);
        strand.Finish();
        return (strand.GoroutineId, write);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (long Number, ShadowMemory.Record Write) WriteAndDrop()
    {
        Strand strand = Goroutine();
        return (strand.GoroutineId, Write(strand));
    }

    private static ShadowMemory.Record Write(Strand strand)
        => new() { Slot = (ushort)strand.Slot, Epoch = strand.Epoch, Site = Site, Mask = byte.MaxValue, Kind = AccessKind.Write };

    private static Strand Goroutine(TestWorld? test = null)
        => Strand.Fork(Strand.Outside, StrandIdentity.OfGoroutine(++s_goroutines, "Some.cs", 7), test, runtime: null);

    /// <summary>What is reported when a new goroutine reads what another has written.</summary>
    private static string Report(in ShadowMemory.Record earlier)
    {
        RaceReporter reporter = new();
        reporter.Check(+1);
        Strand reader = Goroutine();
        reporter.Report(reader, AccessKind.Read, Site, earlier);
        reader.Finish();
        return Assert.Single(reporter.Unwatched).Report;
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
