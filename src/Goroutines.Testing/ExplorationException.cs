using System.Globalization;

namespace Goroutines.Testing;

/// <summary>Thrown when a schedule fails. The failure is the <see cref="Exception.InnerException"/>.</summary>
/// <remarks>The message describes the failure, how to repeat it, and what each goroutine did, step by step.</remarks>
public sealed class ExplorationException : Exception
{
    /// <summary>Creates an exception.</summary>
    public ExplorationException()
        : this("A schedule failed.")
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">The message.</param>
    public ExplorationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The failure of the schedule.</param>
    public ExplorationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal ExplorationException(FailureKind kind, Exception failure, string seed, int schedule, string trace)
        : base(Describe(kind, failure, seed, schedule, trace), failure)
    {
        Kind = kind;
        Seed = seed;
        Schedule = schedule;
        Trace = trace;
    }

    /// <summary>Gets how the schedule failed.</summary>
    public FailureKind Kind { get; }

    /// <summary>Gets the seed that repeats the schedule. Pass it to <see cref="GoTest.Replay(string, Func{ValueTask})"/>.</summary>
    public string Seed { get; } = "";

    /// <summary>Gets the number of the schedule, counted from 1.</summary>
    public int Schedule { get; }

    /// <summary>Gets the steps of the schedule, one per line: which goroutine did what.</summary>
    public string Trace { get; } = "";

    private static string Describe(FailureKind kind, Exception failure, string seed, int schedule, string trace)
    {
        string what = kind switch
        {
            FailureKind.Exception when failure is not GoroutinePanicException => $"{failure.GetType()}: {failure.Message}",
            _ => failure.Message,
        };
        return string.Create(CultureInfo.InvariantCulture, $"""
            Schedule {schedule} failed ({kind}). Repeat it with GoTest.Replay("{seed}", body).

            {what}

            {trace}
            """);
    }
}
