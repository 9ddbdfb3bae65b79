#:project ../src/Goroutines.Cluster.Nats/Goroutines.Cluster.Nats.csproj

// Jobs that one machine at a time may run. Every process is a candidate, and the leader runs the next job each time. A lease alone does not
// keep out a leader that was paused while another took over, so the store compares the lease's token and refuses one that is too low.
//
// Alone, without a server, three candidates run in memory. One leads, is cut off from the cluster in the middle, pauses, and comes back too late.
// With NATS_URL set (nats://127.0.0.1:4222), start it as often as you like:
//
//     NATS_URL=… dotnet run samples/scheduler.cs               a candidate, until Ctrl+C
//
// Kill the leader, or stop it (kill -STOP) and let it continue 10 seconds later (kill -CONT): the jobs go on, and each has a number of its own. The
// store is a file (STORE, or scheduler.txt in the folder for temporary files); it stands for a database.

using Goroutines;
using Goroutines.Cluster;
using Goroutines.Cluster.Nats;

if (Environment.GetEnvironmentVariable("NATS_URL") is { } url)
{
    using var stop = new CancellationTokenSource();
    Console.CancelKeyPress += (_, pressed) =>
    {
        pressed.Cancel = true;
        stop.Cancel();
    };
    var store = new Store(Environment.GetEnvironmentVariable("STORE") ?? Path.Combine(Path.GetTempPath(), "scheduler.txt"));
    await using ClusterConnection cluster = await NatsCluster.ConnectAsync(url);
    var candidate = new Candidate($"process {Environment.ProcessId}", store, TimeSpan.FromSeconds(1));
    await candidate.RunAsync(cluster, TimeSpan.FromSeconds(5), stop.Token);
}
else
{
    await Demonstration.RunAsync();
}

internal sealed class Candidate(string name, Store store, TimeSpan every)
{
    /// <summary>Called before each job with the number of the last one that this leader knows.</summary>
    public Func<int, ValueTask> Before { get; init; } = static _ => default;

    public async ValueTask RunAsync(ClusterConnection cluster, TimeSpan ttl, CancellationToken stop)
    {
        try
        {
            await cluster.LeadAsync("scheduler", RunJobsAsync, new() { Ttl = ttl }, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The lease was given back, so another candidate leads at once.
        }
    }

    private async ValueTask RunJobsAsync(Lease lease, CancellationToken lost)
    {
        Console.WriteLine($"{name} leads");
        int last = 0;
        while (true)
        {
            await Go.SleepAsync(every, lost); // throws once the lease is lost: this candidate stands for election again
            await Before(last);

            // To look first whether this process still leads would not help: it can be paused between the look and the write. The store decides.
            if (store.TryRun(lease.Token, name, out int job))
            {
                Console.WriteLine($"{name} runs job {job}");
                last = job;
            }
            else
            {
                Console.WriteLine($"{name} comes too late: the store refuses its token");
            }
        }
    }
}

/// <summary>A file with a line for each job. Looking at the highest token and writing are one step.</summary>
internal sealed class Store(string path)
{
    public bool TryRun(long token, string by, out int job)
    {
        using FileStream file = Open();
        (long highest, int last) = Last(file);
        job = last + 1;
        if (token < highest)
        {
            return false;
        }

        using var writer = new StreamWriter(file);
        writer.WriteLine($"{token} {job} {by}");
        return true;
    }

    /// <summary>Whether the jobs are numbered without a gap and the tokens never decrease.</summary>
    public bool IsConsistent(int jobs)
    {
        string[][] lines = [.. File.ReadLines(path).Select(static line => line.Split(' '))];
        return lines.Select(static line => int.Parse(line[1])).SequenceEqual(Enumerable.Range(1, jobs))
            && lines.Zip(lines.Skip(1)).All(static pair => long.Parse(pair.First[0]) <= long.Parse(pair.Second[0]));
    }

    private static (long Token, int Job) Last(FileStream file)
    {
        using var reader = new StreamReader(file, leaveOpen: true);
        string[] last = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault("0 0").Split(' ');
        return (long.Parse(last[0]), int.Parse(last[1]));
    }

    /// <summary>Opens the file for one process at a time.</summary>
    private FileStream Open()
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                Thread.Sleep(1); // another process has it
            }
        }
    }
}

internal static class Demonstration
{
    private const int Jobs = 6;

    public static async Task RunAsync()
    {
        string path = Path.GetTempFileName();
        var store = new Store(path);
        var machines = new MemoryCluster();
        string? cutOff = null;
        Chan<Unit> another = new();
        using var stop = new CancellationTokenSource();
        var group = new ErrGroup();
        foreach (string name in (string[])["a", "b", "c"])
        {
            var candidate = new Candidate(name, store, TimeSpan.FromMilliseconds(20))
            {
                Before = async last =>
                {
                    switch (last)
                    {
                        case 3:
                            Console.WriteLine($"{name} is cut off, and pauses");
                            cutOff = name;
                            await another.ReceiveAsync(); // for longer than its lease, as a process that was stopped
                            cutOff = null;
                            break;
                        case 4:
                            await another.SendAsync(default);
                            break;
                        case Jobs:
                            await stop.CancelAsync();
                            stop.Token.ThrowIfCancellationRequested();
                            break;
                    }
                },
            };
            ClusterConnection cluster = machines.Connect(new()
            {
                Name = name,
                OnOperation = _ => cutOff == name ? MemoryFault.LoseRequest : MemoryFault.None,
                RequestTimeout = TimeSpan.FromMilliseconds(100),
                OperationTimeout = TimeSpan.FromSeconds(1),
            });
            group.Spawn(async () =>
            {
                await using (cluster)
                {
                    await candidate.RunAsync(cluster, TimeSpan.FromMilliseconds(500), stop.Token);
                }
            });
        }

        await group.WaitAsync();
        Console.WriteLine($"{Jobs} jobs, each once, and no token lower than one before: {store.IsConsistent(Jobs)}");
        File.Delete(path);
    }
}
