using Xunit;

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
}
