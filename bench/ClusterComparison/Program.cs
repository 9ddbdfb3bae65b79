// Runs the rows on every side, each in processes of its own, interleaved, and writes what came out. Started by bench/cluster, which builds the sides
// first and finds the servers.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Goroutines.ClusterComparison;
using Goroutines.Comparison;

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

if (options.Rendered is { } rendered)
{
    string page = Path.ChangeExtension(rendered, ".md");
    File.WriteAllText(page, MarkdownReport.Write(JsonReport.Read(File.ReadAllText(rendered))));
    Console.WriteLine($"written: {page}");
    return 0;
}

Machine machine = Machine.Read();
DateTimeOffset taken = DateTimeOffset.UtcNow;
long begin = Stopwatch.GetTimestamp();
Samples samples = new();
Dictionary<string, Server> servers = [];
try
{
    foreach (string engine in options.Peers.Select(static peer => peer.Side.Engine).Distinct())
    {
        servers[engine] = new Server(engine, options.Servers[engine]);
    }

    for (int round = 1; round <= options.Rounds; round++)
    {
        foreach (string row in options.Rows)
        {
            // Another side begins each time, so that none always finds the machine as the same neighbour left it.
            for (int i = 0; i < options.Peers.Count; i++)
            {
                await RunAsync(options.Peers[(round - 1 + i) % options.Peers.Count], row, round);
            }
        }
    }
}
finally
{
    foreach (Server server in servers.Values)
    {
        server.Dispose();
    }
}

Results results = new(
    taken, Stopwatch.GetElapsedTime(begin), machine, options.Smoke, [.. options.Peers.Select(static peer => new SideRun(peer.Side, peer.Runtime, peer.Settings))],
    options.Servers.Where(pair => servers.ContainsKey(pair.Key)).ToDictionary(static pair => pair.Key, static pair => Server.VersionOf(pair.Value)), samples);
Console.WriteLine(MarkdownReport.Table(results));
if (options.Output is { } directory)
{
    Directory.CreateDirectory(directory);
    string file = Path.Combine(directory, "cluster.json");
    if (options.Adds && File.Exists(file))
    {
        results = JsonReport.Read(File.ReadAllText(file)).With(results);
    }

    File.WriteAllText(file, JsonReport.Write(results));
    File.WriteAllText(Path.ChangeExtension(file, ".md"), MarkdownReport.Write(results));
    Console.WriteLine($"written: cluster.md and cluster.json in {directory}");
}

foreach (string failure in samples.Failures)
{
    Console.Error.WriteLine($"failed: {failure}");
}

return samples.Failures.Count == 0 ? 0 : 1;

async Task RunAsync(Peer peer, string row, int round)
{
    Server server = servers[peer.Side.Engine];
    string queue = string.Create(CultureInfo.InvariantCulture, $"{row}-{round}-{peer.Side.Name}");
    try
    {
        Dictionary<string, double> figures = Scenes.Has(row) ? await new Scenes(peer, server, queue, options.Smoke).RunAsync(row) : await AloneAsync(peer, server, queue, row);
        if (figures.Count != 0)
        {
            samples.Add(peer.Side.Name, row, figures);
            string first = string.Join("  ", figures.Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:0.##}")));
            Console.Error.WriteLine($"round {round}  {row,-12} {peer.Side.Name,-10} {first}");
        }
    }
    catch (ComparisonException exception)
    {
        samples.AddFailure(peer.Side.Name, row, exception.Message);
        Console.Error.WriteLine($"round {round}  {row,-12} {peer.Side.Name,-10} failed: {exception.Message}");
    }
}

async Task<Dictionary<string, double>> AloneAsync(Peer peer, Server server, string queue, string row)
{
    await using Child child = peer.Start(row, server, queue, options.Smoke ? ["--smoke"] : []);
    string line = await child.LineAsync(TimeSpan.FromSeconds(options.Smoke ? 20 : 60), "its figures");
    JsonElement json;
    try
    {
        json = JsonDocument.Parse(line).RootElement;
    }
    catch (JsonException)
    {
        throw new ComparisonException($"not a line of JSON: {line}");
    }

    if (json.TryGetProperty("runtime", out JsonElement runtime))
    {
        peer.Runtime = runtime.GetString() ?? "";
        peer.Settings = json.GetProperty("settings").GetString() ?? "";
    }

    return json.EnumerateObject().Where(static property => property.Value.ValueKind == JsonValueKind.Number)
        .ToDictionary(static property => property.Name, static property => property.Value.GetDouble());
}
