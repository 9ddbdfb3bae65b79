using Goroutines.Cluster.Nats;
using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>The server's disk is full: a file system of a few megabytes, or else the server's own limit for its store.</summary>
public sealed class NatsDiskTests(ITestOutputHelper output)
{
    private const int Size = 100_000;

    [Fact]
    public Task Send_StoreAtItsLimit_IsRefusedAndNothingIsGone() => WithAsync(NatsServer.Limited("4MB"));

    /// <summary>The server's process has a file system of its own, which ends with it. That takes the right to mount.</summary>
    [Fact]
    public async Task Send_DiskFull_IsRefusedAndNothingIsGone()
    {
        NatsServer.SkipIfMissing();
        Assert.SkipUnless(NatsServer.CanMount, "this user may not mount a file system");
        await WithAsync(NatsServer.OnSmallDisk("8m"));
    }

    private async Task WithAsync(NatsServer server)
    {
        NatsServer.SkipIfMissing();
        await using (server)
        {
            await server.InitializeAsync();
            await using ClusterConnection member = await NatsCluster.ConnectAsync(
                server.Url, new NatsClusterOptions { RequestTimeout = TimeSpan.FromSeconds(1), OperationTimeout = Patience.Open });
            ClusterChan<byte[]> channel = await member.OpenAsync(
                new ChanName<byte[]>("bytes", ClusterCodec.Bytes), new ClusterChanOptions { Capacity = 1_000, AckWait = Patience.Open });
            int sent = 0;
            Exception? refusal = null;
            while (refusal is null)
            {
                try
                {
                    await channel.SendAsync(Value(sent));
                    sent++;
                }
                catch (Exception exception) when (exception is EngineRefusedException or DeliveryUnknownException)
                {
                    refusal = exception;
                }

                Assert.True(sent < 100, "the disk does not fill up");
            }

            output.WriteLine($"{sent} stored, then: {refusal.Message}");
            EngineRefusedException refused = Assert.IsType<EngineRefusedException>(refusal);
            Assert.Contains("the server would not store value", refused.Message, StringComparison.Ordinal);
            Assert.InRange(sent, 10, 99);

            // What was confirmed is all there, and can be handled, which makes room.
            for (int i = 0; i < sent; i++)
            {
                Delivery<byte[]> delivery = await channel.TakeAsync();
                Assert.Equal(Value(i), delivery.Value);
                await delivery.AckAsync();
            }

            output.WriteLine($"sent {sent}, handled {sent}, lost 0");
        }
    }

    private static byte[] Value(int number)
    {
        byte[] value = new byte[Size];
        new Random(number).NextBytes(value);
        return value;
    }
}
