using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>A server that is killed in the middle of an acknowledgement leaves it without an answer. Its repetition may never have one.</summary>
public sealed class NatsRestartTests
{
    /// <summary>Only the stream can tell that the value has been removed.</summary>
    [Fact]
    public void Ack_RemovedButNotAnswered_IsLookedUpAndNotSentAgain() => NatsTestCluster.RunWithoutServer(1, async cluster =>
    {
        await using RestartedStub stub = new(removes: true);
        ClusterChan<int> channel = await OpenAsync(cluster, stub);
        await channel.SendAsync(7);

        await using Delivery<int> delivery = await channel.TakeAsync(30);
        await delivery.AckAsync();

        Assert.Equal(1, stub.Acknowledgements);
    });

    /// <summary>The server has forgotten the delivery, and answers no acknowledgement of it. A holder, and so a place of a pool, must not wait for one until the
    /// end of the hold or of its patience: the server delivers the value again.</summary>
    [Fact]
    public void Ack_DeliveryForgottenByTheServer_IsLostAtTheSecondSilence() => NatsTestCluster.RunWithoutServer(1, async cluster =>
    {
        await using RestartedStub stub = new(removes: false);
        ClusterChan<int> channel = await OpenAsync(cluster, stub);
        await channel.SendAsync(7);

        await using Delivery<int> delivery = await channel.TakeAsync(30);
        await Assert.ThrowsAsync<LeaseLostException>(async () => await delivery.AckAsync());

        Assert.Equal(2, stub.Acknowledgements);
    });

    // Neither the hold nor the time for which operations are repeated ends while a test runs.
    private static async ValueTask<ClusterChan<int>> OpenAsync(NatsTestCluster cluster, RestartedStub stub)
    {
        ClusterConnection connection = await cluster.ConnectAsync("a", stub.Url, static options => options.OperationTimeout = TimeSpan.FromSeconds(100));
        ClusterChanOptions options = Named.Options();
        options.AckWait = options.HoldLimit = TimeSpan.FromMinutes(10);
        options.DuplicateWindow = TimeSpan.FromHours(1);
        return await connection.OpenAsync(Named.Numbers, options);
    }
}
