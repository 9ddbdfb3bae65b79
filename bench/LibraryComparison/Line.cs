namespace Goroutines.LibraryComparison;

/// <summary>One line of the tables: a figure of a row.</summary>
/// <param name="Row">The name that every peer knows.</param>
/// <param name="Figure">The name of the figure in the peers' output.</param>
internal sealed record Line(string Row, string Label, string Figure, string Unit)
{
    public static readonly IReadOnlyList<Line> All =
    [
        Time("pingpong"),
        Time("pingpong100"),
        Time("yield"),
        Time("skynet"),
        Time("mutex1"),
        Time("mutex8"),
        new("parked", "parked, memory", "bytes_each", "bytes"),
        new("parked", "parked, start", "spawn_ns", "ns"),
        new("parked", "parked, wake", "wake_ns", "ns"),
        Time("ring"),
        Time("chameneos"),
        Time("counting"),
        Time("forkjoin"),
        Time("big"),
        Time("bounded"),
    ];

    /// <summary>In the order of the lines.</summary>
    public static IReadOnlyList<string> Rows { get; } = [.. All.Select(line => line.Row).Distinct()];

    /// <summary>Operations of a run that only shows that a row runs.</summary>
    public const int SmokeOperations = 1000;

    private static Line Time(string row) => new(row, row, "ns_per_op", "ns");
}
