using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Goroutines.LibraryComparison;

/// <summary>The comparison for programs, with the figure of every round.</summary>
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
