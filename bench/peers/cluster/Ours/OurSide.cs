using Goroutines.Cluster;
using Goroutines.Cluster.Nats;

namespace Goroutines.ClusterPeer;

/// <summary>Goroutines.Cluster.Nats.</summary>
internal sealed class OurSide : Side
{
    internal override string Settings => $"MaxProcs={Environment.ProcessorCount}";

    internal override int Run(Func<Task<int>> program) => Go.Main(program);

    internal override async ValueTask<Queue> OpenAsync(string url, string queue)
    {
        ClusterConnection connection = await ConnectAsync(url);
        ClusterChan<byte[]> channel = await connection.OpenAsync(
            new ChanName<byte[]>(queue, ClusterCodec.Bytes),
            new ClusterChanOptions { Capacity = Capacity, AckWait = AckWait, ReturnAfter = TimeSpan.FromMilliseconds(300), MaxDeliveries = 1_000 });
        return new OurQueue(connection, channel);
    }

    internal override async ValueTask<Func<byte[], ValueTask<byte[]>>?> OpenCallAsync(string url, string function)
    {
        FuncName<byte[], byte[]> name = new(function, ClusterCodec.Bytes, ClusterCodec.Bytes);
        await (await ConnectAsync(url)).ServeAsync(name, static (value, _) => new ValueTask<byte[]>(value), new ServeOptions { Concurrency = 64 });
        ClusterConnection caller = await ConnectAsync(url);
        return value => caller.CallAsync(name, value);
    }

    internal override async ValueTask<Func<ValueTask>?> OpenLockAsync(string url, string name)
    {
        ClusterConnection connection = await ConnectAsync(url);
        LeaseOptions options = new() { Ttl = TimeSpan.FromSeconds(10) };
        return async () => await (await connection.LockAsync(name, options)).DisposeAsync();
    }

    internal override async Task AllAsync(int parties, Func<Task> body)
    {
        ErrGroup group = new();
        for (int i = 0; i < parties; i++)
        {
            group.Spawn(body);
        }

        await group.WaitAsync();
    }

    internal override async Task SleepAsync(TimeSpan duration) => await Go.SleepAsync(duration);

    private static ValueTask<ClusterConnection> ConnectAsync(string url) => NatsCluster.ConnectAsync(url, new NatsClusterOptions { Namespace = "ours" });

    private sealed class OurQueue(ClusterConnection connection, ClusterChan<byte[]> channel) : Queue
    {
        internal override ValueTask SendAsync(byte[] value) => channel.SendAsync(value);

        internal override async Task WorkAsync(int concurrency, Func<byte[], ValueTask> handler, CancellationToken stop)
            => await channel.ServeAsync((delivery, _) => handler(delivery.Value), new ServeOptions { Concurrency = concurrency }, stop);

        internal override async ValueTask HoldOneAsync() => await channel.Receiver.ReceiveAsync();

        public override ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
