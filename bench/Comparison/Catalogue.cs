namespace Goroutines.Comparison;

/// <summary>One line of the comparison: a figure of a workload and what ours/Go must be at most.</summary>
/// <param name="Figure">The name of the figure in the peers' output.</param>
internal sealed record Line(string Workload, string Label, string Figure, string Unit, double? Bound, double? Stretch);

/// <summary>What is measured and what must hold.</summary>
internal static class Catalogue
{
    public static readonly IReadOnlyList<Line> Lines =
    [
        PerOperation("spawn", 0.5, 0.2),
        PerOperation("chansync", 1.0, 0.5),
        PerOperation("prodcons0", 1.0, 0.5),
        PerOperation("prodcons10", 0.8, 0.4),
        PerOperation("prodcons100", 0.7, 0.3),
        PerOperation("fanin", 0.8, 0.5),
        PerOperation("select2", 1.0, 0.6),
        PerOperation("selectdefault", 1.0, 0.5),
        PerOperation("mutex", 1.0, 0.6),
        PerOperation("gosched", 1.0, 0.5),
        PerOperation("sieve", 1.0, 0.6),
        PerOperation("skynet", 0.7, 0.3),
        PerOperation("sleepers", 1.0, 0.5),
        new("sleepers", "sleepers, processor time", "cpu_ns_per_op", "ns", 1.0, 0.5),
        new("parked", "parked, resident", "bytes_each", "bytes", 0.2, 0.12),
        new("parked", "parked, spawn", "spawn_ns", "ns", 0.5, 0.2),
        new("parked", "parked, wake", "wake_ns", "ns", 0.5, 0.2),
        new("parked", "parked, first spawn", "spawn_first_ns", "ns", null, null),
        new("hog", "hog, p50", "p50_us", "µs", 1.0, 0.5),
        new("hog", "hog, p99", "p99_us", "µs", 1.0, 0.5),
        new("garbage", "garbage beside 1M parked", "ns_per_op", "ns", null, null),
        new("garbage", "garbage, sleep late by, p50", "late_p50_us", "µs", null, null),
        new("garbage", "garbage, sleep late by, p99", "late_p99_us", "µs", null, null),
        new("garbage", "garbage, sleep late by, worst", "late_max_us", "µs", null, null),
        new("garbage", "garbage, full collection", "full_ms", "ms", null, null),
        PerOperation("echo", 1.0, 0.7),
        PerOperation("stackful", null, null),
    ];

    /// <summary>In the order of the lines.</summary>
    public static IReadOnlyList<string> Workloads { get; } = [.. Lines.Select(line => line.Workload).Distinct()];

    /// <summary>Operations of a run that only shows that a workload runs.</summary>
    public static int SmokeOperations(string workload) => workload switch
    {
        "hog" => 5,
        "sieve" => 50,
        "skynet" => 1000,
        _ => 2000,
    };

    private static Line PerOperation(string workload, double? bound, double? stretch) =>
        new(workload, workload, "ns_per_op", "ns", bound, stretch);
}
