using System.Globalization;

namespace Goroutines.Runtime;

/// <summary>Computes the default of MaxProcs: the environment variable GOMAXPROCS or, without it, the number of processors this
/// process may use.</summary>
internal static class ProcessorCount
{
    private static readonly Lazy<int> s_default = new(Read);

    internal static int Default => s_default.Value;

    private static int Read()
    {
        // The framework's count respects affinity and the container's CPU limit, rounded up.
        int available = Math.Clamp(Environment.ProcessorCount, 1, Scheduler.MaxProcsLimit);
        string? text = Environment.GetEnvironmentVariable("GOMAXPROCS");
        if (string.IsNullOrEmpty(text))
        {
            return available;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value is >= 1 and <= Scheduler.MaxProcsLimit)
        {
            return value;
        }

#pragma warning disable RS0030 // one warning at the start, where there is no caller to tell
        Console.Error.WriteLine($"goroutines: ignoring GOMAXPROCS={text}: it must be a whole number from 1 to {Scheduler.MaxProcsLimit}; using {available}.");
#pragma warning restore RS0030
        return available;
    }
}
