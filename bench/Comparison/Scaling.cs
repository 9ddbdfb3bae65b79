using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Goroutines.Comparison;

/// <summary>Takes the curves: every point on every side, interleaved, in several rounds.</summary>
internal sealed class Scaling(IReadOnlyList<Peer> peers, int rounds, bool smoke)
{
    private readonly Dictionary<(string Peer, CurvePoint Point), IReadOnlyDictionary<string, double>[]> _runs = [];
    private readonly List<string> _failures = [];

    public IReadOnlyList<string> Failures => _failures;

    public async Task RunAsync()
    {
        CurvePoint[] points = [.. Curve.All.SelectMany(curve => curve.Points).Distinct()];
        for (var round = 0; round < rounds; round++)
        {
            foreach (var point in points)
            {
                for (var i = 0; i < peers.Count; i++)
                {
                    await RunAsync(peers[(round + i) % peers.Count], point, round);
                }
            }
        }
    }

    /// <summary>The curve on one side: sizes and medians, where there are any.</summary>
    public IReadOnlyList<(double X, double Y)> Of(string peer, Curve curve) =>
    [
        .. curve.Points
            .Where(point => _runs.ContainsKey((peer, point)))
            .Select(point => ((double)point.X, Median(_runs[(peer, point)].Where(run => run is not null).Select(run => run[curve.Figure])))),
    ];

    public void Write(string directory, Machine machine)
    {
        Directory.CreateDirectory(directory);
        foreach (var curve in Curve.All)
        {
            File.WriteAllText(Path.Combine(directory, $"scaling-{curve.Name}.svg"), LineChart.Write(curve, [.. peers.Select(peer => (peer.Name, Of(peer.Name, curve)))]));
        }
        File.WriteAllText(Path.Combine(directory, "scaling.json"), Json(machine));
    }

    public string Table()
    {
        var text = new StringBuilder();
        foreach (var curve in Curve.All)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{curve.Title}, {curve.Unit}:");
            text.AppendLine();
            text.AppendLine(CultureInfo.InvariantCulture, $"| {curve.XLabel} | {string.Join(" | ", curve.Points.Select(point => point.X.ToString("#,0", CultureInfo.InvariantCulture)))} |");
            text.AppendLine(CultureInfo.InvariantCulture, $"|---|{string.Concat(curve.Points.Select(_ => "--:|"))}");
            foreach (var peer in peers)
            {
                var values = Of(peer.Name, curve).ToDictionary(point => point.X, point => point.Y);
                text.AppendLine(CultureInfo.InvariantCulture, $"| {peer.Name} | {string.Join(" | ", curve.Points.Select(point => values.TryGetValue(point.X, out var value) ? value.ToString("#,0", CultureInfo.InvariantCulture) : ""))} |");
            }
            text.AppendLine();
        }
        return text.ToString();
    }

    private async Task RunAsync(Peer peer, CurvePoint point, int round)
    {
        try
        {
            if (!await peer.HasAsync(point.Workload))
            {
                return;
            }
            var figures = await peer.RunAsync(point.Workload, smoke ? Catalogue.SmokeOperations(point.Workload) : point.Operations, point.Procs, smoke);
            if (!_runs.TryGetValue((peer.Name, point), out var runs))
            {
                _runs[(peer.Name, point)] = runs = new IReadOnlyDictionary<string, double>[rounds];
            }
            runs[round] = figures;
            Console.Error.WriteLine(FormattableString.Invariant($"round {round + 1}  {point.Workload,-10} n={point.Operations} procs={point.Procs} {peer.Name,-7} {figures["ns_per_op"],12:0.0} ns"));
        }
        catch (PeerException exception)
        {
            _failures.Add($"{point.Workload} at {point.X} ({peer.Name}): {exception.Message}");
        }
    }

    private string Json(Machine machine) => JsonSerializer.Serialize(
        new
        {
            taken = DateTimeOffset.UtcNow,
            machine,
            rounds,
            peers = peers.Select(peer => new { peer.Name, peer.Runtime, peer.Settings }),
            curves = Curve.All.Select(curve => new
            {
                curve.Name,
                curve.Title,
                curve.XLabel,
                curve.Unit,
                sides = peers.ToDictionary(peer => peer.Name, peer => Of(peer.Name, curve).Select(point => new[] { point.X, Math.Round(point.Y, 1) })),
            }),
        },
        s_json);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
}
