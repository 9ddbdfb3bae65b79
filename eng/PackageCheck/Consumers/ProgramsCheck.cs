namespace PackageCheck.Consumers;

/// <summary>A small program for each library that a program can use alone. The hosts of Goroutines.Hosting and Goroutines.AspNetCore are those of the
/// templates, which eng/check-templates.cs makes and runs.</summary>
internal static class ProgramsCheck
{
    internal static void Run(string packages, string version, Faults faults)
    {
        using (Workplace alone = new("goroutines-programs-", packages))
        {
            Check(alone, "Goroutines", "hello from a goroutine, True, compiled ahead of time", """
                using Goroutines;

                Go.Main(async () =>
                {
                    var messages = new Chan<string>();
                    Go.Spawn(async () => await messages.SendAsync("hello from a goroutine"));
                    var (message, ok) = await messages.ReceiveAsync();
                    bool compiled = typeof(Go).Assembly.Location.Contains("runtimes", StringComparison.Ordinal);
                    Console.WriteLine($"{message}, {ok}{(compiled ? ", compiled ahead of time" : "")}");
                });
                """);
            Check(alone, "Goroutines.Testing", "01:00:00", """
                using Goroutines;
                using Goroutines.Testing;

                GoTest.Run(async () =>
                {
                    var begun = GoTest.TimeProvider.GetUtcNow();
                    await Go.SleepAsync(TimeSpan.FromHours(1));
                    Console.WriteLine(GoTest.TimeProvider.GetUtcNow() - begun);
                });
                """);
            Check(alone, "Goroutines.Diagnostics", "waiting: chan receive", """
                using Goroutines;
                using Goroutines.Diagnostics;

                Go.Main(async () =>
                {
                    var never = new Chan<int>();
                    Go.Spawn(async () => await never.ReceiveAsync());
                    await Go.SleepAsync(TimeSpan.FromMilliseconds(20));
                    var stream = new MemoryStream();
                    await GoDump.WriteTextAsync(GoRuntime.Current, stream);
                    string text = System.Text.Encoding.UTF8.GetString(stream.ToArray());
                    Console.WriteLine(text.Contains("[chan receive") ? "waiting: chan receive" : text);
                    GC.KeepAlive(never);
                });
                """);
        }

        using Workplace beside = new("goroutines-programs-", packages, takesRegistry: true);
        Check(beside, "Goroutines.Cluster", "worked on 7", """
            using System.Text.Json.Serialization;
            using Goroutines.Cluster;

            var orders = new ChanName<Order>("orders", ClusterCodec.Json(Json.Default.Order));
            await using ClusterConnection cluster = MemoryCluster.Create();
            ClusterChan<Order> channel = await cluster.OpenAsync(orders, new() { Capacity = 10 });
            await channel.SendAsync(new Order(7));
            using var stop = new CancellationTokenSource();
            try
            {
                await channel.ServeAsync(
                    async (order, lost) =>
                    {
                        Console.WriteLine($"worked on {order.Value.Number}");
                        await stop.CancelAsync();
                    },
                    new() { Concurrency = 1 },
                    stop.Token);
            }
            catch (OperationCanceledException)
            {
            }

            internal sealed record Order(int Number);

            [JsonSerializable(typeof(Order))]
            internal sealed partial class Json : JsonSerializerContext;
            """);
        Check(beside, "Goroutines.Cluster.Nats", "no server", """
            using Goroutines.Cluster;
            using Goroutines.Cluster.Nats;

            try
            {
                await using ClusterConnection cluster = await NatsCluster.ConnectAsync("nats://127.0.0.1:1", new() { OperationTimeout = TimeSpan.FromSeconds(2) }); // nothing listens there
            }
            catch (TimeoutException)
            {
                Console.WriteLine("no server");
            }
            """);

        void Check(Workplace workplace, string id, string expected, string program)
        {
            string name = "With." + id;
            string project = workplace.Make(name, $"""<PackageReference Include="{id}" Version="{version}" />""", program, "<OutputType>Exe</OutputType><TreatWarningsAsErrors>true</TreatWarningsAsErrors>");
            (int code, string output) = workplace.Run("run", "-c", "Release", "--project", project);
            if (code != 0 || output.TrimEnd() != expected)
            {
                faults.Add($"a program with {id} ended with {code} and printed:\n{output}");
            }
        }
    }
}
