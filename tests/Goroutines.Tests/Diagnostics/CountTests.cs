using System.Collections.Concurrent;
using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Diagnostics;

/// <summary><c>Go.Count</c> and <c>Go.CurrentId</c>.</summary>
public class CountTests
{
    [Fact]
    public Task Count_FollowsTheGoroutines() => Isolated.RunAsync(async runtime =>
    {
        Assert.Equal(0, runtime.Count);
        var gate = new Chan<int>();
        var handles = Enumerable.Range(0, 50).Select(_ => runtime.Run(async () => await gate.ReceiveAsync())).ToList();
        Assert.Equal(50, runtime.Count);

        for (int i = 1; i <= 50; i++)
        {
            await gate.SendAsync(i);
            await Poll.UntilAsync(() => runtime.Count == 50 - i, $"the count to fall to {50 - i}");
        }

        foreach (var handle in handles)
        {
            await handle.JoinAsync();
        }
    });

    [Fact]
    public Task Count_InsideAGoroutine_CountsItAndItsQueuedChildren() => Isolated.OneAtATimeAsync(async () =>
    {
        Assert.Equal(1, Go.Count);
        Go.Spawn(() => default);
        Go.Spawn(() => default);
        Assert.Equal(3, Go.Count);
        Assert.Equal(3, GoRuntime.Current.Count);
        while (Go.Count > 1)
        {
            await Go.Yield();
        }
    });

    [Fact]
    public Task Count_PanickedAndFailedGoroutines_AreGone() => Isolated.RunAsync(
        async runtime =>
        {
            for (int i = 0; i < 20; i++)
            {
                runtime.Spawn(async () =>
                {
                    await Go.Yield();
                    throw new FormatException();
                });
            }

            await Assert.ThrowsAsync<FormatException>(async () => await runtime.Run(
                async ValueTask () =>
                {
                    await Go.Yield();
                    throw new FormatException();
                }).JoinAsync());

            await Poll.UntilAsync(() => runtime.Count == 0, "all of them to be gone");
        },
        new GoRuntimeOptions { PanicHandler = static _ => { } });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Count_WhoeverHearsOfTheEnd_FindsTheGoroutineGone(bool stackful) => Isolated.RunAsync(async runtime =>
    {
        var scheduler = runtime.Scheduler;
        var outcome = new CountingOutcome(runtime);
        if (stackful)
        {
            var goroutine = new ActionG(scheduler, scheduler.NewGoroutineId(), static () => { }, null, 0);
            goroutine.Owner = outcome;
            scheduler.Spawn(goroutine);
        }
        else
        {
            var goroutine = new ValueTaskG(scheduler, scheduler.NewGoroutineId(), static () => Go.Yield(), null, 0);
            goroutine.Owner = outcome;
            scheduler.Spawn(goroutine);
        }

        Assert.Equal((0, true), await outcome.Told.Task);
    });

    [Fact]
    public Task Count_WhileTheFailureIsReported_TheGoroutineIsStillThere() => Isolated.RunAsync(async runtime =>
    {
        int atPanic = -1;
        int atCancel = -1;
        bool dumped = false;
        runtime.PanicHandler = info =>
        {
            atPanic = runtime.Count;
            dumped = runtime.Snapshot().Any(g => g.Id == info.GoroutineId);
        };
        await runtime.Run(async () =>
        {
            var group = new WaitGroup();
            group.Spawn(ValueTask () => throw new FormatException());
            await group.WaitAsync();
            var errors = new ErrGroup();
            errors.CancellationToken.Register(() => Volatile.Write(ref atCancel, runtime.Count));
            errors.Spawn(ValueTask () => throw new FormatException());
            await Assert.ThrowsAsync<FormatException>(async () => await errors.WaitAsync());
        }).JoinAsync();

        Assert.Equal(2, atPanic);
        Assert.True(dumped);
        Assert.Equal(2, atCancel);
        Assert.Equal(0, runtime.Count);
    });

    [Fact]
    public async Task CurrentId_OutsideAGoroutine_IsZero()
    {
        Assert.Equal(0, Go.CurrentId);
        Assert.Equal(0, await Task.Run(() => Go.CurrentId));
        Assert.Equal(0, await PlainThread.Run(() => Go.CurrentId));
    }

    [Fact]
    public Task CurrentId_InATaskOrThreadStartedByAGoroutine_IsZero() => Isolated.GoAsync(async () =>
    {
        Assert.NotEqual(0, Go.CurrentId);
        Assert.Equal(0, await Task.Run(() => Go.CurrentId));
        Assert.Equal(0, await PlainThread.Run(() => Go.CurrentId));
        Assert.NotEqual(0, Go.CurrentId);
    });

    [Fact]
    public Task CurrentId_ManyGoroutines_AreUniqueAndPositive() => Isolated.RunAsync(async runtime =>
    {
        var ids = new ConcurrentBag<long>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PlainThread.Run(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                runtime.Spawn(async () =>
                {
                    ids.Add(Go.CurrentId);
                    for (int j = 0; j < 10; j++)
                    {
                        Go.Spawn(() =>
                        {
                            ids.Add(Go.CurrentId);
                            return default;
                        });
                    }

                    await Go.Yield();
                });
            }
        })));
        await Poll.UntilAsync(() => runtime.Count == 0, "all of them to end");

        Assert.Equal(4400, ids.Count);
        Assert.Equal(4400, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(id > 0));
    });

    [Fact]
    public Task CurrentId_AfterEveryKindOfWait_IsTheSame() => Isolated.GoAsync(async () =>
    {
        long me = Go.CurrentId;
        var values = new Chan<int>();
        Go.Spawn(async () =>
        {
            await values.SendAsync(1);
            await values.SendAsync(2);
            await values.ReceiveAsync();
        });

        await values.ReceiveAsync();
        Assert.Equal(me, Go.CurrentId);
        await new Select().Receive(values, out _).WaitAsync();
        Assert.Equal(me, Go.CurrentId);
        await values.SendAsync(3);
        Assert.Equal(me, Go.CurrentId);
        await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
        Assert.Equal(me, Go.CurrentId);
        await Go.After(TimeSpan.FromMilliseconds(1)).ReceiveAsync();
        Assert.Equal(me, Go.CurrentId);
        await Go.Yield();
        Assert.Equal(me, Go.CurrentId);
    });

    /// <summary>Counts at the moment at which those who wait for the goroutine are woken.</summary>
    private sealed class CountingOutcome(GoRuntime runtime) : IOutcomeOwner
    {
        internal TaskCompletionSource<(int Count, bool Ended)> Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnFailing(G goroutine, Exception failure) => Told.TrySetException(failure);

        public void OnCompleted(G goroutine, Exception? failure) => Told.TrySetResult((runtime.Count, goroutine.HasEnded));
    }
}
