using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>What <see cref="SingleFlight{TKey, TResult}"/> promises wherever it is used. x/sync's singleflight_test.go is among it, named where it is.</summary>
public abstract class SingleFlightTests(Place place)
{
    [Fact(DisplayName = "TestDo, TestDoChan")]
    public Task DoAsync_Alone_GivesTheResult() => place.Run(async () =>
    {
        var flights = new SingleFlight<string, string>();
        Assert.Equal(("bar", false), await flights.DoAsync("key", () => new ValueTask<string>("bar")));
        Assert.Equal(("baz", false), await flights.DoAsync("key", () => new ValueTask<string>("baz"), new CancellationTokenSource().Token));
        Assert.Equal(("qux", false), flights.Do("key", () => "qux"));
    });

    [Fact(DisplayName = "TestDoErr")]
    public Task DoAsync_CallThrows_ThrowsTheSameAndIsNotRemembered() => place.Run(async () =>
    {
        var flights = new SingleFlight<string, int>();
        InvalidOperationException failure = new("Some error");
        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => flights.DoAsync("key", () => throw failure).AsTask()));
        Assert.Equal((1, false), await flights.DoAsync("key", () => new ValueTask<int>(1)));
    });

    [Fact(DisplayName = "TestDoDupSuppress")]
    public Task DoAsync_ManyCallersAtOnce_MakesOneCallAndAllShare() => place.Run(async () =>
    {
        const int Callers = 10;
        var flights = new SingleFlight<string, string>();
        var go = new Chan<string>();
        int calls = 0;
        Task<(string, bool)>[] all = [.. Enumerable.Range(0, Callers).Select(_ => flights.DoAsync("key", async () =>
        {
            calls++;
            return (await go.ReceiveAsync()).Value;
        }).AsTask())];
        await go.SendAsync("bar");
        Assert.All(await Task.WhenAll(all), result => Assert.Equal(("bar", true), result));
        Assert.Equal(1, calls);
    });

    [Fact]
    public Task DoAsync_DifferentKeys_DoNotWaitForEachOther() => place.Run(async () =>
    {
        var flights = new SingleFlight<string, int>(StringComparer.OrdinalIgnoreCase);
        var go = new Chan<int>();
        Task<(int, bool)> first = flights.DoAsync("a", async () => (await go.ReceiveAsync()).Value).AsTask();
        Task<(int, bool)> same = flights.DoAsync("A", () => throw new InvalidOperationException("called twice")).AsTask();
        Assert.Equal((2, false), await flights.DoAsync("b", () => new ValueTask<int>(2)));
        await go.SendAsync(1);
        Assert.Equal((1, true), await first);
        Assert.Equal((1, true), await same);
    });

    [Fact(DisplayName = "TestForget")]
    public Task Forget_TheNextCallerMakesACallOfItsOwn() => place.Run(async () =>
    {
        var flights = new SingleFlight<string, int>();
        var unblockFirst = new Chan<int>();
        var unblockSecond = new Chan<int>();
        Task<(int, bool)> first = flights.DoAsync("key", async () => (await unblockFirst.ReceiveAsync()).Value).AsTask();
        flights.Forget("key");
        Task<(int, bool)> second = flights.DoAsync("key", async () => (await unblockSecond.ReceiveAsync()).Value).AsTask();
        await unblockFirst.SendAsync(1);
        Assert.Equal((1, false), await first);

        // The end of the first must not have taken the second out.
        Task<(int, bool)> third = flights.DoAsync("key", () => throw new InvalidOperationException("called twice")).AsTask();
        await unblockSecond.SendAsync(2);
        Assert.Equal((2, true), await second);
        Assert.Equal((2, true), await third);
        flights.Forget("none");
    });

    [Fact(DisplayName = "TestPanicDo")]
    public Task DoAsync_CallThrows_EveryCallerThatSharedItThrows() => place.Run(async () =>
    {
        var flights = new SingleFlight<string, int>();
        var go = new Chan<bool>();
        InvalidOperationException failure = new("Panicking in Do");
        Task<(int, bool)>[] all = [.. Enumerable.Range(0, 5).Select(_ => flights.DoAsync("key", async () =>
        {
            await go.ReceiveAsync();
            throw failure;
        }).AsTask())];
        await go.SendAsync(true);
        foreach (Task<(int, bool)> one in all)
        {
            Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => one));
        }

        Assert.Equal((1, false), await flights.DoAsync("key", () => new ValueTask<int>(1)));
    });

    [Fact]
    public Task DoAsync_FollowerCancelled_LeavesAloneAndDoesNotCount() => place.Run(async () =>
    {
        var flights = new SingleFlight<string, int>();
        var go = new Chan<int>();
        using var source = new CancellationTokenSource();
        Task<(int, bool)> leader = flights.DoAsync("key", async () => (await go.ReceiveAsync()).Value).AsTask();
        Task<(int, bool)> follower = flights.DoAsync("key", () => throw new InvalidOperationException("called twice"), source.Token).AsTask();
        await source.CancelAsync();
        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follower);
        Assert.Equal(source.Token, thrown.CancellationToken);
        await go.SendAsync(1);
        Assert.Equal((1, false), await leader);
    });

    [Fact]
    public Task DoAsync_LeaderCancelled_TheCallGoesOnForTheOthers() => place.Run(async () =>
    {
        var flights = new SingleFlight<string, int>();
        var go = new Chan<int>();
        using var source = new CancellationTokenSource();
        Task<(int, bool)> leader = flights.DoAsync("key", async () => (await go.ReceiveAsync()).Value, source.Token).AsTask();
        Task<(int, bool)>[] followers = [.. Enumerable.Range(0, 2).Select(_ => flights.DoAsync("key", () => throw new InvalidOperationException("called twice")).AsTask())];
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        await go.SendAsync(1);
        Assert.All(await Task.WhenAll(followers), result => Assert.Equal((1, true), result));
    });

    [Fact]
    public Task DoAsync_TheCallEndsWithItsLeadersCancellation_AnotherMakesItAnew() => place.Run(async () =>
    {
        var flights = new SingleFlight<string, int>();
        var go = new Chan<int>();
        using var source = new CancellationTokenSource();
        int calls = 0;
        Task<(int, bool)> leader = flights.DoAsync("key", () => Call(source.Token), source.Token).AsTask();
        Task<(int, bool)>[] followers = [.. Enumerable.Range(0, 3).Select(_ => flights.DoAsync("key", () => Call(CancellationToken.None)).AsTask())];
        await Poll.UntilAsync(() => Volatile.Read(ref calls) == 1, "the call of the leader");
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        go.Close();

        // One that comes to it late finds the second call at its end, and makes another.
        Assert.All(await Task.WhenAll(followers), result => Assert.Equal(7, result.Item1));
        Assert.InRange(calls, 2, 4);

        async ValueTask<int> Call(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref calls);
            return (await go.ReceiveAsync(cancellationToken)).Ok ? 0 : 7;
        }
    });

    [Fact]
    public Task DoAsync_TokenCancelledBefore_MakesNoCall() => place.Run(async () =>
    {
        var flights = new SingleFlight<string, int>();
        int calls = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => flights.DoAsync("key", () => new ValueTask<int>(++calls), new CancellationToken(canceled: true)).AsTask());
        Assert.Equal(0, calls);
    });

    [Fact]
    public Task DoAsync_OneAfterTheOther_MakesEachCall() => place.Run(async () =>
    {
        var flights = new SingleFlight<int, int>();
        int calls = 0;
        for (int i = 1; i <= 100; i++)
        {
            Assert.Equal((i, false), await flights.DoAsync(7, async () =>
            {
                await Go.Yield();
                return ++calls;
            }));
        }
    });

    [Fact]
    public Task NoKeyOrCall_Throws() => place.Run(async () =>
    {
        var flights = new SingleFlight<string, int>();
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await flights.DoAsync(null!, () => new ValueTask<int>(1)));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await flights.DoAsync("key", null!));
        Assert.Throws<ArgumentNullException>(() => flights.Forget(null!));
    });
}

public sealed class SingleFlightInPoolTests() : SingleFlightTests(Place.Pool);

public sealed class SingleFlightInGoroutineTests() : SingleFlightTests(Place.Goroutine);
