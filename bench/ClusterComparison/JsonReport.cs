using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Goroutines.Comparison;

namespace Goroutines.ClusterComparison;

/// <summary>The comparison for programs, with the figure of every round; also read again to add to it and to write the page anew.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static string Write(Results results)
    {
        JsonObject json = new()
        {
            ["taken"] = results.Taken.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["tookSeconds"] = (int)results.Took.TotalSeconds,
            ["machine"] = JsonSerializer.SerializeToNode(results.Machine, JsonSerializerOptions.Web),
            ["smoke"] = results.Smoke,
            ["servers"] = new JsonObject(results.Servers.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["sides"] = new JsonArray([.. results.Sides.Select(static run => new JsonObject { ["name"] = run.Side.Name, ["runtime"] = run.Runtime, ["settings"] = run.Settings })]),
            ["lines"] = new JsonArray([.. results.Lines.Select(line => ToJson(line, results))]),
            ["failures"] = new JsonArray([.. results.Samples.Failures.Select(static failure => JsonValue.Create(failure))]),
        };
        return json.ToJsonString(s_indented) + Environment.NewLine;
    }

    public static Results Read(string text)
    {
        JsonNode json = JsonNode.Parse(text)!;
        Samples samples = new();
        foreach (JsonNode? line in json["lines"]!.AsArray())
        {
            foreach ((string side, JsonNode? figures) in line!["sides"]!.AsObject())
            {
                foreach (JsonNode? value in figures!["rounds"]!.AsArray())
                {
                    samples.Add(side, (string)line["row"]!, new Dictionary<string, double> { [(string)line["figure"]!] = (double)value! });
                }
            }
        }

        foreach (JsonNode? failure in json["failures"]!.AsArray())
        {
            samples.AddFailure((string)failure!);
        }

        return new Results(
            DateTimeOffset.Parse((string)json["taken"]!, CultureInfo.InvariantCulture),
            TimeSpan.FromSeconds((int)json["tookSeconds"]!),
            json["machine"].Deserialize<Machine>(JsonSerializerOptions.Web)!,
            (bool)json["smoke"]!,
            [.. json["sides"]!.AsArray().Select(static side => new SideRun(Side.All.First(known => known.Name == (string)side!["name"]!), (string)side!["runtime"]!, (string)side["settings"]!))],
            json["servers"]!.AsObject().ToDictionary(static pair => pair.Key, static pair => (string)pair.Value!),
            samples);
    }

    private static JsonObject ToJson(Line line, Results results) => new()
    {
        ["row"] = line.Row,
        ["label"] = line.Label,
        ["figure"] = line.Figure,
        ["unit"] = line.Unit,
        ["sides"] = new JsonObject(results.Sides
            .Where(run => results.Median(run.Side.Name, line) is not null)
            .Select(run => KeyValuePair.Create(run.Side.Name, (JsonNode?)new JsonObject
            {
                ["median"] = results.Median(run.Side.Name, line),
                ["oursToTheirs"] = run.Side.IsOurs ? null : results.Ratio(run.Side.Name, line),
                ["rounds"] = new JsonArray([.. results.Samples.Of(run.Side.Name, line.Row, line.Figure).Select(static value => JsonValue.Create(value))]),
            }))),
    };
}
