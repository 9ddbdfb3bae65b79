// Runs the rows on every side, each in a process of its own, interleaved, and writes what came out. Started by bench/libraries, which builds
// the sides first.
using System.Diagnostics;
using Goroutines.Comparison;
using Goroutines.LibraryComparison;

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

if (options.Rendered is { } rendered)
{
    var page = Path.ChangeExtension(rendered, ".md");
    File.WriteAllText(page, MarkdownReport.Write(JsonReport.Read(File.ReadAllText(rendered))));
    Console.WriteLine($"written: {page}");
    return 0;
}

var machine = Machine.Read();
var taken = DateTimeOffset.UtcNow;
var begin = Stopwatch.GetTimestamp();
var samples = new Samples();
for (var round = 1; round <= options.Rounds; round++)
{
    foreach (var row in options.Rows)
    {
        // Another side begins each time, so that none always finds the machine as the same neighbour left it.
        for (var i = 0; i < options.Peers.Count; i++)
        {
            await RunAsync(options.Peers[(round - 1 + i) % options.Peers.Count], row, round);
        }
    }
}

var results = new Results(taken, Stopwatch.GetElapsedTime(begin), machine, options, samples);
Console.WriteLine(MarkdownReport.Tables(results));
if (options.Output is { } directory)
{
    Directory.CreateDirectory(directory);
    File.WriteAllText(Path.Combine(directory, "libraries.md"), MarkdownReport.Write(results));
    File.WriteAllText(Path.Combine(directory, "libraries.json"), JsonReport.Write(results));
    Console.WriteLine($"written: libraries.md and libraries.json in {directory}");
}
foreach (var failure in samples.Failures)
{
    Console.Error.WriteLine($"failed: {failure}");
}
return samples.Failures.Count == 0 ? 0 : 1;

async Task RunAsync(Peer peer, string row, int round)
{
    try
    {
        if (!await peer.HasAsync(row))
        {
            return;
        }
        var figures = await peer.RunAsync(row, options.Smoke);
        samples.Add(peer.Side.Name, row, figures);
        Console.Error.WriteLine(FormattableString.Invariant($"round {round}  {row,-12} {peer.Side.Name,-16} {figures["ns_per_op"],12:0.0} ns"));
    }
    catch (PeerException exception)
    {
        samples.AddFailure(peer.Side.Name, row, exception.Message);
        Console.Error.WriteLine($"round {round}  {row,-12} {peer.Side.Name,-16} failed: {exception.Message}");
    }
}
