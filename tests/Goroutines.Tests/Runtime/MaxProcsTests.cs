using System.Diagnostics;
using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

[Collection(AloneCollection.Name)] // a worker kept from its core for a time slice counts as stuck, and is given company
public class MaxProcsTests
{
    [Fact]
    public async Task MaxProcs_FromOptions_IsKept()
    {
        foreach (int procs in (int[])[1, 2, 3, 8, 1024])
        {
            await using var runtime = new GoRuntime(new GoRuntimeOptions { MaxProcs = procs });
            Assert.Equal(procs, runtime.MaxProcs);
        }
    }

    [Fact]
    public Task MaxProcs_InsideAGoroutine_IsTheRuntimes() => Isolated.GoAsync(
        async () =>
        {
            Assert.Equal(3, Go.MaxProcs);
            Go.MaxProcs = 5;
            Assert.Equal(5, Go.MaxProcs);
            Assert.Equal(5, GoRuntime.Current.MaxProcs);
            await Go.Yield();
            Assert.Equal(5, Go.MaxProcs);
            Go.MaxProcs = 1;
            await Go.Yield();
            Assert.Equal(1, Go.MaxProcs);
        },
        new GoRuntimeOptions { MaxProcs = 3 });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1025)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public Task MaxProcs_OutOfRange_Throws(int procs) => Isolated.RunAsync(
        runtime =>
        {
            var thrown = Assert.Throws<ArgumentOutOfRangeException>(() => runtime.MaxProcs = procs);
            Assert.Equal("value", thrown.ParamName);
            Assert.Equal(procs, thrown.ActualValue);
            Assert.Equal(2, runtime.MaxProcs);

            Assert.Throws<ArgumentOutOfRangeException>(() => Go.MaxProcs = procs);
            Assert.Throws<ArgumentOutOfRangeException>(() => new GoRuntime(new GoRuntimeOptions { MaxProcs = procs }));
            return Task.CompletedTask;
        },
        new GoRuntimeOptions { MaxProcs = 2 });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public Task Running_AtATime_AtMostMaxProcs(int procs) => Isolated.GoAsync(
        async () => await Concurrency.AssertAtMost(procs, 16, static () => { }),
        new GoRuntimeOptions { MaxProcs = procs });

    [Fact]
    public Task Running_AfterBlockingRegions_AtMostMaxProcs() => Isolated.GoAsync(
        async () => await Concurrency.AssertAtMost(1, 16, static () => Go.Blocking(() => Thread.Sleep(0))),
        new GoRuntimeOptions { MaxProcs = 1 });

    [Fact]
    public Task Running_AfterMaxProcsWentDown_AtMostTheNewNumber() => Isolated.GoAsync(
        async () =>
        {
            await Concurrency.AssertAtMost(8, 16, static () => { });
            Go.MaxProcs = 1;
            await Go.Yield();
            await Concurrency.AssertAtMost(1, 16, static () => { });
        },
        new GoRuntimeOptions { MaxProcs = 8 });

    /// <summary>
    /// Three bodies that wait for each other without giving way meet only when each has a P. They give up long before the
    /// scheduler would find one of them stuck, and with one worker there is none to compensate with.
    /// </summary>
    [Fact]
    public async Task Running_AfterMaxProcsWentUp_AsManyAsTheNewNumber()
    {
        await Isolated.RunAsync(
            async runtime =>
            {
                for (int round = 0; round < 30; round++)
                {
                    Assert.False(await MeetAsync(runtime));
                }
            },
            new GoRuntimeOptions { MaxProcs = 1, MaxThreads = 1 });
        await Isolated.RunAsync(
            async runtime =>
            {
                runtime.MaxProcs = 3;
                for (long start = Stopwatch.GetTimestamp(); !await MeetAsync(runtime);)
                {
                    Assert.True(Stopwatch.GetElapsedTime(start) < Limits.Wait, "Three Ps, but never three that run.");
                }
            },
            new GoRuntimeOptions { MaxProcs = 1, MaxThreads = 3 });

        static async Task<bool> MeetAsync(GoRuntime runtime)
        {
            int inside = 0;
            bool met = false;
            var handles = Enumerable.Range(0, 3).Select(_ => runtime.Run(() =>
            {
                Interlocked.Increment(ref inside);
                long start = Stopwatch.GetTimestamp();
                while (Volatile.Read(ref inside) < 3 && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(3))
                {
                    Thread.Yield();
                }

                if (Volatile.Read(ref inside) == 3)
                {
                    Volatile.Write(ref met, true);
                }

                Interlocked.Decrement(ref inside);
                return default(ValueTask);
            })).ToList();
            foreach (var handle in handles)
            {
                await handle.JoinAsync();
            }

            return met;
        }
    }

    [Fact]
    public Task MaxProcs_ChangesUnderLoad_NothingIsLost() => Isolated.RunAsync(
        async runtime =>
        {
            const int Senders = 8;
            const int PerSender = 3000;
            var values = new Chan<int>(4);
            var senders = Enumerable.Range(0, Senders).Select(sender => runtime.Run(async () =>
            {
                for (int i = 0; i < PerSender; i++)
                {
                    await values.SendAsync((sender * PerSender) + i);
                }
            })).ToList();
            var seen = new int[Senders * PerSender];
            var receivers = Enumerable.Range(0, 4).Select(_ => runtime.Run(async () =>
            {
                await foreach (int value in values)
                {
                    Interlocked.Increment(ref seen[value]);
                }
            })).ToList();
            var changes = runtime.Run(async () =>
            {
                int[] sizes = [1, 8, 2, 5, 1, 3, 16, 1, 2];
                for (int i = 0; senders.Count > 0 && i < 200; i++)
                {
                    Go.MaxProcs = sizes[i % sizes.Length];
                    Assert.Equal(sizes[i % sizes.Length], Go.MaxProcs);
                    await Go.SleepAsync(TimeSpan.FromMicroseconds(200));
                }
            });

            foreach (var sender in senders)
            {
                await sender.JoinAsync();
            }

            values.Close();
            foreach (var receiver in receivers)
            {
                await receiver.JoinAsync();
            }

            await changes.JoinAsync();
            Assert.All(seen, times => Assert.Equal(1, times));
        },
        new GoRuntimeOptions { MaxProcs = 2 });

    [Fact]
    public Task MaxProcs_GoesDown_QueuedGoroutinesAndTimersOfTheOldPsSurvive() => Isolated.GoAsync(
        async () =>
        {
            int ran = 0;
            int woken = 0;
            for (int round = 0; round < 20; round++)
            {
                Go.MaxProcs = 8;
                for (int i = 0; i < 100; i++)
                {
                    Go.Spawn(async () =>
                    {
                        Interlocked.Increment(ref ran);
                        await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
                        Interlocked.Increment(ref woken);
                    });
                }

                await Go.Yield();
                Go.MaxProcs = 1;
                await Go.Yield();
            }

            while (Volatile.Read(ref woken) < 2000)
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            }

            Assert.Equal(2000, ran);
        },
        new GoRuntimeOptions { MaxProcs = 8 });

    [Fact]
    public Task MaxProcs_ChangedByManyAtOnce_EndsWithOneOfThem() => Isolated.RunAsync(async runtime =>
    {
        var threads = Enumerable.Range(1, 4).Select(n => PlainThread.Run(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                runtime.MaxProcs = n;
            }
        }));
        await Task.WhenAll(threads);

        Assert.InRange(runtime.MaxProcs, 1, 4);
        await runtime.Run(async () => await Go.Yield()).JoinAsync();
    });

    [Fact]
    public Task NoMemoryForAnotherP_TheNumberStays_AndNothingIsHeld() => Isolated.RunAsync(1, async runtime =>
    {
        Func<int, P> make = runtime.Scheduler.NewP;
        runtime.Scheduler.NewP = static _ => throw new InsufficientMemoryException("no more memory");
        Assert.ThrowsAny<OutOfMemoryException>(() => runtime.MaxProcs = 4);
        Assert.Equal(1, runtime.MaxProcs);
        Assert.Equal(7, await runtime.Run(() => new ValueTask<int>(7)));

        runtime.Scheduler.NewP = make;
        runtime.MaxProcs = 4;
        Assert.Equal(4, runtime.MaxProcs);
        Assert.Equal(8, await runtime.Run(() => new ValueTask<int>(8)));
    });

    [Fact]
    public Task NoMemoryForAnExtraP_TheThreadThatComesBackWaitsForOne() => Isolated.RunAsync(1, async runtime =>
    {
        runtime.Scheduler.NewP = static _ => throw new InsufficientMemoryException("no more memory");
        using var woken = new ManualResetEventSlim();
        int order = 0;
        Goroutine<int> waits = runtime.Run(() =>
        {
            woken.Wait(); // comes back while the only P is held, and must not go on beside its holder for long
            return new ValueTask<int>(Interlocked.Increment(ref order));
        });
        Goroutine<int> holds = runtime.Run(() =>
        {
            woken.Set();
            return new ValueTask<int>(Interlocked.Increment(ref order));
        });
        Assert.Equal(3, await waits + await holds);
    });

    /// <summary>Sysmon decides by what it saw a moment before. By then the worker may have gone to sleep.</summary>
    [Fact]
    public Task Compensate_PThatIsIdleByNow_AddsNone() => Isolated.RunAsync(2, async runtime =>
    {
        await runtime.Run(static () => ValueTask.CompletedTask);
        await Poll.UntilAsync(() => runtime.Scheduler.IdleProcs == 2, "the workers to sleep");
        Assert.All(runtime.Scheduler.AllPs, p => Assert.False(runtime.Scheduler.Compensate(p, computes: false)));
        Assert.Equal(2, runtime.Scheduler.AllPs.Length);
    });

    /// <summary>The compensation ends with the hold, however that ends: in a park, in a blocking region, or in a wait that the framework tells of.</summary>
    [Theory]
    [InlineData("park")]
    [InlineData("region")]
    [InlineData("wait")]
    public Task Compensate_HoldThatEnds_LeavesAsManyPsAsBefore(string end) => Isolated.RunAsync(2, async runtime =>
    {
        var parked = new Chan<int>();
        using var woken = new ManualResetEventSlim();
        Goroutine stuck = runtime.Run(async () =>
        {
            Assert.True(runtime.Scheduler.Compensate(M.Current!.P!, computes: false));
            switch (end)
            {
                case "park":
                    await parked.ReceiveAsync();
                    break;
                case "region":
                    Go.Blocking(() => woken.WaitHandle.SafeWaitHandle.IsInvalid);
                    break;
                default:
                    woken.Wait();
                    break;
            }
        });
        await Poll.UntilAsync(() => runtime.Scheduler.AllPs.Length == 3 && runtime.Scheduler.IdleProcs == 2, "the body to wait or to end");
        woken.Set();
        parked.Close();
        await stuck; // its worker may not have come to a scheduling point yet
        await Poll.UntilAsync(
            () => runtime.Scheduler.IdleProcs == 2 && !runtime.Scheduler.AllPs.Any(static p => p.Compensated), "the workers to sleep, and the compensation to end");
    });
}
