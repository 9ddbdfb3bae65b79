using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Goroutines.Comparison;

namespace Goroutines.LibraryComparison;

/// <summary>The comparison for programs, with the figure of every round; also read again to write the page anew.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static string Write(Results results)
    {
        var json = new JsonObject
        {
            ["taken"] = results.Taken.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["tookSeconds"] = (int)results.Took.TotalSeconds,
            ["machine"] = JsonSerializer.SerializeToNode(results.Machine, JsonSerializerOptions.Web),
            ["rounds"] = results.Options.Rounds,
            ["smoke"] = results.Options.Smoke,
            ["sides"] = new JsonArray([.. results.Options.Peers.Select(peer =>
                new JsonObject { ["name"] = peer.Side.Name, ["runtime"] = peer.Runtime, ["settings"] = peer.Settings })]),
            ["lines"] = new JsonArray([.. results.Lines.Select(line => ToJson(line, results))]),
            ["failures"] = new JsonArray([.. results.Samples.Failures.Select(failure => JsonValue.Create(failure))]),
        };
        return json.ToJsonString(s_indented) + Environment.NewLine;
    }

    /// <summary>What such a file says was measured.</summary>
    public static Results Read(string text)
    {
        var json = JsonNode.Parse(text)!;
        var samples = new Samples();
        foreach (var line in json["lines"]!.AsArray())
        {
            foreach (var (side, figures) in line!["sides"]!.AsObject())
            {
                foreach (var value in figures!["rounds"]!.AsArray())
                {
                    samples.Add(side, (string)line["row"]!, new Dictionary<string, double> { [(string)line["figure"]!] = (double)value! });
                }
                if ((double?)figures["allocatedBytesPerOperation"] is { } allocated && line == FirstOf(json, (string)line["row"]!))
                {
                    samples.Add(side, (string)line["row"]!, new Dictionary<string, double> { ["alloc_bytes_per_op"] = allocated });
                }
            }
        }
        foreach (var failure in json["failures"]!.AsArray())
        {
            // "row (side): what happened"
            var parts = ((string)failure!).Split([" (", "): "], 3, StringSplitOptions.None);
            samples.AddFailure(parts[1], parts[0], parts[2]);
        }
        var peers = json["sides"]!.AsArray().Select(side => new Peer(Side.All.First(known => known.Name == (string)side!["name"]!), "")
        {
            Runtime = (string)side!["runtime"]!,
            Settings = (string)side["settings"]!,
        });
        return new Results(
            DateTimeOffset.Parse((string)json["taken"]!, CultureInfo.InvariantCulture),
            TimeSpan.FromSeconds((int)json["tookSeconds"]!),
            json["machine"].Deserialize<Machine>(JsonSerializerOptions.Web)!,
            new Options
            {
                Rows = [.. json["lines"]!.AsArray().Select(line => (string)line!["row"]!).Distinct()],
                Peers = [.. peers],
                Rounds = (int)json["rounds"]!,
                Smoke = (bool)json["smoke"]!,
            },
            samples);
    }

    private static JsonNode? FirstOf(JsonNode json, string row) => json["lines"]!.AsArray().First(line => (string)line!["row"]! == row);

    private static JsonObject ToJson(Line line, Results results) => new()
    {
        ["row"] = line.Row,
        ["label"] = line.Label,
        ["figure"] = line.Figure,
        ["unit"] = line.Unit,
        ["sides"] = new JsonObject(results.Sides
            .Where(side => results.Median(side.Name, line) is not null)
            .Select(side => KeyValuePair.Create(side.Name, (JsonNode?)new JsonObject
            {
                ["median"] = results.Median(side.Name, line),
                ["oursToTheirs"] = side.IsOurs ? null : results.Ratio(side, line),
                ["allocatedBytesPerOperation"] = results.Samples.Median(side.Name, line.Row, "alloc_bytes_per_op"),
                ["rounds"] = new JsonArray([.. results.Samples.Of(side.Name, line.Row, line.Figure).Select(value => JsonValue.Create(value))]),
            }))),
    };
}
