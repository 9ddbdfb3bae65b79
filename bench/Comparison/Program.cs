// Runs the same workloads on every side, interleaved, and writes what came out. Started by bench/compare, which builds
// the sides first.
using Goroutines.Comparison;

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    Console.Error.WriteLine($"workloads: {string.Join(' ', Catalogue.Workloads)}");
    return 2;
}

var machine = Machine.Read();
if (options.Scaling)
{
    var scaling = new Scaling(options.Peers, options.Rounds, options.Smoke);
    await scaling.RunAsync();
    Console.WriteLine(scaling.Table());
    if (options.Output is { } pictures)
    {
        scaling.Write(pictures, machine);
    }
    foreach (var failure in scaling.Failures)
    {
        Console.Error.WriteLine($"failed: {failure}");
    }
    return scaling.Failures.Count == 0 ? 0 : 1;
}

var samples = new Samples();
for (var round = 1; round <= options.Rounds; round++)
{
    foreach (var workload in options.Workloads)
    {
        // Another side begins each time, so that none always finds the machine as the same neighbour left it.
        for (var i = 0; i < options.Peers.Count; i++)
        {
            var peer = options.Peers[(round - 1 + i) % options.Peers.Count];
            if (peer.IsColumn && !Catalogue.HasColumns(workload))
            {
                continue;
            }
            await RunAsync(peer, workload, round);
        }
    }
}

var rows = Row.From(samples, options.Workloads, judge: !options.Smoke);
Console.WriteLine(MarkdownReport.Table(rows));
if (options.Output is { } directory)
{
    var report = new Report(
        DateTimeOffset.UtcNow, machine, options.Peers, options.Rounds, options.Smoke, rows, samples);
    Directory.CreateDirectory(directory);
    File.WriteAllText(Path.Combine(directory, "latest.md"), MarkdownReport.Write(report));
    File.WriteAllText(Path.Combine(directory, "latest.json"), JsonReport.Write(report));
    File.WriteAllText(Path.Combine(directory, "latest.svg"), SvgChart.Write(report));
    Console.WriteLine($"written: latest.md, latest.json and latest.svg in {directory}");
}
foreach (var failure in samples.Failures)
{
    Console.Error.WriteLine($"failed: {failure}");
}
return samples.Failures.Count == 0 ? 0 : 1;

async Task RunAsync(Peer peer, string workload, int round)
{
    try
    {
        if (!await peer.HasAsync(workload))
        {
            return;
        }
        var figures = await peer.RunAsync(workload, options.Smoke);
        samples.Add(peer.Name, workload, figures);
        Console.Error.WriteLine(FormattableString.Invariant($"round {round}  {workload,-14} {peer.Name,-12} {figures["ns_per_op"],12:0.0} ns"));
    }
    catch (PeerException exception)
    {
        samples.AddFailure(peer.Name, workload, exception.Message);
        Console.Error.WriteLine($"round {round}  {workload,-14} {peer.Name,-12} failed: {exception.Message}");
    }
}
