using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Goroutines.Comparison;

/// <summary>The comparison for programs, with the figure of every round.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static string Write(Report report)
    {
        var json = new JsonObject
        {
            ["taken"] = report.Taken.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["machine"] = JsonSerializer.SerializeToNode(report.Machine, JsonSerializerOptions.Web),
            ["peers"] = new JsonArray([.. report.Peers.Select(peer =>
                new JsonObject { ["name"] = peer.Name, ["runtime"] = peer.Runtime, ["settings"] = peer.Settings })]),
            ["rounds"] = report.Rounds,
            ["smoke"] = report.Smoke,
            ["rows"] = new JsonArray([.. report.Rows.Select(row => ToJson(row, report.Samples))]),
            ["failures"] = new JsonArray([.. report.Samples.Failures.Select(failure => JsonValue.Create(failure))]),
        };
        return json.ToJsonString(s_indented) + Environment.NewLine;
    }

    private static JsonObject ToJson(Row row, Samples samples) => new()
    {
        ["workload"] = row.Line.Workload,
        ["label"] = row.Line.Label,
        ["figure"] = row.Line.Figure,
        ["unit"] = row.Line.Unit,
        ["ours"] = row.Ours,
        ["go"] = row.Go,
        ["oursToGo"] = row.OursToGo,
        ["bound"] = row.Line.Bound,
        ["stretch"] = row.Line.Stretch,
        ["met"] = row.Verdict switch { Verdict.NotJudged => null, Verdict.Missed => false, _ => true },
        ["defaultToGo"] = row.DefaultToGo,
        ["coldToGo"] = row.ColdToGo,
        ["aotToGo"] = row.AotToGo,
        ["coldBound"] = row.Line.ColdBound,
        ["dotnet"] = row.DotNet,
        ["oursToDotnet"] = row.OursToDotNet,
        ["oursAllocatedBytesPerOperation"] = row.OursAllocatedBytes,
        ["rounds"] = new JsonObject(((string[])[Peer.Ours, Peer.Go, Peer.DotNet, Peer.OursDefault, Peer.OursCold, Peer.GoCold, Peer.OursAot]).Select(peer => KeyValuePair.Create(
            peer, (JsonNode?)new JsonArray([.. samples.Of(peer, row.Line.Workload, row.Line.Figure).Select(value => JsonValue.Create(value))])))),
    };
}
