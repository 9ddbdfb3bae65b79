using Goroutines.Runtime;

namespace Goroutines.Testing;

/// <summary>Thrown when the race detector (package Goroutines.Race) has found data races. The message has the reports.</summary>
public sealed class DataRaceException : Exception
{
    private const string Line = "==================";

    /// <summary>Creates an exception.</summary>
    public DataRaceException()
        : this("A data race was found.")
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">The message.</param>
    public DataRaceException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The failure that the race may have caused.</param>
    public DataRaceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal DataRaceException(IReadOnlyList<RaceFinding> races, Exception? failure)
        : base($"{string.Concat(races.Select(static race => $"{Line}\n{race.Report}"))}{Line}\nFound {races.Count} data race(s)", failure)
        => Reports = [.. races.Select(static race => race.Report)];

    /// <summary>Gets the reports, one for each race: what each of the two accesses did to which variable, in which goroutine, and where.</summary>
    public IReadOnlyList<string> Reports { get; } = [];
}
