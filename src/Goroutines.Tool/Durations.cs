using System.Globalization;

namespace Goroutines.Tool;

/// <summary>Formats lengths of time in a few characters.</summary>
internal static class Durations
{
    internal static string Text(long nanoseconds) => nanoseconds switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds} ns"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0.0} µs"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0.0} ms"),
        < 60_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e9:0.0} s"),
        < 3_600_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 6e10:0.0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 3.6e12:0.0} h"),
    };
}
