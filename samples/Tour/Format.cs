namespace Tour;

/// <summary>Numbers with their units, short enough to read.</summary>
internal static class Format
{
    internal static string Count(long n) => n.ToString("N0");

    internal static string Time(TimeSpan time) => time.TotalSeconds switch
    {
        >= 1 => $"{time.TotalSeconds:F2} s",
        >= 0.001 => $"{time.TotalMilliseconds:F1} ms",
        _ => $"{time.TotalMicroseconds:F1} µs",
    };

    /// <summary>"N in T (t each)".</summary>
    internal static string Rate(long n, TimeSpan time)
    {
        return $"{Count(n)} in {Time(time)} ({time.TotalNanoseconds / n:N0} ns each)";
    }
}
