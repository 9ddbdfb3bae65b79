using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Goroutines.GoComparison;

/// <summary>The comparison for programs, with the figure of every round.</summary>
internal static class PageJson
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static string Write(Report report)
    {
        var json = new JsonObject
        {
            ["taken"] = report.Taken.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["machine"] = JsonSerializer.SerializeToNode(report.Machine, JsonSerializerOptions.Web),
            ["go"] = report.GoVersion,
            ["rounds"] = report.Options.Rounds,
            ["benchtime"] = report.Options.BenchTime,
            ["smoke"] = report.Options.Smoke,
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

    private static JsonObject ToJson(Report report, Row row) => new()
    {
        ["package"] = row.Package,
        ["benchmark"] = row.Name,
        ["unit"] = row.Unit,
        ["ours"] = row.OurMedian,
        ["go"] = row.GoMedian,
        ["oursToGo"] = row.Ratio,
        ["ourBytesPerOperation"] = report.Rows.BytesOf(row)?.OurMedian,
        ["goBytesPerOperation"] = report.Rows.BytesOf(row)?.GoMedian,
        ["rounds"] = new JsonObject { ["ours"] = Array(row.Ours), ["go"] = Array(row.Go) },
    };

    private static JsonArray Array<T>(IEnumerable<T> values) => [.. values.Select(static value => (JsonNode?)JsonValue.Create(value))];
}
