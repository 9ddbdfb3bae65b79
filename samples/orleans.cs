#:package Microsoft.Orleans.Server
#:project ../src/Goroutines/Goroutines.csproj

// Goroutines beside Orleans' grains, in one process. A grain runs one turn at a time, so its state needs no lock. It deals work out to goroutines, which
// run beside it on all processors, and receives their results from a channel. Two rules make that safe:
//
//   - An await of this library in a grain resumes in the grain, as every await there does.
//   - A goroutine leaves the grain. It must not touch the grain's state: it sends what it has found, or calls the grain.
//
// Never block in a grain (the synchronous forms, Go.Wait): the grain's turn would wait for itself.
// Prints what each grain has counted, and that both rules held.

using System.Net;
using System.Net.Sockets;
using Goroutines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

const int Grains = 3;
const int Texts = 200;

HostApplicationBuilder builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
builder.UseOrleans(static silo => silo.UseLocalhostClustering(FreePort(), FreePort()));
using IHost host = builder.Build();
await host.StartAsync();
IGrainFactory grains = host.Services.GetRequiredService<IGrainFactory>();

// Goroutines call grains as any code does. All grains work at the same time; the first failure stops the rest.
var group = new ErrGroup();
Report[] reports = new Report[Grains];
for (int i = 0; i < Grains; i++)
{
    int grain = i;
    group.Spawn(async () => reports[grain] = await grains.GetGrain<ICounter>($"counter {grain}").CountAsync([.. Enumerable.Repeat("three short words", Texts)]));
}

await group.WaitAsync();
foreach (Report report in reports)
{
    Console.WriteLine($"{Texts} texts, {report.Words} words");
}

Console.WriteLine($"each receive resumed in its grain: {reports.All(static report => report.ResumedInGrain)}");
Console.WriteLine($"each goroutine ran outside: {reports.All(static report => report.GoroutinesRanOutside)}");
await host.StopAsync();

static int FreePort()
{
    using var probe = new TcpListener(IPAddress.Loopback, 0);
    probe.Start();
    return ((IPEndPoint)probe.LocalEndpoint).Port;
}

public interface ICounter : IGrainWithStringKey
{
    Task<Report> CountAsync(string[] texts);
}

public sealed class Counter : Grain, ICounter
{
    private int _words; // only turns of this grain touch it

    public async Task<Report> CountAsync(string[] texts)
    {
        TaskScheduler grain = TaskScheduler.Current;
        bool resumedInGrain = true, outside = true;
        Chan<(int Words, bool Outside)> counts = new();
        foreach (string text in texts)
        {
            Go.Spawn(async () => await counts.SendAsync((text.Split(' ').Length, TaskScheduler.Current != grain)));
        }

        for (int i = 0; i < texts.Length; i++)
        {
            (int words, bool ranOutside) = await counts.TakeAsync();
            _words += words;
            resumedInGrain &= TaskScheduler.Current == grain;
            outside &= ranOutside;
        }

        return new Report { Words = _words, ResumedInGrain = resumedInGrain, GoroutinesRanOutside = outside };
    }
}

[GenerateSerializer]
public sealed class Report
{
    [Id(0)]
    public int Words { get; init; }

    [Id(1)]
    public bool ResumedInGrain { get; init; }

    [Id(2)]
    public bool GoroutinesRanOutside { get; init; }
}
