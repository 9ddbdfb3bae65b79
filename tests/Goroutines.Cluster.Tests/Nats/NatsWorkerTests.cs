using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>Worker processes are killed and stopped at named points.</summary>
public sealed class NatsWorkerTests(NatsServer server, ITestOutputHelper output) : IClassFixture<NatsServer>
{
    private static readonly ChanName<string> s_work = new("work", ClusterCodec.Text);

    [Theory]
    [InlineData("before")]
    [InlineData("effect")]
    public void KillWorker_HoldingAValue_AnotherHandlesIt(string point) => NatsTestCluster.Run(server, async cluster =>
    {
        ClusterChan<string> channel = await OpenAsync(cluster);
        using Process worker = await StartAsync(cluster, point);
        await channel.SendAsync("a");
        await ExpectAsync(worker, $"at {point} a");
        worker.Kill();
        DateTimeOffset died = TestCluster.Now;
        Delivery<string> delivery = await channel.TakeAsync();
        Assert.Equal(("a", 2), (delivery.Value, delivery.Attempt));
        Assert.True(TestCluster.Now - died <= TimeSpan.FromSeconds(1) + cluster.Tolerance, $"{TestCluster.Now - died}");
        await delivery.AckAsync();
        Assert.Equal(0, (await channel.GetInfoAsync()).Stored);
    });

    [Fact]
    public void KillWorker_WithPrefetchedValues_AnotherHandlesAllOfThem() => NatsTestCluster.Run(server, async cluster =>
    {
        ClusterChan<string> channel = await OpenAsync(cluster);
        for (int i = 0; i < 8; i++)
        {
            await channel.SendAsync($"v{i}");
        }

        using Process worker = await StartAsync(cluster, "prefetched");
        await ExpectAsync(worker, "at prefetched v0");
        worker.Kill();
        SortedSet<string> got = [];
        while (got.Count < 8)
        {
            Delivery<string> delivery = await channel.TakeAsync();
            Assert.True(got.Add(delivery.Value));
            await delivery.AckAsync();
        }

        Assert.Equal(0, (await channel.GetInfoAsync()).Stored);
    });

    /// <summary>The acknowledgement of a process that was stopped for longer than its hold must not remove what another holds.</summary>
    [Fact]
    public void StopWorker_ForLongerThanItsHold_ItsLateAcknowledgementIsRefused() => NatsTestCluster.Run(server, async cluster =>
    {
        ClusterChan<string> channel = await OpenAsync(cluster);
        using Process worker = await StartAsync(cluster, "holding");
        await channel.SendAsync("a");
        await ExpectAsync(worker, "at holding a");
        Assert.Equal(0, Kill(worker.Id, 19));
        Delivery<string> second = await channel.TakeAsync();
        Assert.Equal(2, second.Attempt);
        Assert.Equal(0, Kill(worker.Id, 18));
        await worker.StandardInput.WriteLineAsync();
        await ExpectAsync(worker, "refused a");
        Assert.Equal(1, (await channel.GetInfoAsync()).Stored);
        await second.AckAsync();
        Assert.Equal(0, (await channel.GetInfoAsync()).Stored);
        worker.Kill();
    });

    /// <summary>Of two workers, one at a time is killed, or stopped for longer than its hold.</summary>
    [Fact]
    public void KillAndStopWorkers_UnderLoad_LosesNothing() => NatsTestCluster.Run(server, async cluster =>
    {
        Ledger ledger = new();
        ClusterChan<string> channel = await OpenAsync(cluster);
        using CancellationTokenSource stop = new();
        Goroutine sender = Go.Run(async () =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                await channel.SendAsync($"{i}", CancellationToken.None);
                ledger.Sent(i);
                ledger.Sample(await channel.GetInfoAsync());
            }
        });
        Process[] workers = [await StartAsync(cluster, "none"), await StartAsync(cluster, "none")];
        List<Goroutine> readers = [.. workers.Select(worker => Go.Run(() => ReadAsync(worker, ledger)))]; // they end with their workers
        int faults = 4 * NatsFaultTests.Rounds;
        for (int i = 0; i < faults; i++)
        {
            int before = ledger.Distinct;
            Stopwatch flows = Stopwatch.StartNew();
            while (ledger.Distinct < before + 110) // more than the channel can hold
            {
                Assert.True(flows.Elapsed < Patience.Flow, $"nothing flows after {Patience.Flow}: {ledger}");
                await Go.SleepAsync(TimeSpan.FromMilliseconds(5));
            }

            Process worker = workers[i / 2 % 2];
            if (i % 2 == 0)
            {
                Assert.Equal(0, Kill(worker.Id, 19));
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1_300));
                Assert.Equal(0, Kill(worker.Id, 18));
            }
            else
            {
                worker.Kill();
                Process next = await StartAsync(cluster, "none");
                workers[i / 2 % 2] = next;
                readers.Add(Go.Run(() => ReadAsync(next, ledger)));
            }
        }

        await stop.CancelAsync();
        await sender;
        await channel.DrainAsync().WithinAsync(Patience.End, () => $"an empty channel: {ledger}");
        foreach (Process worker in workers)
        {
            worker.Kill();
        }

        foreach (Goroutine reader in readers)
        {
            await reader;
        }

        // Each worker holds one value, and one more may have been sent to it already.
        output.WriteLine($"{faults} faults: {ledger.Check(maxDoubled: 2 * faults, capacity: 100)}");
    });

    /// <summary>Counts the effects of a worker until it ends.</summary>
    private static async ValueTask ReadAsync(Process worker, Ledger ledger)
    {
        while (await worker.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Split(' ') is ["effect", var value, _])
            {
                ledger.Handled(int.Parse(value, System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        worker.Dispose();
    }

    private static async ValueTask<ClusterChan<string>> OpenAsync(NatsTestCluster cluster)
        => await (await cluster.ConnectAsync()).OpenAsync(
            s_work, new ClusterChanOptions { Capacity = 100, AckWait = TimeSpan.FromSeconds(1), ReturnAfter = TimeSpan.FromMilliseconds(300) });

    private async ValueTask<Process> StartAsync(NatsTestCluster cluster, string point)
    {
        string program = AppContext.BaseDirectory.Replace("Goroutines.Cluster.Tests", "Goroutines.Cluster.Worker", StringComparison.Ordinal);
        Process worker = Process.Start(new ProcessStartInfo(Path.Combine(program, "Goroutines.Cluster.Worker"), [server.Url, cluster.Namespace, point])
        {
            RedirectStandardInput = true, // its end ends the worker, should this process die
            RedirectStandardOutput = true,
        })!;
        await ExpectAsync(worker, "ready");
        return worker;
    }

    private static async ValueTask ExpectAsync(Process worker, string line)
    {
        using CancellationTokenSource limit = new(Patience.Open);
        while (await worker.StandardOutput.ReadLineAsync(limit.Token) is { } read)
        {
            if (read == line)
            {
                return;
            }
        }

        throw new InvalidOperationException($"the worker ended without '{line}'");
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);
}
