using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Goroutines.Cluster.Nats;
using Goroutines.Net;
using NATS.Client.Core;
using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>What does not fit is said when the program connects, with what to do.</summary>
public sealed class NatsConnectTests
{
    [Fact]
    public Task Connect_WrongPassword_SaysSo() => WithAsync(
        ["--user", "joe", "--pass", "secret"],
        static async server =>
        {
            ClusterConfigurationException failure = await Assert.ThrowsAsync<ClusterConfigurationException>(
                async () => await NatsCluster.ConnectAsync(server.Url, With(new NatsAuthOpts { Username = "joe", Password = "wrong" })));
            Assert.Contains("AuthOpts", failure.Message, StringComparison.Ordinal);
            await using ClusterConnection good = await NatsCluster.ConnectAsync(server.Url, With(new NatsAuthOpts { Username = "joe", Password = "secret" }));
            Assert.True((await good.CheckHealthAsync()).IsHealthy);
        });

    [Fact]
    public async Task Connect_NobodyThere_IsATimeoutThatNamesTheServer()
    {
        NatsClusterOptions options = new() { OperationTimeout = TimeSpan.FromSeconds(2) };
        TimeoutException failure = await Assert.ThrowsAsync<TimeoutException>(
            async () => await NatsCluster.ConnectAsync($"nats://127.0.0.1:{NatsServer.FreePort()}", options));
        Assert.Contains("127.0.0.1", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.9.10", "true", "2.10.23 or newer")]
    [InlineData("2.10.22", "true", "2.10.23 or newer")]
    [InlineData("2.11.0", "false", "-js")]
    public async Task Connect_OldServerOrNoJetStream_SaysWhatToDo(string version, string jetStream, string expected)
    {
        await using Listener listener = Listener.Listen("127.0.0.1:0");
        Task serves = listener.ServeAsync((client, _) => PretendAsync(client, version, jetStream), FaultProxy.OnError).AsTask();
        ClusterConfigurationException failure = await Assert.ThrowsAsync<ClusterConfigurationException>(
            async () => await NatsCluster.ConnectAsync($"nats://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint).Port}"));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        await listener.DisposeAsync();
        await serves.WaitAsync(Patience.Unit); // the client has gone
    }

    /// <summary>The client refers to subscriptions only weakly. A program may do so, too.</summary>
    [Fact]
    public Task Connect_NothingRefersToTheConnection_SubscriptionsOutliveCollections() => WithAsync(
        [],
        static async server =>
        {
            await using ClusterConnection client = await NatsCluster.ConnectAsync(server.Url);
            Chan<Unit> ended = new();
            await ServeUntilNegativeAsync(server.Url, ended);
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                Assert.Equal(2 * i, await client.CallAsync(Named.Double, i));
            }

            await client.CallAsync(Named.Double, -1);
            await ended.ReceiveAsync();
        });

    /// <summary>Serves a function whose handler alone knows the connection, and disposes of it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task ServeUntilNegativeAsync(string url, Chan<Unit> ended)
    {
        ClusterConnection connection = await NatsCluster.ConnectAsync(url);
        await connection.ServeAsync(Named.Double, (n, _) =>
        {
            if (n < 0)
            {
                Go.Spawn(async () =>
                {
                    await connection.DisposeAsync();
                    ended.Close();
                });
            }

            return new ValueTask<int>(2 * n);
        });
    }

    [Fact]
    public Task Connect_StreamsNotToBeMade_SaysWhichIsMissing() => WithAsync(
        [],
        static async server =>
        {
            ClusterConfigurationException failure = await Assert.ThrowsAsync<ClusterConfigurationException>(
                async () => await NatsCluster.ConnectAsync(server.Url, new NatsClusterOptions { Namespace = "none", Provision = false }));
            Assert.Contains("none-keys", failure.Message, StringComparison.Ordinal);
        });

    [Theory]
    [InlineData("a.b")]
    [InlineData("")]
    [InlineData("a b")]
    public async Task Connect_NamespaceThatIsNone_Throws(string name)
        => await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await NatsCluster.ConnectAsync("nats://127.0.0.1:1", new NatsClusterOptions { Namespace = name }));

    [Fact]
    public Task Send_LargerThanTheServerTakes_IsRefusedBeforeItIsSent() => WithAsync(
        [],
        static async server =>
        {
            await using ClusterConnection member = await NatsCluster.ConnectAsync(server.Url);
            ClusterChan<byte[]> channel = await member.OpenAsync(new ChanName<byte[]>("bytes", ClusterCodec.Bytes));
            await Assert.ThrowsAsync<ArgumentException>(async () => await channel.SendAsync(new byte[1_048_576]));
            await channel.SendAsync(new byte[1_000_000]);
            Delivery<byte[]> delivery = await channel.TakeAsync();
            Assert.Equal(1_000_000, delivery.Value.Length);
            await delivery.AckAsync();
        });

    private static NatsClusterOptions With(NatsAuthOpts auth) => new() { Nats = NatsOpts.Default with { AuthOpts = auth } };

    private static async Task WithAsync(string[] arguments, Func<NatsServer, ValueTask> test)
    {
        NatsServer.SkipIfMissing();
        await using NatsServer server = new(NatsServer.FreePort(), arguments);
        await server.InitializeAsync();
        await test(server);
    }

    /// <summary>Says what a server says of itself, and answers pings.</summary>
    private static async ValueTask PretendAsync(Conn client, string version, string jetStream)
    {
        await client.WriteAsync(Encoding.ASCII.GetBytes(
            $$"""INFO {"server_id":"x","server_name":"x","version":"{{version}}","proto":1,"headers":true,"max_payload":1048576,"jetstream":{{jetStream}}}""" + "\r\n"));
        using StreamReader reader = new(client);
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line == "PING")
            {
                await client.WriteAsync("PONG\r\n"u8.ToArray());
            }
        }
    }
}
