using System.Globalization;

namespace Goroutines.ClusterComparison;

/// <summary>The rows that need several processes.</summary>
internal sealed class Scenes(Peer peer, Server server, string queue, bool smoke)
{
    private const int Processes = 2;
    private const int Places = 4;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>How many values there are, and how long each is worked on, in milliseconds.</summary>
    private static readonly Dictionary<string, (int Values, int Work)> s_makespans = new() { ["makespan1"] = (2_000, 1), ["makespan20"] = (400, 20) };

    public static bool Has(string row) => row is "killed" or "restart" || s_makespans.ContainsKey(row);

    public Task<Dictionary<string, double>> RunAsync(string row) => row switch
    {
        "killed" => KilledAsync(),
        "restart" => RestartAsync(),
        _ => MakespanAsync(s_makespans[row].Values, s_makespans[row].Work),
    };

    /// <summary>One process sends, two work on four values each. The ideal is the time that the handlers took, divided by eight.</summary>
    private async Task<Dictionary<string, double>> MakespanAsync(int values, int work)
    {
        values = smoke ? 40 : values;
        List<Child> workers = [];
        try
        {
            for (int i = 0; i < Processes; i++)
            {
                workers.Add(peer.Start("work", server, queue, Text(Places), Text(work * 1_000)));
                await workers[i].ExpectAsync("ready", s_limit);
            }

            await using Child sender = peer.Start("batches", server, queue);
            await sender.ExpectAsync("ready", s_limit);
            await BatchAsync(sender, workers, smoke ? 40 : 1_000 / work * 2); // warms up
            (long begun, long last, long worked) = await BatchAsync(sender, workers, values);
            double ideal = worked / (double)(Processes * Places);
            return new Dictionary<string, double> { ["ms"] = (last - begun) / 1e3, ["of_ideal"] = (last - begun) / ideal };
        }
        finally
        {
            foreach (Child worker in workers)
            {
                await worker.DisposeAsync();
            }
        }
    }

    private static async Task<(long Begun, long Last, long Worked)> BatchAsync(Child sender, List<Child> workers, int values)
    {
        sender.Tell(Text(values));
        long begun = (await sender.ExpectAsync("begun", s_limit))[0];
        await sender.ExpectAsync("sent", s_limit);
        DateTime deadline = DateTime.UtcNow + s_limit;
        long last = 0, worked = 0;
        for (int done = 0; done < values;)
        {
            bool found = false;
            foreach (Child worker in workers)
            {
                while (worker.TryLine(out long[] numbers))
                {
                    found = true;
                    done++;
                    last = Math.Max(last, numbers[1]);
                    worked += numbers[2];
                }
            }

            if (!found)
            {
                await Task.Delay(5);
            }

            if (DateTime.UtcNow > deadline)
            {
                throw new ComparisonException($"waited {s_limit.TotalSeconds:0} s for {values} values to be handled, of which {done} were");
            }
        }

        return (begun, last, worked);
    }

    /// <summary>A process that holds a value is killed; another one waits for it.</summary>
    private async Task<Dictionary<string, double>> KilledAsync()
    {
        await using Child sender = peer.Start("batches", server, queue);
        await sender.ExpectAsync("ready", s_limit);
        await using Child holder = peer.Start("hold", server, queue);
        await holder.ExpectAsync("ready", s_limit);
        await SendOneAsync(sender);
        await holder.ExpectAsync("holding", s_limit);
        await using Child worker = peer.Start("work", server, queue, "1", "0");
        await worker.ExpectAsync("ready", s_limit);
        await SendOneAsync(sender); // shows that the worker waits, and warms it up
        await worker.ExpectAsync("done", s_limit);
        long killed = Now();
        await holder.KillAsync();
        long[] done = await worker.ExpectAsync("done", s_limit);
        return new Dictionary<string, double> { ["ms"] = (done[1] - killed) / 1e3 };
    }

    /// <summary>The server is killed and started again while values flow. The time is from its listening to the end of a value that was sent after that.</summary>
    private async Task<Dictionary<string, double>> RestartAsync()
    {
        await using Child flow = peer.Start("flow", server, queue);
        await flow.ExpectAsync("ready", s_limit);
        for (int i = 0; i < (smoke ? 5 : 100); i++)
        {
            await flow.ExpectAsync("done", s_limit);
        }

        server.Kill();
        await Task.Delay(300);
        server.Start();
        long back = Now();
        while (true)
        {
            long[] done = await flow.ExpectAsync("done", s_limit);
            if (done[0] > back)
            {
                return new Dictionary<string, double> { ["ms"] = (done[1] - back) / 1e3 };
            }
        }
    }

    private static async Task SendOneAsync(Child sender)
    {
        sender.Tell("1");
        await sender.ExpectAsync("begun", s_limit);
        await sender.ExpectAsync("sent", s_limit);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
