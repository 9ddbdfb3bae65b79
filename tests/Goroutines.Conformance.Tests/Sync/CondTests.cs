using Xunit;

namespace Goroutines.Conformance.Tests.Sync;

/// <summary>Go's sync/cond_test.go.</summary>
public class CondTests
{
    [Theory(DisplayName = "go: sync/cond_test.go TestCondSignal")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Signal_TwoWait_WakesOneAtATime(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        const int Waiters = 2;
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        var running = new Chan<int>(Waiters);
        var awake = new Chan<int>(Waiters);
        Goroutine[] waiters = OnStacks.Start(Waiters, number =>
        {
            using (mutex.Lock())
            {
                running.Send(number);
                cond.Wait();
                awake.Send(number);
            }
        });
        Receive(running, Waiters);
        for (int i = 0; i < Waiters; i++)
        {
            Assert.False(awake.TryReceive(out _), "One woke without a signal.");
            using (mutex.Lock())
            {
                cond.Signal();
            }

            awake.Receive();
            Assert.False(awake.TryReceive(out _), "One signal woke two.");
        }

        OnStacks.Join(waiters);
        cond.Signal();
    });

    [Theory(DisplayName = "go: sync/cond_test.go TestCondSignalGenerations")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Signal_OneGenerationAfterTheOther_WakesTheOldest(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        const int Generations = 100;
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        var running = new Chan<int>(Generations);
        var awake = new Chan<int>(Generations);
        for (int i = 0; i < Generations; i++)
        {
            int generation = i;
            Go.Spawn(() =>
            {
                using (mutex.Lock())
                {
                    running.Send(generation);
                    cond.Wait();
                    awake.Send(generation);
                }
            });
            if (generation > 0)
            {
                Assert.Equal(generation - 1, awake.Receive().Value);
            }

            Assert.Equal(generation, running.Receive().Value);
            using (mutex.Lock())
            {
                cond.Signal();
            }
        }

        Assert.Equal(Generations - 1, awake.Receive().Value);
    });

    [Theory(DisplayName = "go: sync/cond_test.go TestCondBroadcast")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Broadcast_AllWaitAgainAndAgain_WakesEachOnceARound(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        const int Waiters = 20;
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        var running = new Chan<int>(Waiters);
        var awake = new Chan<int>(Waiters);
        bool exit = false;
        Goroutine[] waiters = OnStacks.Start(Waiters, number =>
        {
            using (mutex.Lock())
            {
                while (!exit)
                {
                    running.Send(number);
                    cond.Wait();
                    awake.Send(number);
                }
            }
        });
        for (int round = 1; round <= Waiters; round++)
        {
            Receive(running, Waiters);
            using (mutex.Lock())
            {
                exit = round == Waiters;
                Assert.False(awake.TryReceive(out _), "One woke without a broadcast.");
                cond.Broadcast();
            }

            Assert.Equal(Enumerable.Range(0, Waiters), Receive(awake, Waiters).Order());
        }

        OnStacks.Join(waiters);
        Assert.False(running.TryReceive(out _), "One goes on after the last round.");
        cond.Broadcast();
    });

    [Theory(DisplayName = "go: sync/cond_test.go TestRace")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Wait_ThreeHandAVariableOn_EachSeesWhatTheOneBeforeWrote(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        int step = 0;
        Goroutine first = Go.Run(() =>
        {
            using (mutex.Lock())
            {
                step = 1;
                cond.Wait();
                Assert.Equal(2, step);
                step = 3;
                cond.Signal();
            }
        });
        Goroutine second = Go.Run(() => UntilTrue(() =>
        {
            if (step != 1)
            {
                return false;
            }

            step = 2;
            cond.Signal();
            return true;
        }));
        Goroutine third = Go.Run(() => UntilTrue(() =>
        {
            if (step == 2)
            {
                cond.Wait();
                Assert.Equal(3, step);
            }

            return step == 3;
        }));
        OnStacks.Join(first, second, third);

        void UntilTrue(Func<bool> tryUnderLock)
        {
            while (true)
            {
                using (mutex.Lock())
                {
                    if (tryUnderLock())
                    {
                        return;
                    }
                }

                Go.Wait(Go.Yield());
            }
        }
    });

    [Theory(DisplayName = "go: sync/cond_test.go TestCondSignalStealing")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Broadcast_BesideANewWaiter_ReachesTheOneThatWaitedBefore(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        for (int round = 0; round < 100; round++)
        {
            var mutex = new GoMutex();
            var cond = new GoCond(mutex);
            var signs = new Chan<string>();
            Go.Spawn(() =>
            {
                using (mutex.Lock())
                {
                    signs.Send("about to wait");
                    cond.Wait();
                }

                signs.Send("woken");
            });
            Assert.Equal("about to wait", signs.Receive().Value);
            mutex.Lock().Dispose(); // it was free, so the waiter waits

            bool done = false;
            Go.Spawn(cond.Broadcast);
            Goroutine late = Go.Run(() =>
            {
                using (mutex.Lock())
                {
                    while (!done)
                    {
                        cond.Wait();
                    }
                }
            });
            Assert.Equal("woken", signs.Receive().Value);

            using (mutex.Lock())
            {
                done = true;
            }

            cond.Broadcast();
            late.Join();
        }
    });

    private static List<int> Receive(Chan<int> channel, int count)
    {
        List<int> received = [];
        for (int i = 0; i < count; i++)
        {
            received.Add(channel.Receive().Value);
        }

        return received;
    }
}
