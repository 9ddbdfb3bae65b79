using System.Globalization;

namespace Goroutines.GoBenchmarks;

/// <summary>How long a benchmark runs, as <c>-test.benchtime</c> says it: a duration, or a number of operations ("20x").</summary>
internal readonly record struct BenchTime(TimeSpan Duration, int Operations)
{
    /// <summary>Parses "100ms", "2s" or "20x".</summary>
    public static bool TryParse(string text, out BenchTime time)
    {
        (var digits, var unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 0.001) : (text[..^1], 1.0);
        time = default;
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number <= 0)
        {
            return false;
        }
        if (text.EndsWith('x'))
        {
            time = new BenchTime(TimeSpan.Zero, (int)number);
            return true;
        }
        time = new BenchTime(TimeSpan.FromSeconds(number * unit), 0);
        return text.EndsWith('s');
    }
}
