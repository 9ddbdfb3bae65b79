namespace Goroutines.Peers;

/// <summary>One workload: <paramref name="Run"/> warms up and measures <paramref name="Operations"/> operations.</summary>
/// <param name="Operations">Operations, unless the command line says otherwise.</param>
/// <param name="Unit">The operations are rounded up to a multiple of this.</param>
internal sealed record Workload(int Operations, int Unit, Func<int, Mode, ValueTask<Result>> Run)
{
    public int RoundUp(int n) => (n + Unit - 1) / Unit * Unit;

    /// <summary>A workload that repeats a body and takes the median time of one operation.</summary>
    /// <param name="small">Operations of the warm-up's small rounds.</param>
    public static Workload Repeated(int operations, Func<int, ValueTask> body, int unit = 1, int small = 2000) =>
        new(operations, unit, (n, mode) => Measure.RepeatedAsync(n, unit, Math.Min(n, (small + unit - 1) / unit * unit), mode, body));
}

/// <summary>A workload's figures by name; "ns_per_op" is the main one.</summary>
internal sealed class Result : Dictionary<string, double>;
