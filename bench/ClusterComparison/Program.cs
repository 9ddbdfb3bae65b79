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
            Peer[] peers = [.. Enumerable.Range(0, options.Peers.Count).Select(i => options.Peers[(round - 1 + i) % options.Peers.Count])];
            if (Scenes.Has(row))
            {
                foreach (Peer peer in peers.Where(static peer => peer.Side.HasScenes))
                {
                    await GuardedAsync(peer, row, round, async () => Add(peer, row, round, await new Scenes(peer, servers[peer.Side.Engine], Queue(peer, row, round), options.Smoke).RunAsync(row)));
                }
            }
            else
            {
                foreach (Server server in servers.Values.Where(static server => server.IsForOneRow))
                {
                    server.Kill();
                    server.Start();
                }

                await InTurnsAsync(peers, row, round);
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

// The sides' processes are all there, and take turns of some tenths of a second, so that each figure has one of every other side beside it that was taken
// under nearly the same load. A turn in which a side fails counts for none.
async Task InTurnsAsync(Peer[] peers, string row, int round)
{
    Dictionary<Peer, Child> children = [];
    try
    {
        foreach (Peer peer in peers)
        {
            await GuardedAsync(peer, row, round, async () =>
            {
                children[peer] = peer.Start(row, servers[peer.Side.Engine], Queue(peer, row, round), options.Smoke ? ["--smoke"] : []);
                JsonElement about = await JsonAsync(children[peer], "being ready");
                if (about.TryGetProperty("runtime", out JsonElement runtime))
                {
                    peer.Runtime = runtime.GetString() ?? "";
                    peer.Settings = about.GetProperty("settings").GetString() ?? "";
                }
                else
                {
                    await children[peer].DisposeAsync(); // that side does not have the row
                    children.Remove(peer);
                }
            });
        }

        for (int turn = 0; turn < options.Turns; turn++)
        {
            List<(Peer Peer, Dictionary<string, double> Figures)> all = [];
            for (int i = 0; i < peers.Length; i++)
            {
                Peer peer = peers[(turn + i) % peers.Length];
                if (children.TryGetValue(peer, out Child? child) && !await GuardedAsync(peer, row, round, async () =>
                {
                    child.Tell("turn");
                    JsonElement figures = await JsonAsync(child, "its figures");
                    all.Add((peer, figures.EnumerateObject().ToDictionary(static property => property.Name, static property => property.Value.GetDouble())));
                }))
                {
                    return;
                }
            }

            foreach ((Peer peer, Dictionary<string, double> figures) in all)
            {
                Add(peer, row, round, figures);
            }
        }
    }
    finally
    {
        foreach (Child child in children.Values)
        {
            await child.DisposeAsync();
        }
    }
}

async Task<bool> GuardedAsync(Peer peer, string row, int round, Func<Task> body)
{
    try
    {
        await body();
        return true;
    }
    catch (ComparisonException exception)
    {
        samples.AddFailure(peer.Side.Name, row, exception.Message);
        Console.Error.WriteLine($"round {round}  {row,-12} {peer.Side.Name,-10} failed: {exception.Message}");
        return false;
    }
}

void Add(Peer peer, string row, int round, Dictionary<string, double> figures)
{
    samples.Add(peer.Side.Name, row, figures);
    string all = string.Join("  ", figures.Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:0.##}")));
    Console.Error.WriteLine($"round {round}  {row,-12} {peer.Side.Name,-10} {all}");
}

static string Queue(Peer peer, string row, int round) => string.Create(CultureInfo.InvariantCulture, $"{row}-{round}-{peer.Side.Name}");

async Task<JsonElement> JsonAsync(Child child, string what)
{
    string line = await child.LineAsync(TimeSpan.FromSeconds(options.Smoke ? 20 : 60), what);
    try
    {
        return JsonDocument.Parse(line).RootElement;
    }
    catch (JsonException)
    {
        throw new ComparisonException($"not a line of JSON: {line}");
    }
}
