using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>Functions by name.</summary>
public abstract class CallContract : ClusterContract
{
    [Fact]
    public void Call_ServedByAnother_ReturnsItsResponse() => Run(static async cluster =>
    {
        ClusterConnection client = await cluster.ConnectAsync("client");
        ClusterConnection server = await cluster.ConnectAsync("server");
        await using (await server.ServeAsync(Named.Double, static (n, _) => new ValueTask<int>(2 * n), new ServeOptions { Concurrency = 4 }))
        {
            for (int i = 0; i < 10; i++)
            {
                Assert.Equal(2 * i, await client.CallAsync(Named.Double, i));
            }
        }

        NoServerException failure = await Assert.ThrowsAsync<NoServerException>(async () => await client.CallAsync(Named.Double, 1));
        Assert.Equal("double", failure.Function);
    });

    [Fact]
    public void Served_DisposedTwice_BothWaitForTheHandlers() => Run(static async cluster =>
    {
        ClusterConnection client = await cluster.ConnectAsync("client");
        ClusterConnection server = await cluster.ConnectAsync("server");
        Chan<int> entered = new();
        Chan<int> leave = new();
        Served served = await server.ServeAsync(
            Named.Double,
            async (n, _) =>
            {
                await entered.SendAsync(n, CancellationToken.None);
                await leave.ReceiveAsync(CancellationToken.None);
                return 2 * n;
            });
        Goroutine<int> call = Go.Run(async () => await client.CallAsync(Named.Double, 3));
        await entered.ReceiveAsync();
        Task first = served.DisposeAsync().AsTask();
        Task second = served.DisposeAsync().AsTask();
        Assert.False(first.IsCompleted || second.IsCompleted);
        await leave.SendAsync(0);
        Assert.Equal(6, await call);
        await first;
        await second;
    });

    [Fact]
    public void Call_HandlerThrows_TellsTypeAndMessage() => Run(static async cluster =>
    {
        ClusterConnection member = await cluster.ConnectAsync();
        await using Served served = await member.ServeAsync<int, int>(Named.Double, static (_, _) => throw new FormatException("not\r\na number: \u00e4"));
        RemoteException failure = await Assert.ThrowsAsync<RemoteException>(async () => await member.CallAsync(Named.Double, 1));
        Assert.Equal(("System.FormatException", "not\r\na number: \u00e4"), (failure.RemoteType, failure.RemoteMessage));
    });

    [Fact]
    public void Call_AllBusy_IsTriedUntilOneIsFree() => Run(static async cluster =>
    {
        ClusterConnection client = await cluster.ConnectAsync("client");
        ClusterConnection server = await cluster.ConnectAsync("server");
        int running = 0;
        await using Served served = await server.ServeAsync(
            Named.Double,
            async (n, stop) =>
            {
                Assert.Equal(1, Interlocked.Increment(ref running));
                await Go.SleepAsync(TimeSpan.FromMilliseconds(20), stop);
                Interlocked.Decrement(ref running);
                return 2 * n;
            });
        ErrGroup calls = new();
        for (int i = 0; i < 5; i++)
        {
            int n = i;
            calls.Spawn(async () => Assert.Equal(2 * n, await client.CallAsync(Named.Double, n)));
        }

        await calls.WaitAsync();
    });

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Call_RequestArrivesTwice_RunsOnce(int concurrency) => Run(async cluster =>
    {
        ClusterConnection client = await cluster.ConnectDoublingAsync("twice");
        ClusterConnection server = await cluster.ConnectAsync("server");
        int runs = 0;
        await using Served served = await server.ServeAsync(
            Named.Double,
            async (n, stop) =>
            {
                Interlocked.Increment(ref runs);
                await Go.SleepAsync(TimeSpan.FromMilliseconds(5), stop);
                return 2 * n;
            },
            new ServeOptions { Concurrency = concurrency });
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(2 * i, await client.CallAsync(Named.Double, i, TimeSpan.FromSeconds(5)));
        }

        await Go.SleepAsync(TimeSpan.FromMilliseconds(100)); // the second of the last request arrives, too
        Assert.Equal(5, runs);
    });

    [Fact]
    public void Call_NoAnswerInTime_IsUnknownAndTheHandlerIsTold() => Run(static async cluster =>
    {
        ClusterConnection member = await cluster.ConnectAsync();
        Chan<bool> told = new(1);
        await using Served served = await member.ServeAsync(
            Named.Double,
            async (n, stop) =>
            {
                await new Select().AndReceive(GoContext.From(stop)).AndTimeout(TimeSpan.FromSeconds(10)).WaitAsync();
                told.TrySend(stop.IsCancellationRequested);
                return n;
            });
        await Assert.ThrowsAsync<DeliveryUnknownException>(async () => await member.CallAsync(Named.Double, 1, TimeSpan.FromMilliseconds(200)));
        Assert.True(await told.TakeAsync());
    });

    [Fact]
    public void Spawn_WorkerComesLater_HandlesTheRequest() => Run(static async cluster =>
    {
        ClusterConnection client = await cluster.ConnectAsync("client");
        ClusterConnection server = await cluster.ConnectAsync("server");
        await client.SpawnAsync(Named.Double, 21);
        await client.SpawnAsync(Named.Double, 22);
        ClusterChan<int> spawned = await server.OpenSpawnedAsync(Named.Double);
        List<int> handled = [];
        using CancellationTokenSource stop = new();
        Goroutine pool = Go.Run(async () => await spawned.ServeAsync(
            (delivery, _) =>
            {
                handled.Add(delivery.Value);
                return default;
            },
            cancellationToken: stop.Token));
        await spawned.DrainAsync();
        await stop.CancelAsync();
        await pool;
        Assert.Equal([21, 22], handled);
    });
}
