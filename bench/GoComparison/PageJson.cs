using System.Text.Json;
using System.Text.Json.Nodes;
using Goroutines.Comparison;

namespace Goroutines.GoComparison;

/// <summary>The comparison for programs, with the figure of every round.</summary>
internal static class PageJson
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static string Write(Report report)
    {
        var json = new JsonObject
        {
            ["run"] = JsonSerializer.SerializeToNode(report.Run, JsonSerializerOptions.Web),
            ["machine"] = JsonSerializer.SerializeToNode(report.Machine, JsonSerializerOptions.Web),
            ["rows"] = new JsonArray([.. report.Rows.Compared.Select(row => ToJson(report, row))]),
            ["unported"] = new JsonArray([.. report.Unported.Select(static group => new JsonObject
            {
                ["package"] = group.Package,
                ["reason"] = group.Reason,
                ["benchmarks"] = Array(group.Names),
            })]),
            ["failures"] = Array(report.Failures),
        };
        return json.ToJsonString(s_indented) + Environment.NewLine;
    }

    /// <summary>Reads a report back. Reasons and what has no row are as they are now.</summary>
    public static Report Read(string text)
    {
        var json = JsonNode.Parse(text)!;
        var rows = new Rows();
        foreach (var node in json["rows"]!.AsArray())
        {
            string package = node!["package"]!.GetValue<string>(), name = node["benchmark"]!.GetValue<string>(), unit = node["unit"]!.GetValue<string>();
            foreach (var (side, isOurs) in ((string, bool)[])[("ours", true), ("go", false)])
            {
                rows.Add(package, node["rounds"]![side]!.AsArray().Select(value => new Figure(name, unit, value!.GetValue<double>())), isOurs);
                if (node["bytes"] is { } bytes && rows.BytesOf(new Row(package, name, unit)) is not { Go.Count: > 0 })
                {
                    rows.Add(package, bytes[side]!.AsArray().Select(value => new Figure(name, Row.Bytes, value!.GetValue<double>())), isOurs);
                }
            }
        }
        return new Report(
            json["run"].Deserialize<Run>(JsonSerializerOptions.Web)!, json["machine"].Deserialize<Machine>(JsonSerializerOptions.Web)!, rows, Unported.Read(),
            Reason.Read(), [.. json["failures"]!.AsArray().Select(static failure => failure!.GetValue<string>())]);
    }

    private static JsonObject ToJson(Report report, Row row) => new()
    {
        ["package"] = row.Package,
        ["benchmark"] = row.Name,
        ["unit"] = row.Unit,
        ["ours"] = row.OurMedian,
        ["go"] = row.GoMedian,
        ["oursToGo"] = row.Ratio,
        ["rounds"] = Rounds(row),
        ["bytes"] = report.Rows.BytesOf(row) is { } bytes ? Rounds(bytes) : null,
    };

    private static JsonObject Rounds(Row row) => new() { ["ours"] = Array(row.Ours), ["go"] = Array(row.Go) };

    private static JsonArray Array<T>(IEnumerable<T> values) => [.. values.Select(static value => (JsonNode?)JsonValue.Create(value))];
}
