#:project ../src/Goroutines.Cluster.Nats/Goroutines.Cluster.Nats.csproj

// Counting words on more than one machine: the parts of a text file (its own source when none is named) are work items; workers count
// the words of each part; the leader writes the sum into a store that checks its fencing token. Alone, without a server, it runs in
// memory. With NATS_URL set (nats://127.0.0.1:4222), start it as often as you like, anywhere:
//
//     NATS_URL=… dotnet run samples/cluster.cs -- work         a worker: takes parts until the channel is closed
//     NATS_URL=… dotnet run samples/cluster.cs -- send [FILE]  sends the parts, closes the channel, prints the sum
//
// Kill a worker in the middle: its part goes to another. Prints how many parts were counted, and what became of a bad one.

using System.Text.Json.Serialization;
using Goroutines;
using Goroutines.Cluster;
using Goroutines.Cluster.Nats;

string? url = Environment.GetEnvironmentVariable("NATS_URL");
string role = args.Length > 0 ? args[0] : "all";
string file = args.Length > 1 ? args[1] : Path.Combine(AppContext.GetData("EntryPointFileDirectoryPath") as string ?? "samples", "cluster.cs");

await using ClusterConnection cluster = url is null ? MemoryCluster.Create() : await NatsCluster.ConnectAsync(url);
ClusterChan<Part> parts = await cluster.OpenAsync(Names.Parts, new() { Capacity = 100, MaxAttempts = 2, RetryDelay = TimeSpan.FromMilliseconds(10) });

var group = new ErrGroup();
var store = new Store();
if (role is "all" or "work")
{
    // Returns: acknowledged. Throws: tried again, and a dead letter in the end.
    group.Spawn(async () => await parts.ServeAsync(CountAsync, new() { Concurrency = 4 }));
}

if (role is "all" or "send")
{
    await using Served served = await cluster.ServeAsync(Names.Add, (counted, _) => new ValueTask<int>(store.Add(counted)));
    int sent = 0;
    foreach (string[] lines in File.ReadLines(file).Chunk(10))
    {
        // The id: sent twice, the part is stored once.
        await parts.SendAsync(new Part(sent, string.Join('\n', lines)), new SendOptions { Id = $"part {sent}" });
        sent++;
    }

    await parts.SendAsync(new Part(-1, ""));
    await parts.DrainAsync();
    await parts.CloseAsync();
    Console.WriteLine($"{sent} parts sent, {store.Parts} counted, words found: {store.Words > 300}");
    await foreach (DeadLetter<Part> letter in parts.DeadLetters.BrowseAsync())
    {
        Console.WriteLine($"dead after {letter.Attempts} attempts: {letter.ErrorMessage}");
        await parts.DeadLetters.RemoveAsync(letter);
    }

    // One of all the processes does this; the token keeps a late one out.
    await cluster.LeadAsync("report", (lease, lost) =>
    {
        Console.WriteLine($"report written: {store.Write(lease.Token)}, by one that led before: {store.Write(lease.Token - 1)}");
        return default;
    });
    await group.WaitAsync();
    await parts.ReopenAsync();
}
else
{
    await group.WaitAsync();
}

async ValueTask CountAsync(Delivery<Part> part, CancellationToken stop)
{
    if (part.Value.Number < 0)
    {
        throw new FormatException("a part has a number");
    }

    int words = part.Value.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
    await cluster.CallAsync(Names.Add, new Counted(part.Value.Number, words), cancellationToken: stop);
}

internal sealed class Store
{
    private readonly Dictionary<int, int> _words = [];
    private long _highest;

    public int Parts => _words.Count;

    public int Words => _words.Values.Sum();

    // At least once: a part that comes a second time changes nothing.
    public int Add(Counted counted)
    {
        _words[counted.Number] = counted.Words;
        return _words.Count;
    }

    public bool Write(long fencingToken)
    {
        if (fencingToken < _highest)
        {
            return false;
        }

        _highest = fencingToken;
        return true;
    }
}

internal static class Names
{
    public static readonly ChanName<Part> Parts = new("parts", ClusterCodec.Json(Json.Default.Part));
    public static readonly FuncName<Counted, int> Add = new("add", ClusterCodec.Json(Json.Default.Counted), ClusterCodec.Json(Json.Default.Int32));
}

internal sealed record Part(int Number, string Text);

internal sealed record Counted(int Number, int Words);

[JsonSerializable(typeof(Part))]
[JsonSerializable(typeof(Counted))]
internal sealed partial class Json : JsonSerializerContext;
