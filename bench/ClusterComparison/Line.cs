namespace Goroutines.ClusterComparison;

/// <summary>One line of the table: a figure of a row.</summary>
/// <param name="Figure">The name of the figure in the peers' output.</param>
/// <param name="Bound">What ours must not exceed; null for no bound.</param>
internal sealed record Line(string Row, string Label, string Figure, string Unit, Bound? Bound = null)
{
    /// <summary>How long a value is held without a sign of life, in milliseconds; as in the peers.</summary>
    public const int AckWait = 1_000;

    private static readonly Bound s_raw = new(1.15, IsOfRaw: true);

    public static readonly IReadOnlyList<Line> All =
    [
        new("send", "send, median", "us_p50", "µs", s_raw),
        new("send", "send, 99th percentile", "us_p99", "µs"),
        new("send", "send, processor time", "cpu_us", "µs"),
        new("send", "send, allocated", "alloc_bytes", "bytes"),
        new("send64", "send, 64 at a time", "us", "µs", s_raw),
        new("send64", "send, 64 at a time, processor time", "cpu_us", "µs"),
        new("send64", "send, 64 at a time, allocated", "alloc_bytes", "bytes"),
        new("receive", "receive and confirm", "us", "µs", s_raw),
        new("receive", "receive and confirm, processor time", "cpu_us", "µs"),
        new("receive", "receive and confirm, allocated", "alloc_bytes", "bytes"),
        new("receive64", "receive and confirm, 64 at a time", "us", "µs", s_raw),
        new("receive64", "receive and confirm, 64 at a time, processor time", "cpu_us", "µs"),
        new("receive64", "receive and confirm, 64 at a time, allocated", "alloc_bytes", "bytes"),
        new("call", "call, median", "us_p50", "µs", s_raw),
        new("call", "call, 99th percentile", "us_p99", "µs"),
        new("lock", "lock and unlock, median", "us_p50", "µs", new Bound(1.2, IsOfRaw: true)),
        new("makespan1", "8 workers, 1 ms of work, all of it", "ms", "ms"),
        new("makespan1", "8 workers, 1 ms of work, of the ideal", "of_ideal", "times"),
        new("makespan20", "8 workers, 20 ms of work, all of it", "ms", "ms"),
        new("makespan20", "8 workers, 20 ms of work, of the ideal", "of_ideal", "times", new Bound(1.05, IsOfRaw: false)),
        new("killed", "worker killed to its value at another", "ms", "ms", new Bound(AckWait + 1_000, IsOfRaw: false)),
        new("restart", "server back to values flowing", "ms", "ms", new Bound(3_000, IsOfRaw: false)),
    ];

    /// <summary>In the order of the lines.</summary>
    public static IReadOnlyList<string> Rows { get; } = [.. All.Select(static line => line.Row).Distinct()];
}

/// <summary>A limit for ours: of the raw client's figure, or of the figure itself.</summary>
internal sealed record Bound(double Limit, bool IsOfRaw);
