using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>Locks, slots, leaders.</summary>
public abstract class LeaseContract : ClusterContract
{
    private static readonly LeaseOptions s_short = new() { Ttl = TimeSpan.FromSeconds(1) };

    [Fact]
    public void Lock_HeldByAnother_IsHadOnceGivenBackWithAGreaterToken() => Run(static async cluster =>
    {
        ClusterConnection a = await cluster.ConnectAsync("a");
        ClusterConnection b = await cluster.ConnectAsync("b");
        Lease first = await a.LockAsync("report", s_short);
        Assert.True(first.IsHeld);
        Assert.Null(await b.TryLockAsync("report", s_short));
        Goroutine<Lease> waits = Go.Run(async () => await b.LockAsync("report", s_short));
        await Go.SleepAsync(TimeSpan.FromMilliseconds(1500)); // renewed meanwhile
        Assert.True(first.IsHeld);
        Assert.False(waits.IsCompleted);
        DateTimeOffset released = TestCluster.Now;
        await first.DisposeAsync();
        await using Lease second = await waits;
        Assert.True(second.Token > first.Token, $"{second.Token} after {first.Token}");
        Assert.True(TestCluster.Now - released < TimeSpan.FromMilliseconds(800) + cluster.Tolerance, "the hint about the release did not come");
        Assert.Throws<LeaseLostException>(first.ThrowIfLost);
        Assert.False(first.Lost.IsCancellationRequested);
    });

    /// <summary>Without the hint those who wait look again each second, which the time they take does not tell on a slow machine.</summary>
    [Fact]
    public void Lock_GivenBack_IsToldToThoseWhoListen() => Run(static async cluster =>
    {
        ClusterConnection a = await cluster.ConnectAsync("a");
        ClusterConnection b = await cluster.ConnectAsync("b");
        Chan<Unit> told = new(1);
        await using IAsyncDisposable listener = await b.Engine.ListenAsync("lease.report", () => told.TrySend(default), CancellationToken.None);
        Lease lease = await a.LockAsync("report", s_short);
        Assert.Equal(0, told.Count);
        await lease.DisposeAsync();
        Select select = new();
        ReceiveCase<Unit> hint = select.Receive(told);
        select.Timeout(TimeSpan.FromSeconds(60));
        await select.WaitAsync();
        Assert.True(hint.Selected, "the hint about the release did not come");
    });

    [Fact]
    public void Lock_HolderCrashes_IsHadAfterItsTimeToLive() => Run(static async cluster =>
    {
        ClusterConnection dies = await cluster.ConnectAsync("dies");
        ClusterConnection lives = await cluster.ConnectAsync("lives");
        Lease first = await dies.LockAsync("report", s_short);
        Goroutine<Lease> waits = Go.Run(async () => await lives.LockAsync("report", s_short));
        await Go.SleepAsync(TimeSpan.FromMilliseconds(200));
        await cluster.CrashAsync(dies);
        DateTimeOffset died = TestCluster.Now;
        await using Lease second = await waits;
        Assert.InRange(TestCluster.Now - died, TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(1500) + cluster.Tolerance);
        Assert.True(second.Token > first.Token);
        Assert.True(first.Lost.IsCancellationRequested, "two believe that they hold it, without a pause");
    });

    [Fact]
    public void TryLock_AskedAgainAfterTheTimeToLiveOfADeadHolder_TakesIt() => Run(static async cluster =>
    {
        ClusterConnection dies = await cluster.ConnectAsync("dies");
        ClusterConnection lives = await cluster.ConnectAsync("lives");
        await dies.LockAsync("report", s_short);
        await cluster.CrashAsync(dies);
        Assert.Null(await lives.TryLockAsync("report", s_short));
        await Go.SleepAsync(TimeSpan.FromMilliseconds(1200));
        await using Lease? lease = await lives.TryLockAsync("report", s_short);
        Assert.NotNull(lease);
    });

    [Fact]
    public void Lock_ManyContenders_OneAtATimeAndTokensGrow() => Run(static async cluster =>
    {
        int inside = 0;
        long highest = 0;
        int rounds = 0;
        ErrGroup group = new();
        for (int i = 0; i < 4; i++)
        {
            ClusterConnection member = await cluster.ConnectAsync($"member {i}");
            group.Spawn(async () =>
            {
                for (int round = 0; round < 5; round++)
                {
                    await using Lease lease = await member.LockAsync("one", s_short);
                    Assert.Equal(1, Interlocked.Increment(ref inside));
                    Assert.True(lease.Token > highest, $"{lease.Token} after {highest}");
                    highest = lease.Token;
                    await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
                    rounds++;
                    Interlocked.Decrement(ref inside);
                }
            });
        }

        await group.WaitAsync();
        Assert.Equal(20, rounds);
    });

    [Fact]
    public void Acquire_MoreThanThereAre_WaitForASlot() => Run(static async cluster =>
    {
        ClusterConnection a = await cluster.ConnectAsync("a");
        ClusterConnection b = await cluster.ConnectAsync("b");
        Lease first = await a.AcquireAsync("gpu", 2, s_short);
        await using Lease second = await b.AcquireAsync("gpu", 2, s_short);
        Assert.Null(await a.TryAcquireAsync("gpu", 2, s_short));
        Goroutine<Lease> waits = Go.Run(async () => await a.AcquireAsync("gpu", 2, s_short));
        await Go.SleepAsync(TimeSpan.FromMilliseconds(100));
        Assert.False(waits.IsCompleted);
        await first.DisposeAsync();
        await using Lease third = await waits;
        Assert.True(third.Token > first.Token);
    });

    [Fact]
    public void Lead_LeaderCrashes_AnotherLeads() => Run(static async cluster =>
    {
        ClusterConnection dies = await cluster.ConnectAsync("dies");
        ClusterConnection lives = await cluster.ConnectAsync("lives");
        Chan<(string Name, long Token)> leads = new(4);
        using CancellationTokenSource stop = new();
        Goroutine first = Go.Run(async () => await dies.LeadAsync("boss", (lease, token) => LeadAsync("dies", lease, token), s_short, stop.Token));
        (string leader, long token) = await leads.TakeAsync();
        Assert.Equal("dies", leader);
        Goroutine second = Go.Run(async () => await lives.LeadAsync("boss", (lease, ends) => LeadAsync("lives", lease, ends), s_short, stop.Token));
        await cluster.CrashAsync(dies);
        (leader, long next) = await leads.TakeAsync();
        Assert.Equal("lives", leader);
        Assert.True(next > token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () => await first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await second);

        async ValueTask LeadAsync(string name, Lease lease, CancellationToken ends)
        {
            await leads.SendAsync((name, lease.Token), CancellationToken.None);
            await Go.SleepAsync(Timeout.InfiniteTimeSpan, ends);
        }
    });

    [Fact]
    public void Dispose_Connection_GivesItsLeasesBack() => Run(static async cluster =>
    {
        ClusterConnection a = await cluster.ConnectAsync("a");
        ClusterConnection b = await cluster.ConnectAsync("b");
        await a.LockAsync("report", new LeaseOptions { Ttl = TimeSpan.FromMinutes(10) });
        await a.DisposeAsync();
        await using Lease? lease = await b.TryLockAsync("report");
        Assert.NotNull(lease);
    });
}
