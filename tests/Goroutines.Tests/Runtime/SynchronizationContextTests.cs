using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>The goroutine is its body's synchronization context: foreign awaits come back to it.</summary>
public class SynchronizationContextTests
{
    private static GoRuntimeOptions OneP => new() { MaxProcs = 1 };

    [Fact]
    public Task Current_InsideAGoroutine_IsItsOwn() => Isolated.GoAsync(
        async () =>
        {
            var mine = SynchronizationContext.Current;
            Assert.NotNull(mine);
            var others = await Go.Run(() => new ValueTask<SynchronizationContext?>(SynchronizationContext.Current));
            Assert.NotNull(others);
            Assert.NotSame(mine, others);

            await Go.Yield();
            Assert.Same(mine, SynchronizationContext.Current);
            await Task.Delay(1);
            Assert.Same(mine, SynchronizationContext.Current);
            await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            Assert.Same(mine, SynchronizationContext.Current);
        },
        OneP);

    public enum Foreign
    {
        TaskDelay,
        TaskRun,
        TaskYield,
        CompletedByThread,
        Failed,
        Cancelled,
    }

    [Theory]
    [InlineData(Foreign.TaskDelay)]
    [InlineData(Foreign.TaskRun)]
    [InlineData(Foreign.TaskYield)]
    [InlineData(Foreign.CompletedByThread)]
    [InlineData(Foreign.Failed)]
    [InlineData(Foreign.Cancelled)]
    public Task ForeignAwait_ResumesOnTheSameGoroutine(Foreign kind) => Isolated.GoAsync(async () =>
    {
        long me = Go.CurrentId;
        var context = SynchronizationContext.Current;
        for (int i = 0; i < 20; i++)
        {
            switch (kind)
            {
                case Foreign.TaskDelay:
                    await Task.Delay(1);
                    break;
                case Foreign.TaskRun:
                    Assert.Equal(0, await Task.Run(() => Go.CurrentId));
                    break;
                case Foreign.TaskYield:
                    await Task.Yield();
                    break;
                case Foreign.CompletedByThread:
                    var completed = new TaskCompletionSource();
                    new Thread(completed.SetResult) { IsBackground = true }.Start();
                    await completed.Task;
                    break;
                case Foreign.Failed:
                    await Assert.ThrowsAsync<FormatException>(async () => await Task.Run(() => throw new FormatException()));
                    break;
                case Foreign.Cancelled:
                    using (var cts = new CancellationTokenSource(1))
                    {
                        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Task.Delay(-1, cts.Token));
                    }

                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(kind));
            }

            Assert.Equal(me, Go.CurrentId);
            Assert.Same(context, SynchronizationContext.Current);
            Assert.False(Thread.CurrentThread.IsThreadPoolThread);
        }
    });

    [Fact]
    public Task ConfigureAwaitFalse_LeavesTheGoroutineUntilTheNextOrdinaryAwait() => Isolated.GoAsync(async () =>
    {
        long me = Go.CurrentId;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leaving = Leave(gate.Task);
        gate.SetResult();

        Assert.Equal(0, await leaving);
        Assert.Equal(me, Go.CurrentId);

        static async Task<long> Leave(Task task)
        {
            await task.ConfigureAwait(false);
            return Go.CurrentId;
        }
    });

    [Fact]
    public Task ConfigureAwaitFalse_InTheBodyItself_TheGoroutineStillEnds() => Isolated.RunAsync(async runtime =>
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long id = -1;
        var handle = runtime.Run(async () =>
        {
            await gate.Task.ConfigureAwait(false);
            id = Go.CurrentId;
            return 5;
        });
        var failing = runtime.Run(async () =>
        {
            await gate.Task.ConfigureAwait(false);
            throw new FormatException("outside");
        });
        await Poll.UntilAsync(() => runtime.Snapshot().Count(info => info.WaitReason == "task") == 2, "both to wait for the gate");
        gate.SetResult();

        Assert.Equal(5, await handle.JoinAsync());
        Assert.Equal(0, id);
        await Assert.ThrowsAsync<FormatException>(async () => await failing.JoinAsync());
        await Poll.UntilAsync(() => runtime.Count == 0, "both goroutines to be gone");
    });

    [Fact]
    public Task ConfigureAwaitFalse_ChannelOperationsAfterIt_Work() => Isolated.GoAsync(async () =>
    {
        var values = new Chan<int>();
        var body = Go.Run(async () =>
        {
            await Task.Delay(1).ConfigureAwait(false);
            int first = (await values.ReceiveAsync()).Value;
            await values.SendAsync(first + 1);
            await Go.Yield();
            await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            return await new Select().Receive(values, out _).WaitAsync();
        });

        await values.SendAsync(1);
        Assert.Equal(2, (await values.ReceiveAsync()).Value);
        await values.SendAsync(3);
        Assert.Equal(0, await body);
    });

    [Fact]
    public Task Continuations_OfOneGoroutine_NeverRunInParallel() => Isolated.GoAsync(
        async () =>
        {
            const int Operations = 40;
            long me = Go.CurrentId;
            int inside = 0;
            int overlaps = 0;
            var all = new List<Task>();
            for (int i = 0; i < Operations; i++)
            {
                all.Add(Work(i));
            }

            await Task.WhenAll(all);
            Assert.Equal(0, overlaps);

            async Task Work(int i)
            {
                for (int round = 0; round < 25; round++)
                {
                    switch ((i + round) % 4)
                    {
                        case 0:
                            await Task.Run(static () => { });
                            break;
                        case 1:
                            await Task.Yield();
                            break;
                        case 2:
                            await Go.Yield();
                            break;
                        default:
                            await Go.SleepAsync(TimeSpan.FromMicroseconds(50));
                            break;
                    }

                    if (Interlocked.Increment(ref inside) != 1)
                    {
                        Interlocked.Increment(ref overlaps);
                    }

                    Assert.Equal(me, Go.CurrentId);
                    Thread.SpinWait(200);
                    Interlocked.Decrement(ref inside);
                }
            }
        },
        new GoRuntimeOptions { MaxProcs = 4 });

    [Fact]
    public Task SeveralOwnOperationsAtOnce_AllEnd() => Isolated.GoAsync(async () =>
    {
        var channels = Enumerable.Range(0, 20).Select(_ => new Chan<int>()).ToList();
        var receives = channels.Select(async channel => (await channel.ReceiveAsync()).Value).ToList();
        var sleeps = channels.Select(_ => Go.SleepAsync(TimeSpan.FromMilliseconds(1)).AsTask()).ToList();
        for (int i = 0; i < channels.Count; i++)
        {
            Go.Spawn(static async state => await state.channel.SendAsync(state.i), (channel: channels[i], i));
        }

        Assert.Equal(Enumerable.Range(0, 20), await Task.WhenAll(receives));
        await Task.WhenAll(sleeps);
    });

    [Fact]
    public Task InnerMethodLeftRunning_GoesOnAfterTheBodyEnded() => Isolated.RunAsync(async runtime =>
    {
        var gate = new TaskCompletionSource();
        var results = new Chan<int>(1);
        await runtime.Run(() =>
        {
            _ = Inner();
            return default(ValueTask);
        }).JoinAsync();

        gate.SetResult();
        Assert.Equal(1, (await results.ReceiveAsync()).Value);

        async Task Inner()
        {
            await gate.Task;
            await Go.Yield();
            results.TrySend(1);
        }
    });

    [Fact]
    public Task Post_FromOutside_RunsAsTheGoroutineButNotBesideIt() => Isolated.GoAsync(async () =>
    {
        const int Posts = 1000;
        long me = Go.CurrentId;
        var context = SynchronizationContext.Current!;
        int inside = 0;
        int posted = 0;
        int wrong = 0;
        var poster = PlainThread.Run(() =>
        {
            for (int i = 0; i < Posts; i++)
            {
                context.Post(
                    _ =>
                    {
                        bool alone = Interlocked.Increment(ref inside) == 1;
                        if (!alone || Go.CurrentId != me || SynchronizationContext.Current != context)
                        {
                            wrong++;
                        }

                        Interlocked.Decrement(ref inside);
                        posted++;
                    },
                    null);
            }
        });

        while (posted < Posts)
        {
            if (Interlocked.Increment(ref inside) != 1)
            {
                wrong++;
            }

            Thread.SpinWait(100);
            Interlocked.Decrement(ref inside);
            await Go.Yield();
        }

        await poster;
        Assert.Equal(0, wrong);
    });

    [Fact]
    public Task Post_ToAWaitingGoroutine_RunsWhileItWaitsAndInOrder() => Isolated.RunAsync(async runtime =>
    {
        var gate = new Chan<int>();
        var contexts = new Chan<SynchronizationContext>(1);
        var handle = runtime.Run(async () =>
        {
            contexts.TrySend(SynchronizationContext.Current!);
            return (await gate.ReceiveAsync()).Value;
        });
        var context = (await contexts.ReceiveAsync()).Value;
        await Poll.UntilAsync(() => runtime.Snapshot().Any(info => info.WaitReason == "chan receive"), "the goroutine to wait");

        var order = new List<int>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (int i = 0; i < 100; i++)
        {
            context.Post(state => order.Add((int)state!), i);
        }

        context.Post(_ => done.SetResult(), null);
        await done.Task;

        Assert.Equal(Enumerable.Range(0, 100), order);
        await gate.SendAsync(6);
        Assert.Equal(6, await handle.JoinAsync());
    });

    [Fact]
    public Task Send_FromOutside_WaitsForTheCallback() => Isolated.RunAsync(async runtime =>
    {
        var gate = new Chan<int>();
        var contexts = new Chan<SynchronizationContext>(1);
        var handle = runtime.Run(async () =>
        {
            contexts.TrySend(SynchronizationContext.Current!);
            await gate.ReceiveAsync();
        });
        var context = (await contexts.ReceiveAsync()).Value;

        await PlainThread.Run(() =>
        {
            long id = 0;
            context.Send(_ => id = Go.CurrentId, null);
            Assert.Equal(handle.Id, id);

            var expected = new FormatException("sent");
            Assert.Same(expected, Assert.Throws<FormatException>(() => context.Send(_ => throw expected, null)));
        });

        await gate.SendAsync(1);
        await handle.JoinAsync();
    });

    [Fact]
    public Task Send_FromItsOwnGoroutine_RunsInline() => Isolated.GoAsync(() =>
    {
        int thread = 0;
        SynchronizationContext.Current!.Send(_ => thread = Environment.CurrentManagedThreadId, null);
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
        return Task.CompletedTask;
    });

    [Fact]
    public Task Post_CallbackThrows_IsAPanicAndTheGoroutineGoesOn()
    {
        var panics = new Chan<PanicInfo>(1);
        return Isolated.GoAsync(
            async () =>
            {
                long me = Go.CurrentId;
                SynchronizationContext.Current!.Post(static _ => throw new FormatException("posted"), null);

                var (panic, _) = await panics.ReceiveAsync();

                Assert.Equal("posted", Assert.IsType<FormatException>(panic.Exception).Message);
                Assert.Equal(me, panic.GoroutineId);
                Assert.Equal(me, Go.CurrentId);
            },
            new GoRuntimeOptions { MaxProcs = 1, PanicHandler = panic => panics.TrySend(panic) });
    }

    [Fact]
    public Task AsyncVoid_InsideAGoroutine_RunsThereAndItsExceptionIsAPanic()
    {
        var panics = new Chan<PanicInfo>(1);
        return Isolated.GoAsync(
            async () =>
            {
                long me = Go.CurrentId;
                long inner = 0;
                FireAndForget();

                var (panic, _) = await panics.ReceiveAsync();

                Assert.Equal("async void", Assert.IsType<FormatException>(panic.Exception).Message);
                Assert.Equal(me, panic.GoroutineId);
                Assert.Equal(me, inner);

                async void FireAndForget()
                {
                    await Task.Delay(1);
                    inner = Go.CurrentId;
                    throw new FormatException("async void");
                }
            },
            new GoRuntimeOptions { PanicHandler = panic => panics.TrySend(panic) });
    }
}
