using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Runtime;

/// <summary>From Go's <c>runtime/proc_test.go</c>: busy goroutines leave their share to timers, to sleepers and to each other.</summary>
[Collection(StressCollection.Name)]
public class FairnessTests
{
    private static readonly TimeSpan s_while = TimeSpan.FromMilliseconds(20);

    [Theory(DisplayName = "go: runtime/proc_test.go TestTimerFairness")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Timer_BesideChannelsThatAreAlwaysReady_IsReceived(int procs) => Isolated.GoAsync(procs, async () =>
    {
        var busy = new Chan<bool>();
        var done = new Chan<bool>();
        Goroutine[] senders = [.. Enumerable.Range(0, 2).Select(_ => Go.Run(async () =>
        {
            var select = new Select();
            select.Send(busy, true);
            ReceiveCase<bool> ended = select.Receive(done);
            while (!ended.Selected)
            {
                await select.WaitAsync();
            }
        }))];

        var select = new Select();
        select.Receive(busy);
        ReceiveCase<DateTimeOffset> timer = select.Receive(Go.After(s_while));
        while (!timer.Selected)
        {
            await select.WaitAsync();
        }

        done.Close();
        await senders[0];
        await senders[1];
    });

    [Theory(DisplayName = "go: runtime/proc_test.go TestTimerFairness2")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Timers_OfGoroutinesThatKeepEachOtherBusy_AreReceived(int procs) => Isolated.GoAsync(procs, async () =>
    {
        var busy = new Chan<bool>();
        Goroutine[] two = [.. Enumerable.Range(0, 2).Select(_ => Go.Run(async () =>
        {
            var select = new Select();
            select.Send(busy, true);
            select.Receive(busy);
            ReceiveCase<DateTimeOffset> timer = select.Receive(Go.After(s_while));
            while (!timer.Selected)
            {
                Go.Blocking(static () => { });
                await select.WaitAsync();
            }
        }))];
        await two[0];
        await two[1];
    });

    /// <summary>Two bodies on one P that do nothing but system calls: announced ones, and ones that have to be found out.</summary>
    [Theory(DisplayName = "go: runtime/proc_test.go TestGCFairness")]
    [InlineData(false)]
    [InlineData(true)]
    public Task Sleeper_BesideLoopsOfSystemCalls_Wakes(bool announced) => Isolated.GoAsync(1, async () =>
    {
        bool stop = false;
        Goroutine[] two = [.. Enumerable.Range(0, 2).Select(_ => Go.Run(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                if (announced)
                {
                    Go.Blocking(static () => Thread.Yield());
                }
                else
                {
                    Thread.Yield();
                }
            }

            return default(ValueTask);
        }))];
        await Go.SleepAsync(TimeSpan.FromMilliseconds(10));

        Volatile.Write(ref stop, true);
        await two[0];
        await two[1];
    });

    /// <summary>Three bodies on one P that do nothing but allocate, so that the collector is always at work: all of them get on.</summary>
    /// <remarks>The pause between two allocations is for the framework. Where collections follow each other within microseconds (a nursery of
    /// 256 KiB), a thread that comes out of the kernel finds the next one under way each time: 10 ms of <see cref="Thread.Sleep(int)"/> beside
    /// three plain threads that allocate took 1.2 s.</remarks>
    [Fact(DisplayName = "go: runtime/proc_test.go TestGCFairness2")]
    public Task LoopsThatAllocate_AllGetOn() => Isolated.GoAsync(1, async () =>
    {
        bool stop = false;
        int[] counts = new int[3];
        object?[] kept = new object?[3];
        Goroutine[] three = [.. Enumerable.Range(0, 3).Select(me => Go.Run(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                kept[me] = new byte[1024];
                Volatile.Write(ref counts[me], counts[me] + 1);
                Thread.SpinWait(50);
            }

            return default(ValueTask);
        }))];
        await Go.SleepAsync(TimeSpan.FromMilliseconds(10));
        await Poll.UntilAsync(() => counts.All(static count => Volatile.Read(ref count) > 0), "each goroutine to have allocated");

        Volatile.Write(ref stop, true);
        foreach (Goroutine one in three)
        {
            await one;
        }
    });

    /// <summary>
    /// Two pairs of goroutines on one P hand a token to and fro; those of one pair count a thousand times as far before they
    /// pass it on. Passing it on may not end a time slice early nor begin another: then both pairs count about as much.
    /// </summary>
    [Fact(DisplayName = "go: runtime/proc_test.go TestPingPongHog")]
    public Task PairsWithLongAndShortTurns_HaveTheSameShare() => Isolated.GoAsync(
        async () =>
        {
            const long Enough = 200_000_000;
            const int Factor = 20;
            var done = new Chan<Unit>();
            var finished = new Chan<Unit>(1);
            long[] counts = new long[2];
            Chan<bool>[] tokens = [new(), new()];
            int[] turns = [1_000_000, 1_000];
            List<Goroutine> goroutines = [];
            for (int i = 0; i < 4; i++)
            {
                int pair = i % 2;
                goroutines.Add(Go.Run(async () =>
                {
                    var take = new Select();
                    ReceiveCase<Unit> ended = take.Receive(done);
                    take.Receive(tokens[pair]);
                    var pass = new Select();
                    ReceiveCase<Unit> endedToo = pass.Receive(done);
                    pass.Send(tokens[pair], true);
                    while (true)
                    {
                        await take.WaitAsync();
                        if (ended.Selected)
                        {
                            return;
                        }

                        for (int count = 0; count < turns[pair]; count++)
                        {
                            counts[pair]++;
                        }

                        if (counts[pair] >= Enough)
                        {
                            finished.TrySend(default);
                        }

                        await pass.WaitAsync();
                        if (endedToo.Selected)
                        {
                            return;
                        }
                    }
                }));
            }

            await tokens[0].SendAsync(true);
            await tokens[1].SendAsync(true);
            await finished.ReceiveAsync();
            done.Close();
            foreach (Goroutine goroutine in goroutines)
            {
                await goroutine;
            }

            Assert.True(counts.Max() / Factor < counts.Min(), $"The pairs counted to {counts[0]} and {counts[1]}.");
        },
        new GoRuntimeOptions { MaxProcs = 1, MaxThreads = 1 });
}
