using System.Runtime.CompilerServices;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>The table of accesses: what it finds, and that it stays silent while objects move and addresses are used again.</summary>
[Collection("Collections of garbage")]
[RaceIgnore("It feeds the table by hand.")]
public sealed class ShadowMemoryTests
{
    private const int Site = 1;

    [Theory]
    [InlineData(AccessKind.Write, AccessKind.Write, true)]
    [InlineData(AccessKind.Write, AccessKind.Read, true)]
    [InlineData(AccessKind.Read, AccessKind.Write, true)]
    [InlineData(AccessKind.Read, AccessKind.Read, false)]
    [InlineData(AccessKind.AtomicWrite, AccessKind.AtomicWrite, false)]
    [InlineData(AccessKind.AtomicWrite, AccessKind.Read, true)]
    [InlineData(AccessKind.Atomic, AccessKind.Write, true)]
    [InlineData(AccessKind.Atomic, AccessKind.Read, false)]
    internal void Access_ByTwoStrandsWithoutOrder_IsARaceIfTheKindsConflict(AccessKind first, AccessKind second, bool races)
    {
        long[] place = GC.AllocateArray<long>(1, pinned: true);
        Strand one = Strand.Fork(Strand.Outside, "one");
        Strand other = Strand.Fork(Strand.Outside, "other");

        Assert.False(Touch(one, ref place[0], 8, first));
        Assert.Equal(races, Touch(other, ref place[0], 8, second));
    }

    [Fact]
    public void Access_AfterRelease_IsOrdered()
    {
        long[] place = GC.AllocateArray<long>(1, pinned: true);
        Strand one = Strand.Fork(Strand.Outside, "one");
        Strand other = Strand.Fork(Strand.Outside, "other");
        SyncObject sync = new();

        Assert.False(Touch(one, ref place[0], 8, AccessKind.Write));
        sync.Release(one);
        sync.Acquire(other);
        Assert.False(Touch(other, ref place[0], 8, AccessKind.Write));
        Assert.True(Touch(one, ref place[0], 8, AccessKind.Write)); // the release does not cover what comes after it
    }

    [Fact]
    public void Access_ToDifferentBytes_IsNoRace()
    {
        long[] place = GC.AllocateArray<long>(1, pinned: true);
        ref int low = ref Unsafe.As<long, int>(ref place[0]);
        Strand one = Strand.Fork(Strand.Outside, "one");
        Strand other = Strand.Fork(Strand.Outside, "other");

        Assert.False(Touch(one, ref low, 4, AccessKind.Write));
        Assert.False(Touch(other, ref Unsafe.Add(ref low, 1), 4, AccessKind.Write));
        Assert.True(Touch(other, ref low, 1, AccessKind.Read));
    }

    [Fact]
    public void Access_InAnotherWorld_IsNoRace()
    {
        long[] place = GC.AllocateArray<long>(1, pinned: true);
        object runtime = new();
        Detector.Instance.Watch(runtime, null);
        TestWorld? test = Detector.Instance.Reporter.TestOf(runtime);
        Detector.Instance.TakeRaces(runtime);

        Assert.NotNull(test);
        Assert.Null(Detector.Instance.Reporter.TestOf(runtime));
        Assert.False(Touch(Strand.Fork(Strand.Outside, "one"), ref place[0], 8, AccessKind.Write));
        Assert.False(Touch(Strand.Fork(Strand.Outside, new StrandIdentity("other"), test, runtime), ref place[0], 8, AccessKind.Write));
        Assert.True(Touch(Strand.Fork(Strand.Outside, new StrandIdentity("another"), test, runtime), ref place[0], 8, AccessKind.Write));
    }

    [Fact]
    public void Access_OwnObjectsBesideCollections_IsSilent()
    {
        long reports = 0;
        bool done = false;
        Thread collector = new(() =>
        {
            for (int i = 0; !Volatile.Read(ref done); i++)
            {
                GC.Collect(i % 3, GCCollectionMode.Forced, blocking: i % 2 == 0, compacting: i % 4 == 0);
                Thread.Sleep(1);
            }
        });
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(n => new Thread(() => Interlocked.Add(ref reports, Churn(n, 300_000))))];
        collector.Start();
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Volatile.Write(ref done, true);
        collector.Join();
        Assert.Equal(0, reports);
    }

    [Fact]
    public void Slots_MoreStrandsThanSlots_AreShared()
    {
        List<Strand> strands = [.. Enumerable.Range(0, 2 * StrandSlots.Count).Select(static n => Strand.Fork(Strand.Outside, $"{n}"))];
        long[] place = GC.AllocateArray<long>(1, pinned: true);

        Assert.All(strands, static strand => Assert.InRange(strand.Slot, 0, StrandSlots.Count - 1));
        Assert.False(Touch(strands[0], ref place[0], 8, AccessKind.Write));
        Assert.True(Touch(strands[1], ref place[0], 8, AccessKind.Write));
        strands.ForEach(static strand => strand.End());
    }

    /// <summary>One strand uses objects of its own and drops them: none of its accesses races.</summary>
    private static long Churn(int seed, int accesses)
    {
        Strand strand = Strand.Fork(Strand.Outside, "churn");
        Random random = new(seed);
        long[]?[] live = new long[32][];
        long reports = 0;
        for (int i = 0; i < accesses; i++)
        {
            ref long[]? slot = ref live[random.Next(live.Length)];
            if (slot is null || random.Next(8) == 0)
            {
                slot = new long[random.Next(100) == 0 ? 12_000 : random.Next(1, 40)]; // large ones, too
            }

            reports += Touch(strand, ref slot[random.Next(slot.Length)], 8, AccessKind.Write) ? 1 : 0;
        }

        strand.End();
        return reports;
    }

    private static unsafe bool Touch<T>(Strand strand, ref T place, int size, AccessKind kind)
    {
        fixed (byte* address = &Unsafe.As<T, byte>(ref place))
        {
            return ShadowMemory.Access(strand, (nuint)address, size, kind, Site, out _);
        }
    }
}
