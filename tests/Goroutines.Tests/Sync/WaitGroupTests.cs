using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>What <see cref="WaitGroup"/> promises wherever it is used. Go's sync/waitgroup_test.go is among it, named where it is.</summary>
public abstract class WaitGroupTests(Place place)
{
    [Fact(DisplayName = "TestWaitGroup")]
    public Task WaitAsync_UsedAgainAndAgain_ReleasesAllAtZero() => place.Run(async () =>
    {
        const int Users = 16;
        var first = new WaitGroup();
        var second = new WaitGroup();
        for (int round = 0; round < 8; round++)
        {
            first.Add(Users);
            second.Add(Users);
            var exited = new Chan<bool>(Users);
            Task all = Task.WhenAll(Enumerable.Range(0, Users).Select(_ => place.Start(async () =>
            {
                first.Done();
                await second.WaitAsync();
                await exited.SendAsync(true);
            })));
            await first.WaitAsync();
            for (int i = 0; i < Users; i++)
            {
                Assert.False(exited.TryReceive(out _), "The group was released too soon.");
                second.Done();
            }

            for (int i = 0; i < Users; i++)
            {
                await exited.ReceiveAsync();
            }

            await all;
        }
    });

    [Fact(DisplayName = "TestWaitGroupMisuse")]
    public Task Done_BelowZero_Throws() => place.Run(() =>
    {
        var group = new WaitGroup();
        group.Add(1);
        group.Done();
        Assert.Equal("negative WaitGroup counter", Assert.Throws<InvalidOperationException>(group.Done).Message);
        Assert.Equal(0, group.Count);
        Assert.Throws<InvalidOperationException>(() => group.Add(-1));
        group.Add(2);
        Assert.Throws<InvalidOperationException>(() => group.Add(-3));
        Assert.Equal(2, group.Count);
        return Task.CompletedTask;
    });

    [Fact(DisplayName = "TestWaitGroupRace")]
    public Task WaitAsync_ManyShortRounds_NeverReturnsTooSoon() => place.Run(async () =>
    {
        for (int round = 0; round < 500; round++)
        {
            var group = new WaitGroup();
            int done = 0;
            group.Add(1);
            Task first = place.Start(Work);
            group.Add(1);
            Task second = place.Start(Work);
            await group.WaitAsync();
            Assert.Equal(2, Volatile.Read(ref done));
            await Task.WhenAll(first, second);

            Task Work()
            {
                Interlocked.Increment(ref done);
                group.Done();
                return Task.CompletedTask;
            }
        }
    });

    [Fact(DisplayName = "TestWaitGroupGo")]
    public Task Spawn_CountsItselfOff() => place.Run(async () =>
    {
        var group = new WaitGroup();
        int ran = 0;
        group.Spawn(async () =>
        {
            await Go.Yield();
            Interlocked.Increment(ref ran);
        });
        group.Spawn(new Func<Task>(() =>
        {
            Interlocked.Increment(ref ran);
            return Task.CompletedTask;
        }));
        group.Spawn(() =>
        {
            Interlocked.Increment(ref ran);
        });
        await group.WaitAsync();
        Assert.Equal(3, ran);
        Assert.Equal(0, group.Count);
    });

    [Fact]
    public Task WaitAsync_CountIsZero_ReturnsAtOnce() => place.Run(async () =>
    {
        var group = new WaitGroup();
        ValueTask wait = group.WaitAsync();
        Assert.True(wait.IsCompletedSuccessfully);
        await wait;
        group.Add(3);
        group.Add(-3);
        Assert.True(group.WaitAsync().IsCompletedSuccessfully);
    });

    [Fact]
    public Task Add_ToZeroAtOnce_ReleasesEveryWaiter() => place.Run(async () =>
    {
        var group = new WaitGroup();
        group.Add(5);
        Task[] waits = [.. Enumerable.Range(0, 10).Select(_ => group.WaitAsync().AsTask())];
        Assert.Equal(5, group.Count);
        group.Add(-5);
        await Task.WhenAll(waits);
    });

    [Fact]
    public Task Add_TooMuch_ThrowsAndChangesNothing() => place.Run(() =>
    {
        var group = new WaitGroup();
        group.Add(int.MaxValue);
        Assert.Throws<InvalidOperationException>(() => group.Add(1));
        Assert.Equal(int.MaxValue, group.Count);
        return Task.CompletedTask;
    });

    [Fact]
    public Task WaitAsync_Cancelled_ThrowsAndLeavesTheOthers() => place.Run(async () =>
    {
        var group = new WaitGroup();
        using var source = new CancellationTokenSource();
        group.Add(1);
        Task cancelled = group.WaitAsync(source.Token).AsTask();
        Task other = group.WaitAsync().AsTask();
        await source.CancelAsync();
        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(source.Token, thrown.CancellationToken);
        Assert.Equal(1, group.Count);
        group.Done();
        await other;
    });

    [Fact]
    public Task WaitAsync_TheOnlyWaiterIsCancelled_TheGroupGoesOn() => place.Run(async () =>
    {
        var group = new WaitGroup();
        using var source = new CancellationTokenSource();
        group.Add(1);
        Task cancelled = group.WaitAsync(source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        group.Done();
        await group.WaitAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => group.WaitAsync(source.Token).AsTask());
    });

    [Fact]
    public Task WaitAsync_ReusedBeforeItReturned_Throws() => place.Run(async () =>
    {
        var group = new WaitGroup();
        group.Add(1);
        ValueTask wait = group.WaitAsync();
        group.Done();
        group.Add(1);
        InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () => await wait);
        Assert.Contains("reused before previous Wait has returned", thrown.Message, StringComparison.Ordinal);
        group.Done();
        await group.WaitAsync();
    });

    [Fact]
    public Task Spawn_NoBody_ThrowsAndCountsNothing() => place.Run(() =>
    {
        var group = new WaitGroup();
        Assert.Throws<ArgumentNullException>(() => group.Spawn((Func<ValueTask>)null!));
        Assert.Throws<ArgumentNullException>(() => group.Spawn((Func<Task>)null!));
        Assert.Throws<ArgumentNullException>(() => group.Spawn((Action)null!));
        Assert.Equal(0, group.Count);
        return Task.CompletedTask;
    });

    [Fact]
    public Task Wait_Synchronous_WaitsForTheGoroutines() => place.Run(async () =>
    {
        var group = new WaitGroup();
        int done = 0;
        for (int i = 0; i < 10; i++)
        {
            group.Spawn(async () =>
            {
                await Go.Yield();
                Interlocked.Increment(ref done);
            });
        }

        await PlainThread.Run(group.Wait);
        Assert.Equal(10, done);
    });
}

public sealed class WaitGroupInPoolTests() : WaitGroupTests(Place.Pool);

public sealed class WaitGroupInGoroutineTests() : WaitGroupTests(Place.Goroutine);

/// <summary>Goroutines of a group that fail or can't be started.</summary>
public class WaitGroupSpawnTests
{
    [Fact(DisplayName = "TestIssue76126: the panic is reported before the wait returns")]
    public async Task Spawn_BodyThrows_PanicsAndThenCountsAsDone()
    {
        var order = new List<string>();
        await Isolated.GoAsync(
            async () =>
            {
                var group = new WaitGroup();
                group.Spawn(async () =>
                {
                    await Go.Yield();
                    throw new InvalidOperationException("test");
                });
                await group.WaitAsync();
                order.Add("waited");
            },
            new GoRuntimeOptions { PanicHandler = panic => order.Add(panic.Exception.Message) });
        Assert.Equal(["test", "waited"], order);
    }

    [Fact]
    public async Task Spawn_SynchronousBodyThrows_PanicsAndThenCountsAsDone()
    {
        var order = new List<string>();
        await Isolated.GoAsync(
            async () =>
            {
                var group = new WaitGroup();
                group.Spawn(new Action(() => throw new InvalidOperationException("test")));
                await group.WaitAsync();
                order.Add("waited");
            },
            new GoRuntimeOptions { PanicHandler = panic => order.Add(panic.Exception.Message) });
        Assert.Equal(["test", "waited"], order);
    }

    [Fact]
    public async Task Spawn_RuntimeStopped_ThrowsAndCountsNothing()
    {
        var runtime = new GoRuntime(new GoRuntimeOptions { MaxProcs = 1 });
        var go = new Chan<bool>();
        var group = new WaitGroup();
        Goroutine spawner = runtime.Run(async () =>
        {
            await go.ReceiveAsync();
            group.Spawn(async () => await Go.Yield());
        });
        Task<int> stopping = runtime.StopAsync(TestContext.Current.CancellationToken).AsTask();
        await go.SendAsync(true, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await spawner);
        Assert.Equal(0, group.Count);
        await stopping;
        await runtime.DisposeAsync();
    }

    [Fact]
    public Task Spawn_ParkedBody_IsShownAsCreatedByTheCaller() => Isolated.OneAtATimeAsync(async () =>
    {
        var group = new WaitGroup();
        var go = new Chan<bool>();
        group.Spawn(async () => await go.ReceiveAsync());
        await Go.Yield();
        Assert.Contains(Go.Snapshot(), info => info.CreatedAt.Contains("WaitGroupTests.cs", StringComparison.Ordinal));
        go.Close();
        await group.WaitAsync();
    });
}
