using System.Text.Json.Serialization;

namespace Goroutines.Cluster.Tests;

/// <summary>What a test of the contract gets: members of one cluster, of whatever engine.</summary>
public abstract class TestCluster
{
    /// <summary>Connects one more member. The test disposes of it, or the cluster does at the end.</summary>
    public abstract ValueTask<ClusterConnection> ConnectAsync(string member = "a");

    /// <summary>Connects a member all of whose messages arrive twice.</summary>
    public abstract ValueTask<ClusterConnection> ConnectDoublingAsync(string member);

    /// <summary>Ends a member as a crash does: nothing that it holds is given back.</summary>
    public abstract ValueTask CrashAsync(ClusterConnection member);

    /// <summary>How much later than at once something comes that waits for nothing; for a dead holder's value, than after AckWait.</summary>
    public abstract TimeSpan Tolerance { get; }

    public static DateTimeOffset Now => Go.Now;
}

public sealed record Order(int Number, string Customer);

[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(int))]
internal sealed partial class TestJson : JsonSerializerContext;

internal static class Named
{
    internal static readonly ChanName<int> Numbers = new("numbers", ClusterCodec.Json(TestJson.Default.Int32));
    internal static readonly ChanName<Order> Orders = new("orders", ClusterCodec.Json(TestJson.Default.Order));
    internal static readonly FuncName<int, int> Double = new("double", ClusterCodec.Json(TestJson.Default.Int32), ClusterCodec.Json(TestJson.Default.Int32));

    /// <summary>Short holds, so that tests on a real server take no minutes; in virtual time they cost nothing.</summary>
    internal static ClusterChanOptions Options(int capacity = 100) => new()
    {
        Capacity = capacity,
        AckWait = TimeSpan.FromSeconds(1),
        ReturnAfter = TimeSpan.FromMilliseconds(300),
        RetryDelay = TimeSpan.FromMilliseconds(50),
        MaxRetryDelay = TimeSpan.FromSeconds(1),
        MaxAttempts = 3,
    };

    /// <summary>Holds that do not end during a test, however slow the machine is: for tests in which none is to be lost.</summary>
    internal static ClusterChanOptions LongHolds(int capacity = 100)
    {
        ClusterChanOptions options = Options(capacity);
        options.AckWait = TimeSpan.FromSeconds(60);
        return options;
    }

    internal static async ValueTask<Delivery<T>> TakeAsync<T>(this ClusterChan<T> channel, double seconds = 60)
    {
        Select select = new();
        ReceiveCase<Delivery<T>> next = select.Receive(channel.Receiver);
        select.Timeout(TimeSpan.FromSeconds(seconds));
        await select.WaitAsync();
        return next.Selected && next.Ok ? next.Value : throw new TimeoutException($"no value came within {seconds} s");
    }
}
