using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>The ring of a P, alone and against thieves.</summary>
public class RunQueueTests
{
    [Fact]
    public async Task IsNearlyEmpty_TwoBehindTheNext_AreFewAndThreeAreNot()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 1 });
        RunQueue queue = new();
        foreach (G g in Make(runtime, 3))
        {
            queue.PushNext(g, runtime.Scheduler);
            Assert.True(queue.IsNearlyEmpty);
        }

        queue.PushNext(Make(runtime, 1)[0], runtime.Scheduler);
        Assert.False(queue.IsNearlyEmpty);
        queue.Get(out _);
        Assert.False(queue.IsNearlyEmpty);
        queue.Get(out _);
        Assert.True(queue.IsNearlyEmpty);
    }

    [Fact]
    public async Task PutNext_KicksTheOneBeforeToTheBack()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 1 });
        RunQueue queue = new();
        G[] gs = Make(runtime, 3);
        queue.PushNext(gs[0], runtime.Scheduler);
        queue.PushNext(gs[1], runtime.Scheduler);
        queue.PushBack(gs[2], runtime.Scheduler);

        Assert.Same(gs[1], queue.Get(out bool inherits));
        Assert.True(inherits);
        Assert.Same(gs[0], queue.Get(out inherits));
        Assert.False(inherits);
        Assert.Same(gs[2], queue.Get(out _));
        Assert.Null(queue.Get(out _));
        Assert.True(queue.IsEmpty);
    }

    [Fact]
    public async Task Put_IntoAFullRing_SendsHalfToTheGlobalQueueAndLosesNothing()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 1 });
        RunQueue queue = new();
        G[] gs = Make(runtime, RunQueue.Capacity + 1);
        foreach (G g in gs)
        {
            queue.PushBack(g, runtime.Scheduler);
        }

        // Half of the ring and the one that did not fit are in the global queue, which Goroutines() reads.
        Assert.Equal(RunQueue.Capacity / 2, queue.Count);
        List<G> global = runtime.Scheduler.Goroutines();
        List<G> local = [];
        while (queue.Get(out _) is { } g)
        {
            local.Add(g);
        }

        Assert.Equal(gs[..(RunQueue.Capacity / 2)].Append(gs[^1]), global);
        Assert.Equal(gs[(RunQueue.Capacity / 2)..^1], local);
    }

    [Fact]
    public async Task StealFrom_TakesHalfAndTheNextOnlyWhenAsked()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 1 });
        RunQueue victim = new();
        RunQueue thief = new();
        G[] gs = Make(runtime, 10);
        foreach (G g in gs)
        {
            victim.PushBack(g, runtime.Scheduler);
        }

        Assert.Same(gs[4], thief.StealFrom(victim, takeNext: false));
        Assert.Equal(4, thief.Count);
        Assert.Equal(5, victim.Count);

        RunQueue lone = new();
        lone.PushNext(gs[0], runtime.Scheduler);
        Assert.Null(thief.StealFrom(lone, takeNext: false));
        Assert.Same(gs[0], new RunQueue().StealFrom(lone, takeNext: true));
        Assert.True(lone.IsEmpty);
    }

    [Fact]
    public async Task TakeOutside_TakesTheOldestAndTheNextLast()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 1 });
        RunQueue queue = new();
        G[] gs = Make(runtime, 3);
        queue.PushNext(gs[2], runtime.Scheduler);
        queue.PushBack(gs[0], runtime.Scheduler);
        queue.PushBack(gs[1], runtime.Scheduler);

        Assert.Equal(gs, [queue.TakeOutside()!, queue.TakeOutside()!, queue.TakeOutside()!]);
        Assert.Null(queue.TakeOutside());
        Assert.True(queue.IsEmpty);
    }

    [Fact]
    public async Task OwnerAgainstThieves_EachGoroutineIsTakenOnce()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 1 });
        Random random = new(Seed.Get(nameof(OwnerAgainstThieves_EachGoroutineIsTakenOnce)));
        int rounds = Load.Times(400);
        for (int round = 0; round < rounds; round++)
        {
            RunQueue queue = new();
            G[] gs = Make(runtime, 200);
            int[] taken = new int[gs.Length];
            Dictionary<G, int> numbers = gs.Select((g, i) => (g, i)).ToDictionary(pair => pair.g, pair => pair.i);
            using Barrier start = new(4);
            bool done = false;
            Task[] thieves =
            [
                Thief(() => queue.TakeOutside(), () => null),
                .. Enumerable.Range(0, 2).Select(_ =>
                {
                    RunQueue own = new();
                    return Thief(() => own.StealFrom(queue, takeNext: true), () => own.Get(out bool _));
                }),
            ];

            int seed = random.Next();
            Random choices = new(seed);
            start.SignalAndWait();
            foreach (G g in gs)
            {
                switch (choices.Next(4))
                {
                    case 0:
                        queue.PushBack(g, runtime.Scheduler);
                        break;
                    case 1 when queue.Get(out _) is { } own:
                        Interlocked.Increment(ref taken[numbers[own]]);
                        goto default;
                    default:
                        queue.PushNext(g, runtime.Scheduler);
                        break;
                }
            }

            Volatile.Write(ref done, true);
            await Task.WhenAll(thieves);
            Assert.All(taken, count => Assert.Equal(1, count));

            Task Thief(Func<G?> first, Func<G?> more) => PlainThread.Run(() =>
            {
                start.SignalAndWait();
                while (!Volatile.Read(ref done) || !queue.IsEmpty)
                {
                    for (G? g = first(); g is not null; g = more())
                    {
                        Interlocked.Increment(ref taken[numbers[g]]);
                    }
                }
            });
        }
    }

    /// <summary>Goroutines that are in no queue; the runtime never runs them.</summary>
    private static G[] Make(GoRuntime runtime, int count)
        => [.. Enumerable.Range(0, count).Select(_ => (G)new ValueTaskG(runtime.Scheduler, runtime.Scheduler.NewGoroutineId(), static () => default, null, 0))];
}
