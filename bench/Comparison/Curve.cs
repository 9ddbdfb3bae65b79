namespace Goroutines.Comparison;

/// <summary>How a figure of a workload changes with a size: of the workload itself, or of <c>GOMAXPROCS</c>.</summary>
/// <param name="Name">The name of the picture's file.</param>
/// <param name="Title">What the picture shows.</param>
/// <param name="XLabel">What grows.</param>
/// <param name="Unit">What the figure is in.</param>
/// <param name="Points">What to run for each size.</param>
internal sealed record Curve(string Name, string Title, string XLabel, string Figure, string Unit, IReadOnlyList<CurvePoint> Points)
{
    public static readonly IReadOnlyList<Curve> All =
    [
        BySize("parked-spawn", "Spawning goroutines that park on one channel", "goroutines", "parked", "spawn_ns", [10, 1000, 100_000, 1_000_000]),
        BySize("parked-wake", "Waking them", "goroutines", "parked", "wake_ns", [10, 1000, 100_000, 1_000_000]),
        BySize("channels", "A tree of goroutines, each with a channel (skynet)", "goroutines and channels", "skynet", "ns_per_op", [10, 1000, 100_000, 1_000_000]),
        BySize("timers", "Sleeping 0 to 100 ms: processor time", "timers", "sleepers", "cpu_ns_per_op", [1000, 10_000, 100_000, 1_000_000]),
        new("connections", "Echo over loopback, 128 bytes each way", "connections", "ns_per_op", "ns an exchange",
            [new(8, "echo8", null, null), new(64, "echo", null, null), new(512, "echo512", null, null), new(4096, "echo4096", null, null)]),
        ByProcs("procs-chansync", "Two goroutines, one rendezvous channel", "chansync"),
        ByProcs("procs-fanin", "1000 senders into one channel", "fanin"),
        ByProcs("procs-mutex", "8 goroutines, one mutex", "mutex"),
        ByProcs("procs-gosched", "4 goroutines that yield", "gosched"),
        ByProcs("procs-skynet", "A tree of 1,000,000 goroutines", "skynet"),
        ByProcs("procs-echo", "Echo over 64 connections", "echo"),
    ];

    private static Curve BySize(string name, string title, string what, string workload, string figure, int[] sizes) =>
        new(name, title, what, figure, "ns each", [.. sizes.Select(size => new CurvePoint(size, workload, size, null))]);

    private static Curve ByProcs(string name, string title, string workload) =>
        new(name, title, "GOMAXPROCS", "ns_per_op", "ns an operation", [.. new[] { 1, 2, 4, 8 }.Select(procs => new CurvePoint(procs, workload, null, procs))]);
}

/// <summary>One run.</summary>
/// <param name="X">The size that it stands for.</param>
/// <param name="Operations">Null: the workload's own number.</param>
/// <param name="Procs">Null: as all.</param>
internal sealed record CurvePoint(int X, string Workload, int? Operations, int? Procs);
