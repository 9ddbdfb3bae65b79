using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>What <see cref="Once"/> promises wherever it is used. Go's sync/once_test.go is among it, named where it is.</summary>
public abstract class OnceTests(Place place)
{
    [Fact(DisplayName = "TestOnce")]
    public Task DoAsync_ManyCallers_RunsOneActionAndAllSeeItsEffect() => place.Run(async () =>
    {
        var once = new Once();
        int count = 0;
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => place.Start(async () =>
        {
            await once.DoAsync(async () =>
            {
                await Go.Yield();
                count++;
            });
            Assert.Equal(1, count);
            Assert.True(once.Done);
        })));
        Assert.Equal(1, count);
    });

    [Fact(DisplayName = "TestOncePanic")]
    public Task DoAsync_ActionThrows_CountsAsDoneAndLaterCallsReturn() => place.Run(async () =>
    {
        var once = new Once();
        InvalidOperationException failure = new("failed");
        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => once.DoAsync(() => throw failure).AsTask()));
        Assert.True(once.Done);
        await once.DoAsync(() => throw new InvalidOperationException("called twice"));
        once.Do(() => throw new InvalidOperationException("called twice"));
    });

    [Fact]
    public Task DoAsync_ActionThrowsWhileOthersWait_AllOfThemGetTheException() => place.Run(async () =>
    {
        var once = new Once();
        var go = new Chan<bool>();
        InvalidOperationException failure = new("failed");
        Task runner = once.DoAsync(async () =>
        {
            await go.ReceiveAsync();
            throw failure;
        }).AsTask();
        Task[] waiters = [.. Enumerable.Range(0, 3).Select(_ => once.DoAsync(() => throw new InvalidOperationException("called twice")).AsTask())];
        Goroutine synchronous = Go.Run(() => once.Do(() => throw new InvalidOperationException("called twice")));
        await Poll.UntilAsync(
            () => GoRuntime.Current.Snapshot().Any(info => info.Id == synchronous.Id && info.WaitReason == "sync.Once.Do"),
            "the synchronous caller to wait");
        Assert.False(once.Done);
        await go.SendAsync(true);
        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => runner));
        foreach (Task waiter in waiters)
        {
            Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => waiter));
        }

        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(async () => await synchronous));
    });

    [Fact]
    public Task DoAsync_WaiterCancelled_LeavesTheAction() => place.Run(async () =>
    {
        var once = new Once();
        var go = new Chan<bool>();
        using var source = new CancellationTokenSource();
        Task runner = once.DoAsync(async () => await go.ReceiveAsync()).AsTask();
        Task cancelled = once.DoAsync(() => default, source.Token).AsTask();
        Task waiter = once.DoAsync(() => default).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(once.Done);
        await go.SendAsync(true);
        await Task.WhenAll(runner, waiter);
    });

    [Fact]
    public Task DoAsync_TokenCancelledBefore_RunsNothing() => place.Run(async () =>
    {
        var once = new Once();
        var token = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => once.DoAsync(() => default, token).AsTask());
        Assert.False(once.Done);
        await once.DoAsync(() => default);
        await once.DoAsync(() => default, token); // nothing to wait for
    });

    [Fact]
    public Task Do_ManyThreads_RunsOneAction() => place.Run(async () =>
    {
        var once = new Once();
        int count = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PlainThread.Run(() =>
        {
            once.Do(() =>
            {
                Thread.Sleep(1);
                count++;
            });
            Assert.Equal(1, count);
        })));
    });

    [Fact]
    public Task NoAction_Throws() => place.Run(async () =>
    {
        var once = new Once();
        await Assert.ThrowsAsync<ArgumentNullException>(() => once.DoAsync(null!).AsTask());
        Assert.Throws<ArgumentNullException>(() => once.Do(null!));
        Assert.False(once.Done);
    });
}

public sealed class OnceInPoolTests() : OnceTests(Place.Pool);

public sealed class OnceInGoroutineTests() : OnceTests(Place.Goroutine);
