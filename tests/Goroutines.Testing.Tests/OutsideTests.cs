using System.Diagnostics;
using Goroutines.Net;
using Xunit;

namespace Goroutines.Testing.Tests;

/// <summary>What holds the clock of a test: goroutines that wait for something outside of it.</summary>
public sealed class OutsideTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private static DateTimeOffset Now => GoTest.TimeProvider.GetUtcNow();

    [Fact]
    public void Run_AwaitedTaskOfThePool_HoldsTheClock() => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        Goroutine sleeper = Go.Run(async () => await Go.SleepAsync(s_hour));
        using var gate = new SemaphoreSlim(0);
        Task outside = Task.Run(() => gate.Wait(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        _ = Task.Run(
            async () =>
            {
                await Task.Delay(20); // real time passes, and the clock has every opportunity to move
                gate.Release();
            },
            TestContext.Current.CancellationToken);
        await outside;
        Assert.Equal(TimeSpan.Zero, Now - begun);
        await sleeper;
        Assert.Equal(s_hour, Now - begun);
    });

    [Fact]
    public void Run_BlockingRegion_HoldsTheClock() => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        Goroutine sleeper = Go.Run(async () => await Go.SleepAsync(s_hour));
        await Go.Yield();
        Go.Blocking(() => Thread.Sleep(30)); // as above
        Assert.Equal(TimeSpan.Zero, Now - begun);
        await sleeper;
    });

    [Fact]
    public void Run_TaskCompletedByGoroutine_NeedsNoGraceWhenTold() => GoTest.Run(
        async () =>
        {
            DateTimeOffset begun = Now;
            var result = new TaskCompletionSource<int>();
            Go.Spawn(async () =>
            {
                await Go.SleepAsync(s_hour);
                result.SetResult(1);
            });
            Assert.Equal(1, await result.Task);
            Assert.Equal(s_hour, Now - begun);
        },
        new GoTestOptions { OutsideGrace = TimeSpan.Zero });

    [Fact]
    public void Run_TaskCompletedByGoroutine_GoesOnAfterGrace() => GoTest.Run(
        async () =>
        {
            var result = new TaskCompletionSource<int>();
            Go.Spawn(async () =>
            {
                await Go.SleepAsync(s_hour);
                result.SetResult(1);
            });
            Assert.Equal(1, await result.Task);
        },
        new GoTestOptions { OutsideGrace = TimeSpan.FromMilliseconds(1) });

    [Fact]
    public void Run_TaskThatNeverEnds_FailsWithDump()
    {
        var failure = Assert.Throws<TimeoutException>(() => GoTest.Run(
            async () => await new TaskCompletionSource().Task,
            new GoTestOptions { OutsideLimit = TimeSpan.FromMilliseconds(50) }));
        Assert.Contains("something outside of it", failure.Message, StringComparison.Ordinal);
        Assert.Contains("goroutine 1 [task]", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TaskThatNeverEndsWithoutGrace_IsADeadlock()
    {
        Assert.Throws<DeadlockException>(() => GoTest.Run(
            async () => await new TaskCompletionSource().Task,
            new GoTestOptions { OutsideGrace = TimeSpan.Zero }));
    }

    [Fact]
    public void Run_ValueSentFromOutside_IsReceived() => GoTest.Run(async () =>
    {
        var values = new Chan<int>();
        Goroutine receiver = Go.Run(async () => Assert.Equal(7, (await values.ReceiveAsync()).Value));
        await Task.Run(async () => await values.SendAsync(7), TestContext.Current.CancellationToken);
        await receiver;
    });

    [Fact]
    public void Run_Socket_HoldsTheClock() => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        Goroutine sleeper = Go.Run(async () => await Go.SleepAsync(s_hour));
        using var listener = Listener.Listen("127.0.0.1:0");
        Goroutine server = Go.Run(async () =>
        {
            using Conn accepted = await listener.AcceptAsync();
            byte[] request = new byte[1];
            await accepted.ReadExactlyAsync(request);
            await accepted.WriteAsync(request);
        });
        using (Conn client = await Conn.DialAsync(listener.LocalEndPoint.ToString()!))
        {
            await client.WriteAsync(new byte[] { 7 });
            byte[] reply = new byte[1];
            await client.ReadExactlyAsync(reply);
            Assert.Equal(7, reply[0]);
        }

        await server;
        Assert.Equal(TimeSpan.Zero, Now - begun);
        await sleeper;
        Assert.Equal(s_hour, Now - begun);
    });

    /// <summary>
    /// A turn so long that a second worker takes over, which is idle again before it ends: the first one gives its P up, and it
    /// has to be noticed that nobody runs any longer.
    /// </summary>
    [Fact]
    public void Run_TurnThatOutlastsTheOthers_TheClockGoesOn() => GoTest.Run(
        static async () =>
        {
            DateTimeOffset begun = Now;
            for (int i = 1; i <= 3; i++)
            {
                bool ran = false;
                Go.Spawn(() =>
                {
                    Volatile.Write(ref ran, true);
                    return default;
                });
                while (!Volatile.Read(ref ran))
                {
                }

                for (long since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since).TotalMilliseconds < 5;)
                {
                }

                await Go.SleepAsync(s_hour);
                Assert.Equal(i * s_hour, Now - begun);
            }
        },
        new GoTestOptions { MaxProcs = 1 });

    /// <summary>Workers go idle, come back from blocking regions and go idle again all the time: the last one must always notice.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Run_BlockingRegionsBesideSleeps_NeverStall(int maxProcs) => GoTest.Run(
        static async () =>
        {
            DateTimeOffset begun = Now;
            var all = new WaitGroup();
            for (int i = 0; i < 8; i++)
            {
                int number = i;
                all.Spawn(async () =>
                {
                    for (int k = 0; k < 200; k++)
                    {
                        if ((k + number) % 3 == 0)
                        {
                            Go.Blocking(() => Thread.SpinWait(200));
                        }
                        else if ((k + number) % 31 == 0)
                        {
                            await Task.Run(static () => Thread.SpinWait(200));
                        }

                        await Go.SleepAsync(TimeSpan.FromMinutes(1));
                    }
                });
            }

            await all.WaitAsync();
            Assert.Equal(TimeSpan.FromMinutes(200), Now - begun);
        },
        new GoTestOptions { MaxProcs = maxProcs });
}
