using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>The global queue: one list for a few Ps, several parts for many, of which each has its turn.</summary>
public sealed class GlobalQueueTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 1)]
    [InlineData(9, 2)]
    [InlineData(16, 2)]
    [InlineData(32, 4)]
    [InlineData(64, 8)]
    [InlineData(1024, 64)]
    public void Parts_AreAsManyAsGroupsOfEightPs(int procs, int parts)
    {
        GlobalQueue queue = new();
        queue.Grow(procs);
        Assert.Equal(parts, queue.Parts);
        queue.Grow(1);
        Assert.Equal(parts, queue.Parts);
    }

    [Fact]
    public Task OnePart_FirstInFirstOut() => Isolated.RunAsync(8, runtime =>
    {
        GlobalQueue queue = new();
        queue.Grow(8);
        G[] gs = Put(queue, runtime, 10);
        Assert.Equal(gs, Enumerable.Range(0, 10).Select(_ => queue.TakeAny()));
        Assert.True(queue.IsEmpty);
        Assert.Equal(10, queue.Taken);
        return Task.CompletedTask;
    });

    /// <summary>What is put is spread over the parts, and so are the first looks of the Ps: at no part there are more than eight of them.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(64)]
    public Task ManyPs_NoMoreThanEightMeetAtAPart(int procs) => Isolated.RunAsync(procs, runtime =>
    {
        GlobalQueue queue = new();
        queue.Grow(procs);
        G[] gs = Put(queue, runtime, 4 * procs);
        int[] waiting = [.. gs.CountBy(g => g.Id % queue.Parts).Select(static part => part.Value)];
        Assert.Equal(queue.Parts, waiting.Length);
        Assert.All(waiting, count => Assert.Equal(4 * procs / queue.Parts, count));

        IEnumerable<long> firsts = Enumerable.Range(0, procs).Select(id => queue.Take(new P(id, runtime.Scheduler), most: 1, procs)!.Id % queue.Parts);
        Assert.All(firsts.CountBy(static part => part), static part => Assert.InRange(part.Value, 1, GlobalQueue.ProcsPerPart));
        return Task.CompletedTask;
    });

    /// <summary>A part that is filled again and again does not keep a P from the others.</summary>
    [Fact]
    public Task OnePartNeverEmpty_TheOthersHaveTheirTurn() => Isolated.RunAsync(64, runtime =>
    {
        GlobalQueue queue = new();
        queue.Grow(64);
        P p = new(0, runtime.Scheduler);
        G[] gs = Put(queue, runtime, 16);
        HashSet<G> left = [.. gs.Where(g => g.Id % 8 != gs[0].Id % 8)];
        for (int take = 0; take < 3 * 8; take++)
        {
            G taken = queue.Take(p, most: 1, procs: 64)!;
            if (!left.Remove(taken))
            {
                Assert.True(queue.TryPut(taken, taken, 1));
            }
        }

        Assert.Empty(left);
        return Task.CompletedTask;
    });

    [Fact]
    public Task Take_MovesAFairShareOfThePartIntoTheRing() => Isolated.RunAsync(16, runtime =>
    {
        GlobalQueue queue = new();
        queue.Grow(16);
        P p = new(0, runtime.Scheduler);
        Put(queue, runtime, 2 * 80);
        Assert.NotNull(queue.Take(p, most: int.MaxValue, procs: 16));
        Assert.Equal(79 / 8, p.Queue.Count);
        Assert.NotNull(queue.Take(p, most: 1, procs: 16));
        Assert.Equal(79 / 8, p.Queue.Count);
        Assert.Equal(160 - 2 - (79 / 8), queue.Count);
        return Task.CompletedTask;
    });

    [Fact]
    public Task Grow_WhileThereAreGoroutines_LosesNone() => Isolated.RunAsync(runtime =>
    {
        GlobalQueue queue = new();
        List<G> all = [];
        for (int procs = 1; procs <= 1024; procs *= 2)
        {
            queue.Grow(procs);
            all.AddRange(Put(queue, runtime, 100));
        }

        List<G> copied = [];
        queue.CopyTo(copied);
        Assert.Equal(all.Count, queue.Count);
        Assert.Equal(all.ToHashSet(), copied.ToHashSet());
        Assert.True(queue.Remove(all[5]));
        Assert.False(queue.Remove(all[5]));
        all.RemoveAt(5);
        HashSet<G> taken = [];
        while (queue.TakeAny() is { } g)
        {
            Assert.True(taken.Add(g));
        }

        Assert.Equal(all.ToHashSet(), taken);
        return Task.CompletedTask;
    });

    [Fact]
    public Task Close_LaterPutsAreRefused() => Isolated.RunAsync(runtime =>
    {
        GlobalQueue queue = new();
        G first = Put(queue, runtime, 1)[0];
        queue.Close();
        G late = NewG(runtime);
        Assert.False(queue.TryPut(late, late, 1));
        queue.PutAnyway(late);
        Assert.Equal([first, late], [queue.TakeAny(), queue.TakeAny()]);
        Assert.True(queue.IsEmpty);
        return Task.CompletedTask;
    });

    /// <summary>From outside, with more Ps than cores and while their number changes.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    public Task SpawnsFromManyThreads_AllRun(int procs) => Isolated.RunAsync(1, async runtime =>
    {
        const int Each = 2000;
        int ran = 0;
        Task[] threads = [.. Enumerable.Range(0, 8).Select(thread => PlainThread.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                runtime.Spawn(async () =>
                {
                    await Go.Yield();
                    Interlocked.Increment(ref ran);
                });
                if (thread == 0 && i % 500 == 0)
                {
                    runtime.MaxProcs = i == 500 ? procs : 1 + (i % procs);
                }
            }
        }))];
        await Task.WhenAll(threads);
        await Poll.UntilAsync(() => runtime.Count == 0, "all to end");
        Assert.Equal(8 * Each, ran);
    });

    private static G[] Put(GlobalQueue queue, GoRuntime runtime, int count)
    {
        G[] gs = [.. Enumerable.Range(0, count).Select(_ => NewG(runtime))];
        foreach (G g in gs)
        {
            Assert.True(queue.TryPut(g, g, 1));
        }

        return gs;
    }

    private static ValueTaskG NewG(GoRuntime runtime) => new(runtime.Scheduler, runtime.Scheduler.NewGoroutineId(), static () => default, null, 0);
}
