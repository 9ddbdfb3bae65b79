using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

#pragma warning disable GOR106, GOR301, GOR302 // the leaks that are looked for
namespace Goroutines.Testing.Tests;

/// <summary>The search for goroutines that were left in an ordinary runtime.</summary>
public sealed class LeakTests
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task NoLeaks_GoroutineLeft_FailsWithWhereItWaitsAndWasCreated()
    {
        await using var runtime = new GoRuntime();
        var never = new Chan<int>();
        LeakCheck check = GoTest.NoLeaks(new LeakOptions { Runtime = runtime, Patience = s_moment });
        runtime.Spawn(async () => await never.ReceiveAsync());

        var failure = Assert.Throws<GoroutineLeakException>(check.Dispose);
        GoroutineInfo left = Assert.Single(failure.Goroutines);
        Assert.Contains(nameof(LeakTests) + ".cs:", left.CreatedAt, StringComparison.Ordinal);
        Assert.Contains(nameof(NoLeaks_GoroutineLeft_FailsWithWhereItWaitsAndWasCreated), failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<GoroutineLeakException>(async () => await check.DisposeAsync());

        await never.SendAsync(1, TestContext.Current.CancellationToken);
        LeakCheck patient = GoTest.NoLeaks(new LeakOptions { Runtime = runtime, IgnoreExisting = false, Patience = TimeSpan.FromSeconds(30) });
        patient.Check();
        GC.KeepAlive(never);
    }

    [Fact]
    public async Task NoLeaks_GoroutineThatEndsSoon_IsWaitedFor()
    {
        await using var runtime = new GoRuntime();
        var go = new Chan<int>();
        await using LeakCheck check = GoTest.NoLeaks(new LeakOptions { Runtime = runtime, Patience = TimeSpan.FromSeconds(30) });
        runtime.Spawn(async () => await go.ReceiveAsync());
        ValueTask looking = check.CheckAsync();
        Assert.False(looking.IsCompleted);
        await go.SendAsync(1, TestContext.Current.CancellationToken);
        await looking;
    }

    [Fact]
    public async Task NoLeaks_ExistingAndIgnored_AreLeftAlone()
    {
        await using var runtime = new GoRuntime();
        var never = new Chan<int>();
        runtime.Spawn(async () => await never.ReceiveAsync());
        using (GoTest.NoLeaks(new LeakOptions { Runtime = runtime, Patience = s_moment }))
        {
        }

        using (GoTest.NoLeaks(new LeakOptions
        {
            Runtime = runtime,
            IgnoreExisting = false,
            Patience = s_moment,
            Ignore = static info => info.Name.Contains(nameof(LeakTests), StringComparison.Ordinal),
        }))
        {
        }

        Assert.Throws<GoroutineLeakException>(GoTest.NoLeaks(new LeakOptions { Runtime = runtime, IgnoreExisting = false, Patience = s_moment }).Check);
        never.Close();
    }

    [Fact]
    public async Task NoLeaks_InsideGoroutine_LooksAtItsRuntimeButNotAtItself()
    {
        await using var runtime = new GoRuntime();
        await runtime.Run(async () =>
        {
            using LeakCheck check = GoTest.NoLeaks(new LeakOptions { IgnoreExisting = false, Patience = s_moment });
            await Go.Yield();
            check.Check();
            var never = new Chan<int>();
            Go.Spawn(async () => await never.ReceiveAsync());
            Assert.Throws<GoroutineLeakException>(check.Check);
            never.Close();
            await check.CheckAsync();
        });
    }

    [Fact]
    public void NoLeaks_SettingsOutOfRange_Throw()
        => Assert.Throws<ArgumentOutOfRangeException>(() => GoTest.NoLeaks(new LeakOptions { Patience = TimeSpan.FromSeconds(-2) }));

    public enum Parked
    {
        Receive,
        Send,
        Select,
        Lock,
        Join,
        Group,
        Task,
        AwayFromTheGoroutine,
    }

    /// <summary>However a goroutine is parked: nobody holds what it waits for, and the collector would take both.</summary>
    [Theory]
    [InlineData(Parked.Receive, "chan receive")]
    [InlineData(Parked.Send, "chan send")]
    [InlineData(Parked.Select, "select")]
    [InlineData(Parked.Lock, "sync.Mutex.Lock")]
    [InlineData(Parked.Join, "join")]
    [InlineData(Parked.Group, "sync.WaitGroup.Wait")]
    [InlineData(Parked.Task, "task")]
    [InlineData(Parked.AwayFromTheGoroutine, "task")]
    public async Task NoLeaks_CollectionWhileTheyAreParked_FindsThem(Parked kind, string reason)
    {
        const int Count = 5;
        await using var runtime = new GoRuntime();
        LeakCheck check = GoTest.NoLeaks(new LeakOptions { Runtime = runtime, Patience = s_moment });
        SpawnUnreachable(runtime, kind, Count);
        await UntilParked(runtime, Count);
        Collect();

        var failure = Assert.Throws<GoroutineLeakException>(check.Dispose);
        Assert.Contains(reason, failure.Goroutines.Select(static g => g.WaitReason));
        Assert.True(failure.Goroutines.Count >= Count, failure.Message);
        Assert.All(failure.Goroutines, static g => Assert.Contains(nameof(LeakTests) + ".cs:", g.CreatedAt, StringComparison.Ordinal));
    }

    [Fact]
    public async Task NoLeaks_CollectionsAllTheTime_FindsAllThatAreLeft()
    {
        const int Count = 500;
        await using var runtime = new GoRuntime(new GoRuntimeOptions { MaxProcs = 2 });
        bool stop = false;
        Thread collector = new(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                GC.Collect();
                Thread.Sleep(1); // leaves time for others to run in
            }
        });
        collector.Start();
        LeakCheck check = GoTest.NoLeaks(new LeakOptions { Runtime = runtime, Patience = s_moment });
        for (int i = 0; i < Count / 100; i++)
        {
            SpawnUnreachable(runtime, Parked.Receive, 100);
            runtime.Spawn(static async () => await Go.SleepAsync(TimeSpan.FromMicroseconds(1))); // these end
        }

        await UntilParked(runtime, Count);
        var failure = await Assert.ThrowsAsync<GoroutineLeakException>(async () => await check.DisposeAsync());
        Volatile.Write(ref stop, true);
        collector.Join();
        Assert.Equal(Count, failure.Goroutines.Count);
        Assert.All(failure.Goroutines, static g => Assert.Equal("chan receive", g.WaitReason));
    }

    [Fact]
    public async Task NoLeaks_ExistingThatAreCollected_AreFoundUnlessIgnored()
    {
        await using var runtime = new GoRuntime();
        LeakCheck all, others;
        (all, others) = Open();
        Collect();
        others.Dispose();
        Assert.Equal(3, Assert.Throws<GoroutineLeakException>(all.Dispose).Goroutines.Count);

        [MethodImpl(MethodImplOptions.NoInlining)]
        (LeakCheck All, LeakCheck Others) Open()
        {
            Chan<int> held = new();
            for (int i = 0; i < 3; i++)
            {
                runtime.Spawn(async () => await held.ReceiveAsync());
            }

            UntilParked(runtime, 3).GetAwaiter().GetResult();
            var all = GoTest.NoLeaks(new LeakOptions { Runtime = runtime, IgnoreExisting = false, Patience = s_moment });
            var others = GoTest.NoLeaks(new LeakOptions { Runtime = runtime, Patience = s_moment });
            GC.KeepAlive(held);
            return (all, others);
        }
    }

    [Fact]
    public async Task NoLeaks_OverlappingChecks_HoldUntilTheLastIsDisposedOf()
    {
        await using var runtime = new GoRuntime();
        LeakCheck first = GoTest.NoLeaks(new LeakOptions { Runtime = runtime, Patience = s_moment });
        LeakCheck second = GoTest.NoLeaks(new LeakOptions { Runtime = runtime, Patience = s_moment });
        SpawnUnreachable(runtime, Parked.Receive, 1);
        await UntilParked(runtime, 1);
        Assert.Throws<GoroutineLeakException>(first.Dispose);
        Collect();
        Assert.Throws<GoroutineLeakException>(second.Check);
        Assert.Throws<GoroutineLeakException>(second.Dispose);
        await UntilCollected(runtime);
    }

    [Fact]
    public async Task NoLeaks_NoCheckOpen_LeavesThemToTheCollector()
    {
        await using var runtime = new GoRuntime();
        SpawnUnreachable(runtime, Parked.Receive, 3);
        await UntilCollected(runtime);
    }

    [Fact]
    public async Task NoLeaks_CheckDroppedWithoutDisposal_HoldsNoLonger()
    {
        await using var runtime = new GoRuntime();
        OpenAndDrop();
        await UntilCollected(runtime);

        [MethodImpl(MethodImplOptions.NoInlining)]
        void OpenAndDrop()
        {
            LeakCheck dropped = GoTest.NoLeaks(new LeakOptions { Runtime = runtime, Patience = s_moment });
            SpawnUnreachable(runtime, Parked.Receive, 2);
            UntilParked(runtime, 2).GetAwaiter().GetResult();
            Assert.Throws<GoroutineLeakException>(dropped.Check);
        }
    }

    /// <summary>A goroutine that is never ready again but ended (its outcome is known) is no leak, whatever the check holds.</summary>
    [Fact]
    public async Task NoLeaks_ManyThatEnd_HoldsNoneOfThem()
    {
        await using var runtime = new GoRuntime();
        using LeakCheck check = GoTest.NoLeaks(new LeakOptions { Runtime = runtime, Patience = TimeSpan.FromSeconds(30) });
        WeakReference captured = await RunOne();
        await check.CheckAsync();
        await UntilAsync(() =>
        {
            Collect();
            return !captured.IsAlive;
        });

        async Task<WeakReference> RunOne()
        {
            object used = new();
            await runtime.Run(async () =>
            {
                await Go.Yield();
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
                GC.KeepAlive(used);
            }).JoinAsync();
            return new WeakReference(used);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SpawnUnreachable(GoRuntime runtime, Parked kind, int count)
    {
        for (int i = 0; i < count; i++)
        {
            switch (kind)
            {
                case Parked.Receive:
                    runtime.Spawn(static async () => await new Chan<int>().ReceiveAsync());
                    break;
                case Parked.Send:
                    runtime.Spawn(static async () => await new Chan<int>().SendAsync(1));
                    break;
                case Parked.Select:
                    runtime.Spawn(static async () => await new Select().Receive(new Chan<int>(), out _).Receive(new Chan<int>(), out _).WaitAsync());
                    break;
                case Parked.Lock:
                    runtime.Spawn(static async () =>
                    {
                        GoMutex mutex = new();
                        await mutex.LockAsync();
                        await mutex.LockAsync();
                    });
                    break;
                case Parked.Join:
                    runtime.Spawn(static async () => await Go.Run(static async ValueTask () => await new Chan<int>().ReceiveAsync()));
                    break;
                case Parked.Group:
                    runtime.Spawn(static async () =>
                    {
                        WaitGroup group = new();
                        group.Add(1);
                        await group.WaitAsync();
                    });
                    break;
                case Parked.Task:
                    runtime.Spawn(static async () => await new TaskCompletionSource().Task);
                    break;
                default:
                    runtime.Spawn(static async () => await new TaskCompletionSource().Task.ConfigureAwait(false));
                    break;
            }
        }
    }

    private static Task UntilParked(GoRuntime runtime, int count)
        => UntilAsync(() => runtime.Snapshot().Count(static g => g.Status == GoroutineStatus.Waiting && g.WaitReason != "sleep") >= count);

    private static Task UntilCollected(GoRuntime runtime) => UntilAsync(() =>
    {
        Collect();
        return runtime.Count == 0 && runtime.Snapshot().Count == 0;
    });

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    private static async Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        for (long begun = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(1))
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(30), $"Waited in vain for {what}.");
        }
    }
}
