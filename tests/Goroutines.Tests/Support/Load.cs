using System.Globalization;

namespace Goroutines.Tests.Support;

/// <summary>How much the stress tests do: the environment variable <c>GOROUTINES_STRESS</c> multiplies it (10: ten times as much).</summary>
internal static class Load
{
    public static double Factor { get; } =
        double.TryParse(Environment.GetEnvironmentVariable("GOROUTINES_STRESS"), NumberStyles.Float, CultureInfo.InvariantCulture, out double factor) && factor > 0
            ? factor
            : 1;

    /// <summary>The number of rounds for a test that makes <paramref name="usual"/> of them by default.</summary>
    public static int Times(int usual) => (int)Math.Clamp(usual * Factor, 1, int.MaxValue);
}
