using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Goroutines.Tests.Support;
using Json.Schema;
using Xunit;

namespace Goroutines.Diagnostics.Tests;

/// <summary>Dumps as text and as JSON, and the search that chooses what is in them.</summary>
public sealed class DumpTests
{
    private static readonly JsonSchema s_schema = ReadSchema();

    [Fact]
    public Task WriteJsonAsync_EveryKindOfWait_KeepsToTheSchema() => Isolated.RunAsync(async runtime =>
    {
        var channel = new Chan<Dictionary<string, int>>();
        var mutex = new GoMutex();
        GoNames.Set(mutex, "accounts");
        Holder outer = await mutex.LockAsync();
        var group = new WaitGroup();
        var semaphore = new WeightedSemaphore(1);
        await semaphore.AcquireAsync();
        (Goroutines.Net.Conn first, Goroutines.Net.Conn second) = Goroutines.Net.Conn.Pipe();
        Goroutine joined = runtime.Run(async () => { await channel.ReceiveAsync(); });
        runtime.Spawn(async () => await joined);
        runtime.Spawn(async () => await mutex.LockAsync());
        runtime.Spawn(async () => await semaphore.AcquireAsync());
        runtime.Spawn(async () => await group.WaitAsync());
        group.Add(1);
        runtime.Spawn(async () => await Go.SleepAsync(TimeSpan.FromHours(1)));
        runtime.Spawn(async () => // not by a method of the framework's, whose own await hides what it waits for
        {
            int read = await first.ReadAsync(new byte[1]);
            GC.KeepAlive(read);
        });
        runtime.Spawn(async () =>
        {
            var select = new Select();
            select.Receive(channel.Receiver);
            select.Timeout(TimeSpan.FromHours(1));
            await select.WaitAsync();
        });
        runtime.Spawn(async () => await GoLabels.DoAsync("route", "/pay \"x\"", async () => await channel.ReceiveAsync()));
        runtime.Spawn(async () => await Go.ScopeAsync(async scope =>
        {
            scope.Spawn(async () => await channel.ReceiveAsync());
            await Task.CompletedTask;
        }));
        await Poll.UntilAsync(() => runtime.Snapshot().Count(static info => info.Status == GoroutineStatus.Waiting && info.WaitReason.Length != 0) == 11, "all to be parked");

        string json = await JsonOf(runtime, new GoDumpOptions { ShowLabels = true, ShowNames = true });

        EvaluationResults results = s_schema.Evaluate(JsonNode.Parse(json), new EvaluationOptions { OutputFormat = OutputFormat.List });
        Assert.True(results.IsValid, string.Join('\n', results.Details.Where(static each => each.HasErrors).Select(static each => $"{each.InstanceLocation}: {string.Join(", ", each.Errors!.Values)}")));
        JsonArray goroutines = JsonNode.Parse(json)!["goroutines"]!.AsArray();
        string[] kinds = [.. goroutines.Select(static g => (string?)g!["waitingOn"]?["kind"] ?? "none")];
        Assert.Equal(["goroutine", "mutex", "semaphore", "waitgroup", "timer", "socket", "select", "channel", "scope"], kinds[1..10]);
        Assert.Equal("accounts", (string?)goroutines[2]!["waitingOn"]!["name"]);
        Assert.Equal("/pay \"x\"", (string?)goroutines[8]!["labels"]!["route"]);
        Assert.Equal("scope", (string?)goroutines[10]!["group"]!["kind"]);
        Assert.Equal((long)goroutines[10]!["id"]!, (long)goroutines[9]!["waitingOn"]!["holders"]![0]!);
        Assert.Equal(joined.Id, (long)goroutines[1]!["waitingOn"]!["holders"]![0]!);
        outer.Dispose();
        second.Dispose();
    });

    [Fact]
    public void Schema_WithAGoroutineWithoutAnId_RefusesIt()
        => Assert.False(s_schema.Evaluate(JsonNode.Parse("""{"schema":"goroutines.v1","runtime":"r","time":"2026-01-01T00:00:00Z","maxProcs":1,"count":1,"truncated":false,"goroutines":[{"name":"x"}]}""")).IsValid);

    [Fact]
    public Task WriteJsonAsync_ByDefault_ShowsNoLabelsNamesOrFolders() => Isolated.RunAsync(async runtime =>
    {
        var channel = new Chan<int>();
        GoNames.Set(channel, "secret-name");
        runtime.Spawn(async () => await GoLabels.DoAsync("user", "secret-label", async () => await channel.ReceiveAsync()));
        await Planted.ParkedAsync(runtime, "chan receive", 1);

        string json = await JsonOf(runtime, null);

        Assert.DoesNotContain("secret", json, StringComparison.Ordinal);
        Assert.Contains("\"Goroutines.Diagnostics.Tests/DumpTests.cs\"", json, StringComparison.Ordinal);
        channel.Close();
    });

    [Fact]
    public Task WriteTextAsync_OfParkedGoroutines_IsTheTextOfDump() => Isolated.RunAsync(async runtime =>
    {
        var channel = new Chan<int>();
        for (int i = 0; i < 200; i++)
        {
            runtime.Spawn(async () => await channel.ReceiveAsync());
        }

        await Planted.ParkedAsync(runtime, "chan receive", 200);
        using var expected = new StringWriter();
        runtime.Dump(expected);

        Assert.Equal(expected.ToString(), await TextOf(runtime, null));
        channel.Close();
    });

    [Fact]
    public Task WriteTextAsync_WithLabels_HasThemInTheHeaderAsGo() => Isolated.RunAsync(async runtime =>
    {
        var channel = new Chan<int>();
        runtime.Spawn(async () => await GoLabels.DoAsync("route", "/pay", async () => await channel.ReceiveAsync()));
        await Planted.ParkedAsync(runtime, "chan receive", 1);

        Assert.Contains("[chan receive] labels:{route: /pay}:", await TextOf(runtime, new GoDumpOptions { ShowLabels = true }), StringComparison.Ordinal);
        channel.Close();
    });

    [Theory]
    [InlineData("site:DumpTests.cs", 3)]
    [InlineData("site:Elsewhere.cs", 0)]
    [InlineData("reason:\"chan receive\"", 2)]
    [InlineData("-reason:sleep", 2)]
    [InlineData("object:timer", 1)]
    [InlineData("object:channel -label:route", 1)]
    [InlineData("label:route=/pay", 1)]
    [InlineData("label:route=/other", 0)]
    [InlineData("age<1h state:waiting", 3)]
    [InlineData("age>1h", 0)]
    [InlineData("sleep", 1)]
    public Task Query_Finds(string query, int count) => Isolated.RunAsync(async runtime =>
    {
        var channel = new Chan<int>();
        runtime.Spawn(async () => await channel.ReceiveAsync());
        runtime.Spawn(async () => await GoLabels.DoAsync("route", "/pay", async () => await channel.ReceiveAsync()));
        runtime.Spawn(async () => await Go.SleepAsync(TimeSpan.FromHours(1)));
        await Planted.ParkedAsync(runtime, "chan receive", 2);
        await Planted.ParkedAsync(runtime, "sleep", 1);

        Assert.Equal(count, JsonNode.Parse(await JsonOf(runtime, new GoDumpOptions { Query = query }))!["goroutines"]!.AsArray().Count);
        channel.Close();
    });

    [Theory]
    [InlineData("colour:red")]
    [InlineData("age>soon")]
    [InlineData("id:x")]
    public async Task Query_ThatIsNotUnderstood_Throws(string query)
        => await Assert.ThrowsAsync<FormatException>(async () => await JsonOf(GoRuntime.Default, new GoDumpOptions { Query = query }));

    [Fact]
    public Task WriteJsonAsync_WithALimit_SaysThatItIsTruncated() => Isolated.RunAsync(async runtime =>
    {
        var channel = new Chan<int>();
        for (int i = 0; i < 5; i++)
        {
            runtime.Spawn(async () => await channel.ReceiveAsync());
        }

        await Planted.ParkedAsync(runtime, "chan receive", 5);
        using var json = JsonDocument.Parse(await JsonOf(runtime, new GoDumpOptions { Limit = 2 }));
        Assert.True(json.RootElement.GetProperty("truncated").GetBoolean());
        Assert.Equal(2, json.RootElement.GetProperty("goroutines").GetArrayLength());
        Assert.Equal(5, json.RootElement.GetProperty("count").GetInt32());
        channel.Close();
    });

    private static async Task<string> JsonOf(GoRuntime runtime, GoDumpOptions? options)
    {
        using MemoryStream made = new();
        await GoDump.WriteJsonAsync(runtime, made, options);
        return Encoding.UTF8.GetString(made.ToArray());
    }

    private static async Task<string> TextOf(GoRuntime runtime, GoDumpOptions? options)
    {
        using MemoryStream made = new();
        await GoDump.WriteTextAsync(runtime, made, options);
        return Encoding.UTF8.GetString(made.ToArray());
    }

    private static JsonSchema ReadSchema()
    {
        using StreamReader reader = new(PageResources.Open("goroutines.v1.schema.json"));
        return JsonSchema.FromText(reader.ReadToEnd());
    }
}
