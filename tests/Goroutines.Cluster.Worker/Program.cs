// A worker process that the tests kill and stop: worker URL NAMESPACE POINT. It tells on its output how far it is with each value, and at POINT (before, effect,
// holding) it stays with the first value until a line comes in; at POINT none it never stays.
using Goroutines.Cluster;
using Goroutines.Cluster.Nats;

string point = args[2];
if (point == "none")
{
    // The tests are gone when their end of the input is.
    Thread watch = new(static () =>
    {
        while (Console.In.ReadLine() is not null)
        {
        }

        Environment.Exit(1);
    });
    watch.IsBackground = true;
    watch.Start();
}

ClusterConnection cluster = await NatsCluster.ConnectAsync(args[0], new NatsClusterOptions { Namespace = args[1], Name = "worker" });
ClusterChan<string> channel = await cluster.OpenAsync(
    new ChanName<string>("work", ClusterCodec.Text),
    new ClusterChanOptions { Capacity = 100, AckWait = TimeSpan.FromSeconds(1), ReturnAfter = TimeSpan.FromMilliseconds(300), MaxDeliveries = 1_000, Prefetch = point == "prefetched" ? 8 : 1 });
Tell("ready");
await foreach (Delivery<string> delivery in channel.Receiver)
{
    StayAt("before", delivery);
    Tell($"effect {delivery.Value} {delivery.Attempt}");
    StayAt("effect", delivery);
    StayAt("holding", delivery);
    StayAt("prefetched", delivery);
    try
    {
        await delivery.AckAsync();
        Tell($"acked {delivery.Value}");
    }
    catch (Exception exception) when (exception is LeaseLostException or DeliveryUnknownException)
    {
        Tell($"refused {delivery.Value}");
    }
}

static void Tell(string line)
{
    Console.Out.WriteLine(line);
    Console.Out.Flush();
}

void StayAt(string here, Delivery<string> delivery)
{
    if (point == here)
    {
        point = "";
        Tell($"at {here} {delivery.Value}");
        Console.In.ReadLine();
    }
}
