using Xunit;

namespace Goroutines.Testing.Tests.Primitives;

public sealed class GroupScheduleTests
{
    [Fact]
    public void WaitGroup_TwoWaitersTwoDone_AllGoOnAfterTheLast() => Every.Schedule(async () =>
    {
        var group = new WaitGroup();
        int done = 0;
        group.Add(2);
        Goroutine[] waiters = [Go.Run(Wait), Go.Run(Wait)];
        for (int i = 0; i < 2; i++)
        {
            Go.Spawn(() =>
            {
                done++;
                group.Done();
                return ValueTask.CompletedTask;
            });
        }

        foreach (Goroutine waiter in waiters)
        {
            await waiter;
        }

        async ValueTask Wait()
        {
            await group.WaitAsync();
            Assert.Equal(2, done);
        }
    });

    [Fact]
    public void WaitGroup_CancelledWait_LeavesTheOthers() => Every.Schedule(async () =>
    {
        var group = new WaitGroup();
        using var source = new CancellationTokenSource();
        bool done = false;
        group.Spawn(() =>
        {
            done = true;
            return ValueTask.CompletedTask;
        });
        Goroutine<bool> impatient = Go.Run(() => Every.Succeeds(() => group.WaitAsync(source.Token)));
        Goroutine canceller = Go.Run(() =>
        {
            source.Cancel();
            return ValueTask.CompletedTask;
        });
        await group.WaitAsync();
        Assert.True(done);
        await impatient;
        await canceller;
    });

    [Fact]
    public void GoBarrier_TwoPhases_NobodyIsAheadAndOneIsLast() => Every.Schedule(async () =>
    {
        var barrier = new GoBarrier(2);
        int[] arrivals = new int[2];
        int last = 0;
        Goroutine other = Go.Run(Meet);
        await Meet();
        await other;
        Assert.Equal(2, last);
        Assert.Equal(2, barrier.Phase);

        async ValueTask Meet()
        {
            for (int phase = 0; phase < 2; phase++)
            {
                arrivals[phase]++;
                bool isLast = await barrier.WaitAsync();
                last += isLast ? 1 : 0;
                Assert.Equal(2, arrivals[phase]);
            }
        }
    });

    [Fact]
    public void GoBarrier_CancelledWait_LeavesTheOthers() => Every.Schedule(async () =>
    {
        var barrier = new GoBarrier(2);
        using var source = new CancellationTokenSource();
        Goroutine<bool> impatient = Go.Run(() => Every.Succeeds(async () => await barrier.WaitAsync(source.Token)));
        Goroutine patient = Go.Run(async () => { await barrier.WaitAsync(); });
        Goroutine canceller = Go.Run(() =>
        {
            source.Cancel();
            return ValueTask.CompletedTask;
        });
        if (!await impatient)
        {
            Assert.Equal(0, barrier.Phase);
            await barrier.WaitAsync(); // for the one that went away
        }

        await patient;
        await canceller;
        Assert.Equal(1, barrier.Phase);
    });

    [Fact]
    public void WeightedSemaphore_MixedWeights_NeverExceedTheSize() => Every.Schedule(
        async () =>
        {
            var semaphore = new WeightedSemaphore(3);
            long held = 0;
            Goroutine[] all = [Go.Run(() => Use(2)), Go.Run(() => Use(3)), Go.Run(() => Use(1))];
            foreach (Goroutine each in all)
            {
                await each;
            }

            Assert.True(semaphore.TryAcquire(3));

            async ValueTask Use(long weight)
            {
                await semaphore.AcquireAsync(weight);
                held += weight;
                Assert.InRange(held, 1, 3);
                await Go.Yield();
                held -= weight;
                semaphore.Release(weight);
            }
        },
        preemptions: 2);

    [Fact]
    public void WeightedSemaphore_CancelledBigOne_LetsTheSmallPass() => Every.Schedule(async () =>
    {
        var semaphore = new WeightedSemaphore(2);
        using var source = new CancellationTokenSource();
        await semaphore.AcquireAsync();
        Goroutine<bool> big = Go.Run(() => Every.Succeeds(async () =>
        {
            await semaphore.AcquireAsync(2, source.Token);
            semaphore.Release(2);
        }));
        Goroutine<Holder> small = Go.Run(async () => await semaphore.AcquireAsync());
        source.Cancel();
        await small; // while the first unit is still held
        semaphore.Release(2);
        Assert.False(await big);
        Assert.True(semaphore.TryAcquire(2));
    });

    [Fact]
    public void ErrGroup_FirstFailure_CancelsTheOthersAndIsThrown() => Every.Schedule(
        async () =>
        {
            var group = new ErrGroup();
            var never = new Chan<int>();
            group.Spawn(static async () =>
            {
                await Go.Yield();
                throw new FormatException("one");
            });
            group.Spawn(async () => await never.ReceiveAsync(group.CancellationToken));
            await Assert.ThrowsAsync<FormatException>(async () => await group.WaitAsync());
            Assert.True(group.CancellationToken.IsCancellationRequested);
        });

    [Fact]
    public void ErrGroup_CancelledByItsParent_EndsWhoLooksAtTheToken() => Every.Schedule(
        async () =>
        {
            using var parent = new CancellationTokenSource();
            var group = new ErrGroup(parent.Token);
            var never = new Chan<int>();
            for (int i = 0; i < 2; i++)
            {
                group.Spawn(async () => await never.ReceiveAsync(group.CancellationToken));
            }

            Go.Spawn(() =>
            {
                parent.Cancel();
                return ValueTask.CompletedTask;
            });
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await group.WaitAsync());
        });

    [Fact]
    public void ErrGroup_Limit_IsKept() => Every.Schedule(
        async () =>
        {
            var group = new ErrGroup { Limit = 1 };
            int running = 0, ran = 0;
            for (int i = 0; i < 3; i++)
            {
                await group.SpawnAsync(async () =>
                {
                    Assert.Equal(1, ++running);
                    await Go.Yield();
                    running--;
                    ran++;
                });
            }

            await group.WaitAsync();
            Assert.Equal(3, ran);
        });

    [Fact]
    public void Once_TwoCallers_RunOneActionAndBothSeeItsEnd() => Every.Schedule(async () =>
    {
        var once = new Once();
        int begun = 0, ended = 0;
        Goroutine one = Go.Run(Do), two = Go.Run(Do);
        await one;
        await two;
        Assert.Equal(1, begun);

        async ValueTask Do()
        {
            await once.DoAsync(async () =>
            {
                begun++;
                await Go.Yield();
                ended++;
            });
            Assert.Equal(1, ended);
        }
    });

    [Fact]
    public void SingleFlight_TwoCallersOneCancelled_TheOtherGetsTheResult() => Every.Schedule(
        async () =>
        {
            var flights = new SingleFlight<string, int>();
            using var source = new CancellationTokenSource();
            int calls = 0;
            Goroutine<bool> impatient = Go.Run(() => Every.Succeeds(async () => Assert.Equal(7, (await flights.DoAsync("key", Fetch, source.Token)).Value)));
            Goroutine patient = Go.Run(async () => Assert.Equal(7, (await flights.DoAsync("key", Fetch)).Value));
            Goroutine canceller = Go.Run(() =>
            {
                source.Cancel();
                return ValueTask.CompletedTask;
            });
            await impatient;
            await patient;
            await canceller;
            Assert.InRange(calls, 1, 2);

            async ValueTask<int> Fetch()
            {
                calls++;
                await Go.Yield();
                return 7;
            }
        },
        preemptions: 3);

    [Fact]
    public void GoContext_TimeoutAgainstCancel_EndsOnceWithOneReason() => Every.Schedule(async () =>
    {
        using CancelContext parent = GoContext.Background.WithCancel();
        using CancelContext child = parent.WithTimeout(TimeSpan.FromSeconds(1));
        Goroutine canceller = Go.Run(async () =>
        {
            await Go.SleepAsync(TimeSpan.FromSeconds(1));
            parent.Cancel();
        });
        Goroutine<Exception?> watcher = Go.Run(async () =>
        {
            await child.Done.ReceiveAsync();
            return child.Err;
        });
        Exception? first = await watcher;
        await canceller;
        Assert.Same(first, child.Err);
        Assert.True(first is DeadlineExceededException || ReferenceEquals(first, parent.Err));
    });
}
