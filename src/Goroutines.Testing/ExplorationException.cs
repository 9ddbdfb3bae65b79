using System.Globalization;

namespace Goroutines.Testing;

/// <summary>A schedule failed. What it failed with is the <see cref="Exception.InnerException"/>.</summary>
/// <remarks>The message tells how it failed, how to repeat it, and what each goroutine did, step by step.</remarks>
public sealed class ExplorationException : Exception
{
    /// <summary>Makes an exception.</summary>
    public ExplorationException()
        : this("A schedule failed.")
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">The message.</param>
    public ExplorationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">What the schedule failed with.</param>
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

    /// <summary>What repeats the schedule: <see cref="GoTest.Replay(string, Func{ValueTask})"/>.</summary>
    public string Seed { get; } = "";

    /// <summary>Gets the how manyth schedule it was, from 1.</summary>
    public int Schedule { get; }

    /// <summary>Gets the steps of the schedule, one a line: which goroutine did what.</summary>
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
