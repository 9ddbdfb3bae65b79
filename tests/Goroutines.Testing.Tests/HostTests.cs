using System.Collections.Concurrent;
using Xunit;

namespace Goroutines.Testing.Tests;

/// <summary>Tests in virtual time in the midst of a .NET process: beside each other, under other contexts, in bodies that misbehave.</summary>
public sealed class HostTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private static DateTimeOffset Now => GoTest.TimeProvider.GetUtcNow();

    [Fact]
    public void Run_ManyAtOnce_EachHasItsOwnClockAndOutcome()
    {
        ConcurrentQueue<Exception> failures = [];
        Thread[] threads = [.. Enumerable.Range(1, 8).Select(number => new Thread(() =>
        {
            try
            {
                for (int round = 0; round < 25; round++)
                {
                    RunOne(number, round);
                }
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception);
            }
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.Empty(failures);

        static void RunOne(int number, int round)
        {
            switch (round % 5)
            {
                case 0:
                    Assert.Throws<DeadlockException>(() => GoTest.Run(static async () => await new Chan<int>().ReceiveAsync()));
                    break;
                case 1:
                    Assert.Single(Assert.Throws<GoroutineLeakException>(() => GoTest.Run(static async () =>
                    {
                        Go.Spawn(static async () => await new Chan<int>().ReceiveAsync());
                        await Go.Yield();
                    })).Goroutines);
                    break;
                case 2:
                    GoTest.Explore(
                        static async () =>
                        {
                            Goroutine other = Go.Run(static async () => await Go.SleepAsync(s_hour));
                            await Task.Delay(s_hour, GoTest.TimeProvider);
                            await other;
                        },
                        new ExploreOptions { Schedules = 20 });
                    break;
                default:
                    GoTest.Run(
                        async () =>
                        {
                            DateTimeOffset begun = Now;
                            await Task.WhenAll(Enumerable.Range(1, number).Select(static async hours => await Go.SleepAsync(hours * s_hour)));
                            await Task.Run(static () => Thread.SpinWait(100));
                            await Task.Delay(s_hour, GoTest.TimeProvider);
                            Assert.Equal((number + 1) * s_hour, Now - begun);
                        },
                        new GoTestOptions { MaxProcs = 1 + (round % 3) });
                    break;
            }
        }
    }

    /// <summary>Such as those of test frameworks and user interfaces, whose one thread is the one that waits for the test.</summary>
    [Fact]
    public void Run_UnderASynchronizationContext_NeverUsesIt()
    {
        var context = new RefusingContext();
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            GoTest.Run(async () =>
            {
                Assert.NotSame(context, SynchronizationContext.Current);
                await Task.Delay(s_hour, GoTest.TimeProvider);
                await Task.Run(static () => { });
                await Go.Run(static async () => await Go.SleepAsync(s_hour));
            });
            GoTest.Run(static () => Go.Wait(Task.Delay(s_hour, GoTest.TimeProvider)));
            GoTest.Explore(static async () => await Go.Run(static async () => await Task.Delay(s_hour, GoTest.TimeProvider)), new ExploreOptions { Schedules = 5 });
            Assert.Throws<FormatException>(() => GoTest.Run(static async () =>
            {
                await Go.Yield();
                throw new FormatException();
            }));
            Assert.Same(context, SynchronizationContext.Current);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        Assert.Equal(0, context.Used);
    }

    [Fact]
    public async Task Run_InAnAsynchronousTestMethod_Works()
    {
        await Task.Yield();
        GoTest.Run(static async () => await Go.SleepAsync(s_hour));
        await Task.Run(static () => GoTest.Run(static async () => await Go.SleepAsync(s_hour)), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Run_InsideAnotherTest_SaysThatTestsDoNotNest() => GoTest.Run(static async () =>
    {
        await Go.Yield();
        foreach (Action nested in new Action[]
        {
            static () => GoTest.Run(static () => { }),
            static () => GoTest.Explore(static () => { }),
            static () => GoTest.Replay("random:1", static () => { }),
            static () => Go.Blocking(static () => GoTest.Run(static () => { })),
        })
        {
            Assert.Contains("do not nest", Assert.Throws<InvalidOperationException>(nested).Message, StringComparison.Ordinal);
        }

        // It would be the clock of another test: on a thread of its own it is a test like any other.
        await Task.Run(static () => GoTest.Run(static async () => await Go.SleepAsync(s_hour)));
    });

    [Fact]
    public async Task Run_InsideAnOrdinaryGoroutine_SaysWhereToCallIt()
    {
        await using var runtime = new GoRuntime(new GoRuntimeOptions { Name = "ordinary" });
        await runtime.Run(static async () =>
        {
            await Go.Yield();
            string message = Assert.Throws<InvalidOperationException>(static () => GoTest.Run(static () => { })).Message;
            Assert.Contains("ordinary", message, StringComparison.Ordinal);
            Assert.Contains("Task.Run", message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Run_BodyThatLeavesThreadsBehind_Ends()
    {
        using var release = new ManualResetEventSlim();
        List<Thread> left = [];
        GoTest.Run(async () =>
        {
            for (int i = 0; i < 4; i++)
            {
                Thread thread = new(release.Wait) { IsBackground = true };
                thread.Start();
                left.Add(thread);
            }

            _ = Task.Factory.StartNew(release.Wait, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await Go.SleepAsync(s_hour);
        });
        Assert.All(left, static thread => Assert.True(thread.IsAlive));
        release.Set();
        left.ForEach(static thread => thread.Join());
    }

    /// <summary>What a test leaves running when it fails must not reach into the next one.</summary>
    [Fact]
    public void Run_AfterOneThatFailedInTheMiddle_IsNotDisturbed()
    {
        bool stop = false;
        Assert.Throws<FormatException>(() => GoTest.Run(
            async () =>
            {
                Go.Spawn(() =>
                {
                    while (!Volatile.Read(ref stop))
                    {
                    }
                });
                await Go.Yield();
                throw new FormatException();
            },
            new GoTestOptions { MaxProcs = 2 }));
        GoTest.Run(static async () =>
        {
            await Go.SleepAsync(s_hour);
            Assert.Equal(1, Go.Count);
        });
        Volatile.Write(ref stop, true);
    }

    [Fact]
    public void Run_AsyncVoidThatThrows_FailsTheTest() => Assert.Throws<GoroutinePanicException>(static () => GoTest.Run(static async () =>
    {
        Fail();
        await Go.SleepAsync(s_hour);

        static async void Fail()
        {
            await Go.Yield();
            throw new FormatException();
        }
    }));

    private sealed class RefusingContext : SynchronizationContext
    {
        private int _used;

        internal int Used => Volatile.Read(ref _used);

        public override void Post(SendOrPostCallback d, object? state) => Interlocked.Increment(ref _used);

        public override void Send(SendOrPostCallback d, object? state) => Interlocked.Increment(ref _used);
    }
}
