using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>When a few goroutines are left to the worker that has readied them, and that they are not left there for good.</summary>
public class WakeThrottleTests
{
    [Fact]
    public void Throttle_WakesInVain_IsThrottlingOnceItHasSeenEnough()
    {
        var throttle = new WakeThrottle();
        for (int i = 0; i < WakeThrottle.Patience; i++)
        {
            Assert.False(throttle.IsThrottling);
            throttle.WorkerSleeps(foundWork: false, idleSince: 0);
        }

        Assert.True(throttle.IsThrottling);
    }

    [Fact]
    public void Throttle_SomebodyIdleAgainAtOnce_IsInVain()
    {
        var throttle = new WakeThrottle();
        for (int i = 0; i < WakeThrottle.Patience; i++)
        {
            throttle.WorkFound(now: 1_000_000 * i);
            throttle.WorkerSleeps(foundWork: true, idleSince: (1_000_000 * i) + WakeThrottle.WorthwhileNanoseconds - 1);
        }

        Assert.True(throttle.IsThrottling);
    }

    [Fact]
    public void Throttle_WakesThatPay_ChangeItsMindOnlyAsManyAsItTook()
    {
        var throttle = Convinced();
        for (int i = 0; i < WakeThrottle.Patience; i++)
        {
            Assert.True(throttle.IsThrottling);
            throttle.WorkFound(now: 5);
            throttle.WorkerSleeps(foundWork: true, idleSince: 5 + WakeThrottle.WorthwhileNanoseconds);
        }

        Assert.False(throttle.IsThrottling);
    }

    [Fact]
    public void Throttle_InVainAndPayingByTurns_StaysAsItWas()
    {
        var throttle = Convinced();
        for (int i = 0; i < 100; i++)
        {
            throttle.WorkFound(now: 0);
            throttle.WorkerSleeps(foundWork: true, idleSince: WakeThrottle.WorthwhileNanoseconds);
            Assert.True(throttle.IsThrottling);
            throttle.WorkerSleeps(foundWork: false, idleSince: 0);
        }

        throttle.Forget();
        for (int i = 0; i < 100; i++)
        {
            throttle.WorkerSleeps(foundWork: false, idleSince: 0);
            Assert.False(throttle.IsThrottling);
            throttle.WorkerSleeps(foundWork: true, idleSince: WakeThrottle.WorthwhileNanoseconds);
        }
    }

    [Fact]
    public Task FewLeft_ToABodyThatDoesNotPark_RunOnAnotherP() => Isolated.RunAsync(
        async runtime =>
        {
            await LearnToLeaveFewAsync(runtime);

            await runtime.Run(async () =>
            {
                var gate = new Chan<int>();
                int ran = 0;
                var both = new WaitGroup();
                for (int i = 0; i < 2; i++)
                {
                    both.Spawn(async () =>
                    {
                        await gate.ReceiveAsync();
                        Interlocked.Increment(ref ran);
                    });
                }

                while (Go.Snapshot().Count(g => g.WaitReason == "chan receive") != 2)
                {
                    await Go.Yield();
                }

                // They are ready now, in this P's queue, and this turn does not end before both have run.
                Assert.True(gate.TrySend(1));
                Assert.True(gate.TrySend(2));
                while (Volatile.Read(ref ran) != 2)
                {
                    Thread.SpinWait(10);
                }

                await both.WaitAsync();
            }).JoinAsync();
        },
        new GoRuntimeOptions { MaxProcs = 2 });

    [Fact]
    public Task Readied_ByABodyThatComputesAfterwards_WhereTurnsAreFew_IsNotLeftToItsOwner() => Isolated.RunAsync(
        async runtime =>
        {
            await LearnToLeaveFewAsync(runtime);

            await runtime.Run(async () =>
            {
                var gate = new Chan<int>(1);
                int ran = 0;
                Goroutine other = Go.Run(async () =>
                {
                    await foreach (int value in gate)
                    {
                        Volatile.Write(ref ran, value);
                    }
                });

                Scheduler scheduler = runtime.Scheduler;
                long found = scheduler.Sysmon.FoundWaiting;
                for (int round = 1; round <= 40; round++)
                {
                    SpinUntil(() => scheduler is { IdlePs: > 0, AnySpins: false } && !scheduler.AllPs.Any(p => p.TurnsAreShort));
                    for (int i = 0; i < WakeThrottle.Patience; i++)
                    {
                        scheduler.Wakes.WorkerSleeps(foundWork: false, idleSince: 0);
                    }

                    Assert.True(gate.TrySend(round));
                    SpinUntil(() => Volatile.Read(ref ran) == round); // this turn does not end before the other one has run
                }

                // Sysmon may come before the worker that was woken has its thread, but not every time.
                Assert.InRange(scheduler.Sysmon.FoundWaiting - found, 0, 8);
                gate.Close();
                await other.JoinAsync();
            }).JoinAsync();
        },
        new GoRuntimeOptions { MaxProcs = 2 });

    [Fact]
    public Task FewLeft_WithEnoughToDoForTwo_AreSharedOutAfterAll() => Isolated.RunAsync(
        async runtime =>
        {
            // Two that give way all the time, which wakes nobody: only sysmon tells that a second worker would find enough to
            // do, because it happens to look twice at the same turn, or because it tries.
            int[] steps = new int[2];
            bool together = false;
            await LearnToLeaveFewAsync(runtime, WorkAsync);

            async ValueTask WorkAsync(int me)
            {
                while (!Volatile.Read(ref together))
                {
                    int others = Volatile.Read(ref steps[1 - me]);
                    for (int i = 0; i < 2000; i++)
                    {
                        Volatile.Write(ref steps[me], steps[me] + 1);
                    }

                    if (Volatile.Read(ref steps[1 - me]) != others)
                    {
                        Volatile.Write(ref together, true); // it moved in the middle of this turn
                    }

                    await Go.Yield();
                }
            }
        },
        new GoRuntimeOptions { MaxProcs = 2 });

    private static void SpinUntil(Func<bool> condition)
    {
        while (!condition())
        {
            Thread.SpinWait(10);
        }
    }

    /// <summary>A pair that only hands a value to and fro, on one P, until the runtime has learned that nobody need be woken
    /// for it; then both go on with <paramref name="then"/>.</summary>
    private static Task LearnToLeaveFewAsync(GoRuntime runtime, Func<int, ValueTask>? then = null) => runtime.Run(async () =>
    {
        var there = new Chan<int>();
        var back = new Chan<int>();
        Goroutine other = Go.Run(async () =>
        {
            await foreach (int value in there)
            {
                await back.SendAsync(value);
            }

            if (then is not null)
            {
                await then(1);
            }
        });

        // Some more when it has: the last worker that was woken may still be on its way to sleep.
        for (int more = 1000; more > 0; more = runtime.Scheduler.IsThrottling ? more - 1 : 1000)
        {
            await there.SendAsync(more);
            await back.ReceiveAsync();
        }

        there.Close();
        if (then is not null)
        {
            await then(0);
        }

        await other.JoinAsync();
    }).JoinAsync().AsTask();

    private static WakeThrottle Convinced()
    {
        var throttle = new WakeThrottle();
        for (int i = 0; i < WakeThrottle.Patience; i++)
        {
            throttle.WorkerSleeps(foundWork: false, idleSince: 0);
        }

        return throttle;
    }
}
