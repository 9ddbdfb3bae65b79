using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Runtime;

/// <summary>From Go's <c>runtime/proc_test.go</c>: the run queue of a P, by itself.</summary>
public class LocalQueueTests
{
    [Fact(DisplayName = "go: runtime/proc_test.go TestSchedLocalQueue")]
    public Task PutAndGet_AnyNumber_ComesOutInOrder() => Isolated.RunAsync(1, static runtime =>
    {
        RunQueue queue = new();
        G[] gs = Make(runtime, RunQueue.Capacity);
        for (int count = 0; count <= gs.Length; count++)
        {
            Assert.Null(queue.Get(out _));
            Assert.True(queue.IsEmpty);
            foreach (G g in gs.AsSpan(0, count))
            {
                queue.PushBack(g, runtime.Scheduler);
            }

            Assert.Equal(count, queue.Count);
            foreach (G g in gs.AsSpan(0, count))
            {
                Assert.Same(g, queue.Get(out _));
            }
        }

        Assert.True(queue.IsEmpty);
        return Task.CompletedTask;
    });

    [Fact(DisplayName = "go: runtime/proc_test.go TestSchedLocalQueueSteal")]
    public Task Steal_OfAnyNumber_TakesHalfAndLosesNone() => Isolated.RunAsync(1, static runtime =>
    {
        RunQueue victim = new();
        RunQueue thief = new();
        G[] gs = Make(runtime, RunQueue.Capacity);
        for (int count = 0; count <= gs.Length; count++)
        {
            foreach (G g in gs.AsSpan(0, count))
            {
                victim.PushBack(g, runtime.Scheduler);
            }

            List<G> stolen = [];
            for (G? g = thief.StealFrom(victim, takeNext: true); g is not null; g = thief.Get(out _))
            {
                stolen.Add(g);
            }

            List<G> left = [];
            while (victim.Get(out _) is { } g)
            {
                left.Add(g);
            }

            Assert.InRange(stolen.Count, count / 2, (count / 2) + 1);
            Assert.Equal(gs[..count].ToHashSet(), [.. stolen, .. left]);
            Assert.Equal(count, stolen.Count + left.Count);
        }

        return Task.CompletedTask;
    });

    /// <summary>The owner always has one in the queue, whatever it does with a second; nobody may find the queue empty.</summary>
    [Fact(DisplayName = "go: runtime/proc_test.go TestSchedLocalQueueEmpty")]
    public Task IsEmpty_WhileTheOwnerMovesThem_IsNeverTrue() => Isolated.RunAsync(1, static async runtime =>
    {
        RunQueue queue = new();
        G[] gs = Make(runtime, 2);
        G second = gs[1];
        bool done = false;
        using Barrier start = new(2);
        queue.PushBack(gs[0], runtime.Scheduler);
        Task<int> observer = PlainThread.Run(() =>
        {
            int empty = 0;
            start.SignalAndWait();
            while (!Volatile.Read(ref done))
            {
                empty += queue.IsEmpty ? 1 : 0;
            }

            return empty;
        });

        await PlainThread.Run(() =>
        {
            start.SignalAndWait();
            int rounds = Load.Times(1_000_000);
            for (int i = 0; i < rounds; i++)
            {
                if ((i & 3) is 0 or 3)
                {
                    queue.PushNext(second, runtime.Scheduler);
                }
                else
                {
                    queue.PushBack(second, runtime.Scheduler);
                }

                second = queue.Get(out _)!;
            }

            Volatile.Write(ref done, true);
        });
        Assert.Equal(0, await observer);
    });

    /// <summary>Goroutines that the runtime never runs.</summary>
    private static G[] Make(GoRuntime runtime, int count)
        => [.. Enumerable.Range(0, count).Select(_ => new ValueTaskG(runtime.Scheduler, runtime.Scheduler.NewGoroutineId(), static () => default, null, 0))];
}
