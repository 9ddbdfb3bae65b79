using System.Globalization;

namespace Goroutines.Testing.Exploring;

/// <summary>The text that repeats a schedule: the strategy with its parameters, and whether timers may fire early.</summary>
internal static class ScheduleSeed
{
    private const string Early = "+early";

    internal static string Format(Strategy strategy, bool earlyTimers) => earlyTimers ? strategy.Seed + Early : strategy.Seed;

    /// <exception cref="FormatException">The text is not a seed.</exception>
    internal static Strategy Parse(string seed, out bool earlyTimers)
    {
        earlyTimers = seed.EndsWith(Early, StringComparison.Ordinal);
        string text = earlyTimers ? seed[..^Early.Length] : seed;
        string[] parts = text.Split(':');
        Strategy? strategy = parts switch
        {
            ["random", string number] when TryNumber(number, out ulong start) => new RandomStrategy(start),
            ["pct", string d, string k, string number] when TryCount(d, out int depth) && TryCount(k, out int length) && TryNumber(number, out ulong start)
                => new PctStrategy(start, depth, length),
            ["path", string choices] => PathStrategy.Parse(choices),
            _ => null,
        };
        return strategy ?? throw new FormatException($"\"{seed}\" is no seed of a schedule.");
    }

    private static bool TryNumber(string text, out ulong number) => ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);

    private static bool TryCount(string text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is > 0 and <= 1_000_000;
}
