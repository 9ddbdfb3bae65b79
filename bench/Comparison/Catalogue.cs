namespace Goroutines.Comparison;

/// <summary>One line of the comparison: a figure of a workload and what ours/Go must be at most.</summary>
/// <param name="Figure">The name of the figure in the peers' output.</param>
/// <param name="Bound">Of the warm and the default column.</param>
/// <param name="ColdBound">Of the cold column, and of native AOT.</param>
internal sealed record Line(string Workload, string Label, string Figure, string Unit, double? Bound, double? Stretch, double? ColdBound = null);

/// <summary>What is measured and what must hold.</summary>
internal static class Catalogue
{
    public static readonly IReadOnlyList<Line> Lines =
    [
        PerOperation("spawn", 0.4, 0.2, 0.8),
        PerOperation("chansync", 0.7, 0.5, 1.2),
        PerOperation("prodcons0", 0.6, 0.5, 1.2),
        PerOperation("prodcons10", 0.5, 0.4, 0.9),
        PerOperation("prodcons100", 0.35, 0.25, 0.8),
        PerOperation("fanin", 0.6, 0.45, 1.0),
        PerOperation("select2", 0.75, 0.5, 1.2),
        PerOperation("selectdefault", 0.45, 0.35, 0.8),
        PerOperation("selectnew", 1.0, 0.7, 1.5),
        PerOperation("mutex", 0.8, 0.6, 1.5),
        PerOperation("mutex1", 1.0, 0.6, 1.5),
        PerOperation("rlock1", 1.0, 0.6, 1.5),
        PerOperation("cond", 1.0, 0.6, 1.5),
        PerOperation("errgroup", 1.0, 0.6, 1.5),
        PerOperation("ctx", 1.0, 0.6, 1.5),
        PerOperation("timerreset", 1.0, 0.6, 1.5),
        PerOperation("wg", 1.0, 0.6, 1.5),
        PerOperation("gosched", 0.55, 0.4, 1.0),
        PerOperation("sieve", 0.7, 0.5, 1.2),
        PerOperation("skynet", 0.5, 0.3, 1.0),
        PerOperation("ring", 0.7, 0.5, 1.2),
        PerOperation("chameneos", 0.7, 0.5, 1.2),
        PerOperation("sleepers", 0.9, 0.5, 1.2),
        new("sleepers", "sleepers, processor time", "cpu_ns_per_op", "ns", 0.9, 0.5, 1.2),
        new("lowload", "lowload, processor time", "cpu_ns_per_op", "ns", 1.5, 1.0, 2),
        new("parked", "parked, resident", "bytes_each", "bytes", 0.15, 0.12),
        new("parked", "parked, spawn", "spawn_ns", "ns", 0.7, 0.5),
        new("parked", "parked, wake", "wake_ns", "ns", 0.4, 0.3),
        new("parked", "parked, first spawn", "spawn_first_ns", "ns", null, null),
        new("hog", "hog, p50", "p50_us", "µs", 0.1, 0.01),
        new("hog", "hog, p99", "p99_us", "µs", 0.1, 0.01),
        new("garbage", "garbage beside 1M parked", "ns_per_op", "ns", null, null),
        new("garbage", "garbage, sleep late by, p50", "late_p50_us", "µs", null, null),
        new("garbage", "garbage, sleep late by, p99", "late_p99_us", "µs", null, null),
        new("garbage", "garbage, sleep late by, worst", "late_max_us", "µs", null, null),
        new("garbage", "garbage, full collection", "full_ms", "ms", null, null),
        PerOperation("outside1", null, null, null),
        PerOperation("outside", null, null, null),
        PerOperation("syncjob", 1.2, 1.0, 2),
        PerOperation("stackful", 3, 1.5, 5),
        PerOperation("echo", 0.8, 0.7, 1.2),
        PerOperation("echofw", 0.9, 0.75, 1.2),
        PerOperation("echo4k", 0.75, 0.65, 1.2),
        PerOperation("tls", 1.0, 0.8, 1.5),
        PerOperation("lines", 1.0, 0.8, 1.5),
        PerOperation("copy", 1.0, 0.9, 1.2),
        new("copy", "copy, processor time", "cpu_ns_per_op", "ns", 1.0, 0.9, 1.2),
    ];

    /// <summary>Workloads whose figures say the same however warm a process is, or that a short program does not do.</summary>
    private static readonly HashSet<string> s_warmOnly = ["parked", "hog", "garbage"];

    public static bool HasColumns(string workload) => !s_warmOnly.Contains(workload);

    /// <summary>In the order of the lines.</summary>
    public static IReadOnlyList<string> Workloads { get; } = [.. Lines.Select(line => line.Workload).Distinct()];

    /// <summary>Operations of a run that only shows that a workload runs.</summary>
    public static int SmokeOperations(string workload) => workload switch
    {
        "hog" => 5,
        "sieve" => 50,
        "skynet" => 1000,
        "copy" => 4,
        _ => 2000,
    };

    private static Line PerOperation(string workload, double? bound, double? stretch, double? cold) =>
        new(workload, workload, "ns_per_op", "ns", bound, stretch, cold);
}
