using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>What a goroutine whose body blocks does meanwhile, in its side turns, and what the body gets out of it. See
/// <see cref="BlockingOnAsyncTests"/> for the forms of blocking.</summary>
public class BlockedBodyTests
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(2);

    [Fact]
    public Task Block_ContinuationsOfOneGoroutine_NeverRunAtOnce() => Isolated.GoAsync(2, async () =>
    {
        int inside = 0;
        int most = 0;
        int turns = 0;
        await Go.Yield();
        Task[] tasks = [.. Enumerable.Range(0, 16).Select(i => Part(i))];
        Task.WaitAll(tasks);
        Assert.Equal(1, most);
        Assert.Equal(16 * 20, turns);

        async Task Part(int seed)
        {
            for (int i = 0; i < 20; i++)
            {
                switch ((seed + i) % 4)
                {
                    case 0:
                        await Task.Yield();
                        break;
                    case 1:
                        await Go.SleepAsync(TimeSpan.FromTicks(10));
                        break;
                    case 2:
                        Task.Delay(1).Wait();
                        break;
                    default:
                        await Go.Yield();
                        break;
                }

                most = Math.Max(most, Interlocked.Increment(ref inside));
                Thread.SpinWait(500);
                turns++;
                Interlocked.Decrement(ref inside);
            }
        }
    });

    [Fact]
    public Task Block_WhatFailsInside_IsThrown() => Isolated.GoAsync(1, async () =>
    {
        await Go.Yield();
        AggregateException wrapped = Assert.Throws<AggregateException>(() => Failing().Wait());
        Assert.IsType<FormatException>(wrapped.InnerException);
        Assert.Throws<FormatException>(() => Failing().GetAwaiter().GetResult());
        Assert.Throws<FormatException>(() => Go.Wait(Failing()));

        static async Task Failing()
        {
            await Go.SleepAsync(s_moment);
            throw new FormatException();
        }
    });

    [Fact]
    public Task Block_CancelledInside_IsThrown() => Isolated.GoAsync(1, async () =>
    {
        await Go.Yield();
        using var source = new CancellationTokenSource();
        var never = new Chan<int>();
        Go.Spawn(async () =>
        {
            await Go.SleepAsync(s_moment);
            source.Cancel();
        });
        OperationCanceledException exception = Assert.ThrowsAny<OperationCanceledException>(() => Cancelled().GetAwaiter().GetResult());
        Assert.Equal(source.Token, exception.CancellationToken);

        async Task Cancelled() => await never.ReceiveAsync(source.Token);
    });

    [Fact]
    public Task Block_TimesOut_TheRestGoesOnAfterwards() => Isolated.GoAsync(1, async () =>
    {
        await Go.Yield();
        var ch = new Chan<int>();
        Task<int> part = Receiving();
        Assert.False(part.Wait(5));
        await ch.SendAsync(3);
        Assert.Equal(3, await part);

        async Task<int> Receiving()
        {
            await Task.Yield();
            return (await ch.ReceiveAsync()).Value;
        }
    });

    [Fact]
    public Task Block_AsyncLocal_IsEachFlowsOwn() => Isolated.GoAsync(1, async () =>
    {
        var local = new AsyncLocal<string?> { Value = "body" };
        await Go.Yield();
        Assert.Equal("body", Inside().Result);
        Assert.Equal("body", local.Value);
        await Go.Yield();
        Assert.Equal("body", local.Value);

        async Task<string?> Inside()
        {
            string? seen = local.Value;
            local.Value = "inside";
            await Task.Delay(1);
            await Go.Yield();
            Assert.Equal("inside", local.Value);
            return seen;
        }
    });

    [Fact]
    public Task Block_TheInnerPart_HasTheGoroutinesIdAndContext() => Isolated.GoAsync(1, async () =>
    {
        await Go.Yield();
        long id = Go.CurrentId;
        SynchronizationContext? context = SynchronizationContext.Current;
        Assert.Equal((id, context), Inside().Result);

        static async Task<(long, SynchronizationContext?)> Inside()
        {
            await Task.Delay(1);
            await Go.SleepAsync(s_moment);
            return (Go.CurrentId, SynchronizationContext.Current);
        }
    });

    [Fact]
    public Task Block_OnWhatWasPostedBehind_GoesOn() => Isolated.GoAsync(1, async () =>
    {
        // Both callbacks are taken out of the inbox together; the first one blocks on the second.
        await Go.Yield();
        SynchronizationContext context = SynchronizationContext.Current!;
        using var second = new ManualResetEventSlim();
        var order = new List<int>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Task.Run(() =>
        {
            context.Post(
                _ =>
                {
                    second.Wait();
                    order.Add(1);
                },
                null);
            context.Post(
                _ =>
                {
                    order.Add(2);
                    second.Set();
                },
                null);
            context.Post(
                _ =>
                {
                    order.Add(3);
                    done.SetResult();
                },
                null);
        });
        await done.Task;
        while (order.Count < 3)
        {
            await Go.Yield();
        }

        Assert.True(order.IndexOf(2) < order.IndexOf(1));
    });

    [Fact]
    public Task Block_OnLocksBothWays_GoesOn() => Isolated.GoAsync(2, async () =>
    {
        // What comes back from a contended lock goes on at once, also when the goroutine is queued or in a side turn.
        object gate = new();
        int count = 0;
        Goroutine[] all = [.. Enumerable.Range(0, 8).Select(n => Go.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                Task helper = Helper();
                lock (gate)
                {
                    count++;
                }

                if (i % 8 == n)
                {
                    helper.Wait();
                }
                else
                {
                    await helper;
                }
            }
        }))];
        foreach (Goroutine one in all)
        {
            await one;
        }

        Assert.Equal(8 * 100 * 2, count);

        async Task Helper()
        {
            await Task.Yield();
            lock (gate)
            {
                count++;
            }

            await Go.Yield();
        }
    });
}
