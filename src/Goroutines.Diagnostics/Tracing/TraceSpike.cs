namespace Goroutines.Diagnostics;

/// <summary>A goroutine that was runnable for long before it had its turn, and what ran on its processor meanwhile.</summary>
/// <remarks>It does not change.</remarks>
public sealed class TraceSpike
{
    internal TraceSpike(long goroutine, string name, TimeSpan at, TimeSpan runnableFor, string longestTurn, TimeSpan longestTurnFor, int turns)
    {
        Goroutine = goroutine;
        Name = name;
        At = at;
        RunnableFor = runnableFor;
        LongestTurn = longestTurn;
        LongestTurnFor = longestTurnFor;
        Turns = turns;
    }

    /// <summary>The id of the goroutine that waited for its turn.</summary>
    public long Goroutine { get; }

    /// <summary>The method of its body.</summary>
    public string Name { get; }

    /// <summary>When its turn began, from the beginning of the trace.</summary>
    public TimeSpan At { get; }

    /// <summary>For how long it was runnable.</summary>
    public TimeSpan RunnableFor { get; }

    /// <summary>The method of the goroutine that had the longest turn on that processor meanwhile; empty when none had one.</summary>
    public string LongestTurn { get; }

    /// <summary>How long that turn was.</summary>
    public TimeSpan LongestTurnFor { get; }

    /// <summary>How many turns there were on that processor meanwhile: many mean a burst, few mean a long one.</summary>
    public int Turns { get; }
}
