using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>Bodies that keep their thread without a word: endless loops, <c>Thread.Sleep</c>, four hundred at once.</summary>
public class HiddenBlockingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task EndlessLoopPerP_BesideATicker_TheTickerTicks(int procs) => Isolated.GoAsync(
        async () =>
        {
            bool stop = false;
            var loops = OnePerP(procs, () =>
            {
                while (!Volatile.Read(ref stop))
                {
                }
            });

            for (int tick = 0; tick < 30; tick++)
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            }

            Assert.All(loops, loop => Assert.Equal(GoroutineStatus.Running, StatusOf(loop.Id)));
            Volatile.Write(ref stop, true);
            foreach (var loop in loops)
            {
                await loop;
            }
        },
        new GoRuntimeOptions { MaxProcs = procs });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task EndlessLoopPerP_TheOthersGoOn(int procs) => Isolated.RunAsync(
        async runtime =>
        {
            bool stop = false;
            var loops = await runtime.Run(() => new ValueTask<List<Goroutine>>(OnePerP(procs, () =>
            {
                while (!Volatile.Read(ref stop))
                {
                }
            }))).JoinAsync();

            // Work from outside, channel traffic, spawns: all of it behind the loops.
            var values = new Chan<int>();
            var sum = runtime.Run(async () =>
            {
                int total = 0;
                await foreach (int value in values)
                {
                    total += value;
                }

                return total;
            });
            await runtime.Run(async () =>
            {
                for (int i = 0; i < 200; i++)
                {
                    Go.Spawn(() => default);
                    await values.SendAsync(i);
                }

                values.Close();
            }).JoinAsync();

            Assert.Equal(19900, await sum.JoinAsync());
            Volatile.Write(ref stop, true);
            foreach (var loop in loops)
            {
                await loop.JoinAsync();
            }
        },
        new GoRuntimeOptions { MaxProcs = procs });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task HiddenSleepPerP_BesideATicker_TheTickerTicks(int procs) => Isolated.GoAsync(
        async () =>
        {
            bool stop = false;
            var sleepers = OnePerP(procs, () =>
            {
                while (!Volatile.Read(ref stop))
                {
                    Thread.Sleep(20);
                }
            });

            for (int tick = 0; tick < 30; tick++)
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            }

            Volatile.Write(ref stop, true);
            foreach (var sleeper in sleepers)
            {
                await sleeper;
            }
        },
        new GoRuntimeOptions { MaxProcs = procs });

    /// <summary>A goroutine queued behind the one that never gives way sits in a P that nobody runs: others must steal it.</summary>
    [Fact]
    public Task EndlessLoop_WorkInItsOwnQueue_IsStolen() => Isolated.GoAsync(
        async () =>
        {
            bool stop = false;
            int ran = 0;
            var loop = Go.Run(() =>
            {
                for (int i = 0; i < 100; i++)
                {
                    Go.Spawn(() =>
                    {
                        Interlocked.Increment(ref ran);
                        return default;
                    });
                }

                while (!Volatile.Read(ref stop))
                {
                }

                return default(ValueTask);
            });

            while (Volatile.Read(ref ran) < 100)
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            }

            Volatile.Write(ref stop, true);
            await loop;
        },
        new GoRuntimeOptions { MaxProcs = 1 });

    /// <summary>
    /// Nobody steals while each of the others always has something of its own to run: neither what is queued behind the loop
    /// nor its timers may depend on that.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task EndlessLoop_TheOthersAreNeverIdle_WorkAndTimersOfItsPGoOn(int procs) => Isolated.GoAsync(
        async () =>
        {
            bool stop = false;
            int ran = 0;
            int fired = 0;
            var loop = Go.Run(() =>
            {
                for (int i = 0; i < 10; i++)
                {
                    Go.Spawn(() =>
                    {
                        Interlocked.Increment(ref ran);
                        return default;
                    });
                    GoTimer.AfterFunc(TimeSpan.FromMilliseconds(i), () =>
                    {
                        Interlocked.Increment(ref fired);
                        return default(ValueTask);
                    });
                }

                while (!Volatile.Read(ref stop))
                {
                }

                return default(ValueTask);
            });
            var busy = Enumerable.Range(0, procs).Select(_ => Go.Run(async () =>
            {
                while (!Volatile.Read(ref stop))
                {
                    await Go.Yield();
                }
            })).ToList();

            while (Volatile.Read(ref ran) < 10 || Volatile.Read(ref fired) < 10)
            {
                await Go.Yield();
            }

            Volatile.Write(ref stop, true);
            await loop;
            foreach (var goroutine in busy)
            {
                await goroutine;
            }
        },
        new GoRuntimeOptions { MaxProcs = procs });

    /// <summary>A sleep that was begun on a P taken up by an endless loop must still end.</summary>
    [Fact]
    public Task EndlessLoop_TimersOfItsP_StillFire() => Isolated.GoAsync(
        async () =>
        {
            bool stop = false;
            var started = new Chan<int>(1);
            Go.Spawn(async () =>
            {
                await Go.Yield();
                started.TrySend(1);
                while (!Volatile.Read(ref stop))
                {
                }
            });

            for (int i = 0; i < 5; i++)
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(2));
            }

            await started.ReceiveAsync();
            await Go.After(TimeSpan.FromMilliseconds(2)).ReceiveAsync();
            Volatile.Write(ref stop, true);
        },
        new GoRuntimeOptions { MaxProcs = 1 });

    [Theory]
    [InlineData(BlockedBy.Region)]
    [InlineData(BlockedBy.ManagedWait)]
    [InlineData(BlockedBy.ThreadSleep)]
    public Task FourHundredBlocked_TheNextOneRuns(BlockedBy kind) => Isolated.RunAsync(
        async runtime =>
        {
            const int Blockers = 400;
            using var release = new ManualResetEventSlim();
            int blocked = 0;
            int finished = 0;
            var blockers = new List<Goroutine>();
            for (int i = 0; i < Blockers; i++)
            {
                blockers.Add(runtime.Run(() =>
                {
                    Interlocked.Increment(ref blocked);
                    BlockUntil(release, kind);
                    Interlocked.Increment(ref finished);
                    return default(ValueTask);
                }));
            }

            // None of them gives way before this has run.
            Assert.Equal(0, await runtime.Run(() => new ValueTask<int>(Volatile.Read(ref finished))).JoinAsync());
            await Poll.UntilAsync(() => Volatile.Read(ref blocked) == Blockers, "all of them to block");
            Assert.Equal(0, await runtime.Run(() => new ValueTask<int>(Volatile.Read(ref finished))).JoinAsync());
            release.Set();
            foreach (var blocker in blockers)
            {
                await blocker.JoinAsync();
            }

            Assert.Equal(Blockers, finished);
        },
        new GoRuntimeOptions { MaxProcs = 2 });

    public enum BlockedBy
    {
        Region,
        ManagedWait,
        ThreadSleep,
    }

    private static void BlockUntil(ManualResetEventSlim release, BlockedBy kind)
    {
        switch (kind)
        {
            case BlockedBy.Region:
                Go.Blocking(() => Sleep(release));
                break;
            case BlockedBy.ManagedWait:
                release.Wait();
                break;
            case BlockedBy.ThreadSleep:
                Sleep(release);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind));
        }

        // No managed wait: the runtime tells nobody of it.
        static void Sleep(ManualResetEventSlim release)
        {
            while (!release.IsSet)
            {
                Thread.Sleep(100);
            }
        }
    }

    private static List<Goroutine> OnePerP(int procs, Action body) =>
        [.. Enumerable.Range(0, procs).Select(_ => Go.Run(() =>
        {
            body();
            return default(ValueTask);
        }))];

    private static GoroutineStatus? StatusOf(long id) => Go.Snapshot().FirstOrDefault(info => info.Id == id)?.Status;
}
