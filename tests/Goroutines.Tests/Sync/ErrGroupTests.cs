using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>What <see cref="ErrGroup"/> promises wherever it is used. x/sync's errgroup_test.go is among it, named where it is.</summary>
public abstract class ErrGroupTests(Place place)
{
    private static readonly InvalidOperationException s_first = new("group_test: 1");
    private static readonly InvalidOperationException s_second = new("group_test: 2");

    public static TheoryData<int[]> Failures => new(Array.Empty<int>(), new[] { 0 }, new[] { 1 }, new[] { 1, 0 }, new[] { 1, 0, 2 });

    [Theory(DisplayName = "TestZeroGroup")]
    [MemberData(nameof(Failures))]
    public Task WaitAsync_AfterEachOfSeveral_ThrowsTheFirstFailure(int[] failures) => place.Run(async () =>
    {
        var group = new ErrGroup();
        Exception? first = null;
        foreach (int failure in failures)
        {
            Exception? thrown = Failure(failure);
            first ??= thrown;
            group.Spawn(() => Fail(thrown));
            Assert.Same(first, await Outcome(group));
        }
    });

    [Theory(DisplayName = "TestWithContext")]
    [MemberData(nameof(Failures))]
    public Task WaitAsync_Returned_TheTokenIsCancelled(int[] failures) => place.Run(async () =>
    {
        var group = new ErrGroup();
        foreach (int failure in failures)
        {
            Exception? thrown = Failure(failure);
            group.Spawn(() => Fail(thrown));
        }

        Exception? outcome = await Outcome(group);
        Assert.Equal(failures.Any(failure => failure != 0), outcome is not null);
        Assert.True(group.CancellationToken.IsCancellationRequested);
    });

    [Fact]
    public Task FirstFailure_CancelsTheTokenAtOnce_AndIsTheOneThrown() => place.Run(async () =>
    {
        var group = new ErrGroup();
        var seen = new Chan<bool>(1);
        group.Spawn(async () =>
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Go.SleepAsync(Timeout.InfiniteTimeSpan, group.CancellationToken).AsTask());
            await seen.SendAsync(true);
            throw s_second;
        });
        Assert.False(group.CancellationToken.IsCancellationRequested);
        group.Spawn(async () =>
        {
            await Go.Yield();
            throw s_first;
        });
        Assert.True((await seen.ReceiveAsync()).Ok);
        Assert.Same(s_first, await Outcome(group));
    });

    [Fact(DisplayName = "TestTryGo")]
    public Task TrySpawn_SucceedsBelowTheLimit() => place.Run(async () =>
    {
        const int Limit = 42;
        var group = new ErrGroup { Limit = Limit };
        Assert.Equal(Limit, group.Limit);
        var channel = new Chan<bool>();
        Func<ValueTask> body = () => channel.SendAsync(true);
        for (int i = 0; i < Limit; i++)
        {
            Assert.True(group.TrySpawn(body));
        }

        Assert.False(group.TrySpawn(body));
        for (int i = 0; i < Limit; i++)
        {
            await channel.ReceiveAsync();
        }

        await group.WaitAsync();
        Assert.True(group.TrySpawn(body));
        await channel.ReceiveAsync();
        await group.WaitAsync();

        group.Limit = 1;
        Assert.True(group.TrySpawn(body));
        Assert.False(group.TrySpawn(body));
        await channel.ReceiveAsync();
        await group.WaitAsync();
    });

    [Fact(DisplayName = "TestGoLimit")]
    public Task Spawn_WithALimit_WaitsForAPlace() => place.Run(async () =>
    {
        const int Limit = 10;
        var group = new ErrGroup { Limit = Limit };
        int active = 0;
        int total = 0;
        for (int i = 0; i < 300; i++)
        {
            group.Spawn(Body);
            await group.SpawnAsync(Body, TestContext.Current.CancellationToken);
        }

        await group.WaitAsync();
        Assert.Equal(600, total);

        async ValueTask Body()
        {
            int now = Interlocked.Increment(ref active);
            if (now > Limit)
            {
                throw new InvalidOperationException($"saw {now} active goroutines; want at most {Limit}");
            }

            await Go.Yield();
            Interlocked.Increment(ref total);
            Interlocked.Decrement(ref active);
        }
    });

    [Fact]
    public Task SpawnAsync_Cancelled_StartsNothing() => place.Run(async () =>
    {
        var group = new ErrGroup { Limit = 1 };
        var go = new Chan<bool>();
        using var source = new CancellationTokenSource();
        group.Spawn(async () => await go.ReceiveAsync());
        bool ran = false;
        Task waiting = group.SpawnAsync(
            () =>
            {
                ran = true;
                return default(ValueTask);
            },
            source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await go.SendAsync(true);
        await group.WaitAsync();
        Assert.False(ran);
        Assert.True(group.TrySpawn(() => default(ValueTask)));
        await group.WaitAsync();
    });

    [Fact]
    public Task Limit_ChangedWhileGoroutinesRun_Throws() => place.Run(async () =>
    {
        var group = new ErrGroup();
        Assert.Equal(int.MaxValue, group.Limit);
        var go = new Chan<bool>();
        group.Spawn(async () => await go.ReceiveAsync());
        Assert.Throws<InvalidOperationException>(() => group.Limit = 2);
        Assert.Equal(int.MaxValue, group.Limit);
        await go.SendAsync(true);
        await group.WaitAsync();
        group.Limit = 2;
        Assert.Equal(2, group.Limit);
        group.Limit = int.MaxValue;
        Assert.Throws<ArgumentOutOfRangeException>(() => group.Limit = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => group.Limit = -1);
    });

    [Fact]
    public Task ParentCancelled_CancelsTheGroup_AndTheCancellationIsTheFailure() => place.Run(async () =>
    {
        using var parent = new CancellationTokenSource();
        var group = new ErrGroup(parent.Token);
        group.Spawn(async () => await Go.SleepAsync(Timeout.InfiniteTimeSpan, group.CancellationToken));
        Task waiting = group.WaitAsync().AsTask();
        await parent.CancelAsync();
        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(group.CancellationToken, thrown.CancellationToken);
        Assert.True(new ErrGroup(parent.Token).CancellationToken.IsCancellationRequested);
    });

    [Fact]
    public Task WaitAsync_Cancelled_TheGroupGoesOn() => place.Run(async () =>
    {
        var group = new ErrGroup();
        var go = new Chan<bool>();
        using var source = new CancellationTokenSource();
        group.Spawn(async () => await go.ReceiveAsync());
        Task cancelled = group.WaitAsync(source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(group.CancellationToken.IsCancellationRequested);
        await go.SendAsync(true);
        await group.WaitAsync();
    });

    [Fact]
    public Task Spawn_AllKindsOfBodies_AreWaitedFor() => place.Run(async () =>
    {
        var group = new ErrGroup();
        int ran = 0;
        group.Spawn(async () =>
        {
            await Go.Yield();
            Interlocked.Increment(ref ran);
        });
        group.Spawn(new Func<Task>(async () =>
        {
            await Go.Yield();
            Interlocked.Increment(ref ran);
        }));
        group.Spawn(() =>
        {
            Interlocked.Increment(ref ran);
        });
        Assert.True(group.TrySpawn(() =>
        {
            Interlocked.Increment(ref ran);
        }));
        await group.SpawnAsync(
            new Func<Task>(() =>
            {
                Interlocked.Increment(ref ran);
                return Task.CompletedTask;
            }),
            TestContext.Current.CancellationToken);
        await PlainThread.Run(group.Wait);
        Assert.Equal(5, ran);
    });

    [Fact]
    public Task Spawn_SynchronousBodyThrows_IsTheGroupsFailure() => place.Run(async () =>
    {
        var group = new ErrGroup();
        group.Spawn(new Action(() => throw s_first));
        Assert.Same(s_first, await Outcome(group));
    });

    [Fact]
    public Task Spawn_NoBody_Throws() => place.Run(async () =>
    {
        var group = new ErrGroup { Limit = 1 };
        Assert.Throws<ArgumentNullException>(() => group.Spawn((Func<ValueTask>)null!));
        Assert.Throws<ArgumentNullException>(() => group.TrySpawn((Func<ValueTask>)null!));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await group.SpawnAsync((Func<ValueTask>)null!));
        await group.WaitAsync();
    });

    [Fact]
    public async Task CallbackOfTheTokenThrows_IsAPanic_AndTheFailureStands()
    {
        List<Exception> panics = [];
        await Isolated.GoAsync(
            async () =>
            {
                var group = new ErrGroup();
                using CancellationTokenRegistration registration = group.CancellationToken.Register(() => throw s_second);
                group.Spawn(() => Fail(s_first));
                Assert.Same(s_first, await Outcome(group));
            },
            new GoRuntimeOptions { PanicHandler = panic => panics.Add(panic.Exception) });
        AggregateException panic = Assert.IsType<AggregateException>(Assert.Single(panics));
        Assert.Same(s_second, panic.InnerException);
    }

    private static InvalidOperationException? Failure(int number) => number switch
    {
        1 => s_first,
        2 => s_second,
        _ => null,
    };

    private static ValueTask Fail(Exception? exception) => exception is null ? default : throw exception;

    private static async Task<Exception?> Outcome(ErrGroup group)
    {
        try
        {
            await group.WaitAsync();
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return exception;
        }
    }
}

public sealed class ErrGroupInPoolTests() : ErrGroupTests(Place.Pool);

public sealed class ErrGroupInGoroutineTests() : ErrGroupTests(Place.Goroutine);
