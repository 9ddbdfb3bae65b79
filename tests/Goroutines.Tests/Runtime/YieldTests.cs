using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

public class YieldTests
{
    private static GoRuntimeOptions OneP => new() { MaxProcs = 1, MaxThreads = 1 }; // no thread to compensate with, however slow the machine

    [Fact]
    public Task Yield_WithOneP_LetsTheOthersRun() => Isolated.GoAsync(
        async () =>
        {
            int turns = 0;
            bool stop = false;
            var other = Go.Run(async () =>
            {
                while (!stop)
                {
                    turns++;
                    await Go.Yield();
                }
            });

            int before = turns;
            for (int i = 0; i < 1000; i++)
            {
                await Go.Yield();
            }

            Assert.True(turns - before >= 100, $"the other goroutine had {turns - before} turns in 1000 yields");
            stop = true;
            await other;
        },
        OneP);

    [Fact]
    public Task Yield_ManyGoroutines_NoneIsStarved() => Isolated.GoAsync(
        async () =>
        {
            const int Goroutines = 50;
            var turns = new int[Goroutines];
            bool stop = false;
            for (int i = 0; i < Goroutines; i++)
            {
                int mine = i;
                Go.Spawn(async () =>
                {
                    while (!stop)
                    {
                        turns[mine]++;
                        await Go.Yield();
                    }
                });
            }

            while (turns.Min() < 100)
            {
                await Go.Yield();
            }

            // A queue that is fair serves them about equally; the bound is far from both equal and starved.
            Assert.True(turns.Max() <= 20 * turns.Min(), $"turns from {turns.Min()} to {turns.Max()}");
            stop = true;
        },
        OneP);

    [Fact]
    public Task Yield_Alone_ComesBackOnTheSameGoroutine() => Isolated.GoAsync(async () =>
    {
        long me = Go.CurrentId;
        var context = SynchronizationContext.Current;

        for (int i = 0; i < 10_000; i++)
        {
            await Go.Yield();
        }

        Assert.Equal(me, Go.CurrentId);
        Assert.Same(context, SynchronizationContext.Current);
    });

    [Fact]
    public Task Yield_DeepInsideHelpers_KeepsTheStack() => Isolated.GoAsync(async () =>
    {
        Assert.Equal(1000, await Depth(1000));

        static async ValueTask<int> Depth(int n)
        {
            await Go.Yield();
            return n == 0 ? 0 : 1 + await Depth(n - 1);
        }
    });

    [Fact]
    public async Task Yield_OnATask_ComesBack()
    {
        for (int i = 0; i < 100; i++)
        {
            await Go.Yield();
            Assert.Equal(0, Go.CurrentId);
        }

        await Task.Run(async () =>
        {
            await Go.Yield();
            Assert.Equal(0, Go.CurrentId);
        });
    }

    [Fact]
    public async Task Yield_OnAPlainThread_ComesBack()
    {
        await PlainThread.Run(() => Go.Wait(Go.Yield()));
    }

    /// <summary>
    /// Two goroutines that hand a value back and forth always find each other in the slot for the next goroutine. The time
    /// slice they share must end, or nothing behind them in the queue would ever run.
    /// </summary>
    [Fact]
    public Task PingPong_WithOneP_DoesNotStarveTheQueue() => Isolated.GoAsync(
        async () =>
        {
            var there = new Chan<int>();
            var back = new Chan<int>();
            bool stop = false;
            bool ran = false;
            Go.Spawn(async () =>
            {
                await foreach (int value in there)
                {
                    await back.SendAsync(value);
                }
            });
            var ping = Go.Run(async () =>
            {
                while (!Volatile.Read(ref stop))
                {
                    await there.SendAsync(1);
                    await back.ReceiveAsync();
                }

                there.Close();
            });

            await Go.Yield();
            Go.Spawn(() =>
            {
                ran = true;
                return default;
            });
            while (!ran)
            {
                await Go.Yield();
            }

            Volatile.Write(ref stop, true);
            await ping;
        },
        OneP);

    [Fact]
    public Task PingPong_WithOneP_DoesNotStarveGoroutinesFromOutside() => Isolated.RunAsync(
        async runtime =>
        {
            var there = new Chan<int>();
            var back = new Chan<int>();
            bool stop = false;
            long rounds = 0;
            runtime.Spawn(async () =>
            {
                await foreach (int value in there)
                {
                    await back.SendAsync(value);
                }
            });
            var ping = runtime.Run(async () =>
            {
                while (!Volatile.Read(ref stop))
                {
                    await there.SendAsync(1);
                    await back.ReceiveAsync();
                    Volatile.Write(ref rounds, rounds + 1);
                }

                there.Close();
            });
            await Poll.UntilAsync(() => Volatile.Read(ref rounds) > 1000, "the ping-pong to be under way");

            for (int i = 0; i < 20; i++)
            {
                await runtime.Run(() => ValueTask.CompletedTask).JoinAsync();
            }

            Volatile.Write(ref stop, true);
            await ping.JoinAsync();
        },
        OneP);

    [Fact]
    public Task Yield_WithOneP_DoesNotStarveGoroutinesFromOutside() => Isolated.RunAsync(
        async runtime =>
        {
            bool stop = false;
            var yielders = Enumerable.Range(0, 4).Select(_ => runtime.Run(async () =>
            {
                while (!Volatile.Read(ref stop))
                {
                    await Go.Yield();
                }
            })).ToList();

            for (int i = 0; i < 20; i++)
            {
                await runtime.Run(() => ValueTask.CompletedTask).JoinAsync();
            }

            Volatile.Write(ref stop, true);
            foreach (var yielder in yielders)
            {
                await yielder.JoinAsync();
            }
        },
        OneP);

    [Fact]
    public Task SpawnMoreThanARingHolds_WithOneP_AllRun() => Isolated.GoAsync(
        async () =>
        {
            int ran = 0;
            for (int i = 0; i < 10_000; i++)
            {
                Go.Spawn(() =>
                {
                    ran++;
                    return default;
                });
            }

            Assert.Equal(0, ran);
            while (ran < 10_000)
            {
                await Go.Yield();
            }
        },
        OneP);
}
