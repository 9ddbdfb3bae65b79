using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>Streams with replicas know the id of a message before it is stored, and even if it is refused. Such an id must not count as stored.</summary>
public sealed class NatsReplicaIdTests
{
    /// <summary>The refused id stays known, so the second attempt needs another one.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Send_IdKnownFromARefusal_IsStoredOnceThereIsRoom(bool answersConflict) => NatsTestCluster.RunWithoutServer(3, async cluster =>
    {
        await using ReplicaStub stub = new() { Room = 0, AnswersConflict = answersConflict, NotStored = static (stub, _) => stub.Room = 1 };
        ClusterChan<int> channel = await OpenAsync(cluster, stub);

        await channel.SendAsync(7, new SendOptions { Id = "seven" });

        ReplicaStub.Message stored = Assert.Single(stub.Stored);
        Assert.Equal("7", stored.Body);
        Assert.Equal(2, stub.Attempts.Count);
        Assert.Equal("seven", stub.Attempts[0].Header("Nats-Msg-Id"));
        Assert.NotEqual("seven", stored.Header("Nats-Msg-Id"));
        Assert.Equal("seven", stored.Header("Goroutines-Id"));
    });

    /// <summary>Another attempt with the id is under way, and fails in the end.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Send_IdKnownWithoutAMessage_ReturnsOnlyWhenStored(bool answersConflict) => NatsTestCluster.RunWithoutServer(3, async cluster =>
    {
        await using ReplicaStub stub = new() { Room = 1, AnswersConflict = answersConflict, NotStored = Fails };
        ClusterChan<int> channel = await OpenAsync(cluster, stub);
        stub.Stage("seven");

        await channel.SendAsync(7, new SendOptions { Id = "seven" });

        Assert.Equal("7", Assert.Single(stub.Stored).Body);
        Assert.Equal(4, stub.Attempts.Count);

        static void Fails(ReplicaStub stub, int attempts)
        {
            if (attempts == 3)
            {
                stub.Unstage("seven");
            }
        }
    });

    /// <summary>A message with the id is stored, so the send stores none.</summary>
    [Fact]
    public void Send_IdOfAStoredMessage_IsNotStoredAgain() => NatsTestCluster.RunWithoutServer(3, async cluster =>
    {
        await using ReplicaStub stub = new() { Room = 2 };
        ClusterChan<int> channel = await OpenAsync(cluster, stub);

        await channel.SendAsync(7, new SendOptions { Id = "seven" });
        await channel.SendAsync(7, new SendOptions { Id = "seven" });

        Assert.Single(stub.Stored);
        Assert.Equal(2, stub.Attempts.Count);
    });

    private static async ValueTask<ClusterChan<int>> OpenAsync(NatsTestCluster cluster, ReplicaStub stub)
    {
        ClusterConnection connection = await cluster.ConnectAsync("a", stub.Url, static options => options.OperationTimeout = Patience.Open);
        ClusterChanOptions options = Named.Options();
        options.Replicas = 3;
        return await connection.OpenAsync(Named.Numbers, options);
    }
}
