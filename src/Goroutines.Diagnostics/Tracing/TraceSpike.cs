namespace Goroutines.Diagnostics;

/// <summary>Describes a goroutine that was runnable for a long time before its turn, and what ran on its processor meanwhile.</summary>
/// <remarks>Immutable.</remarks>
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

    /// <summary>Gets the id of the goroutine that waited for its turn.</summary>
    public long Goroutine { get; }

    /// <summary>Gets the method of its body.</summary>
    public string Name { get; }

    /// <summary>Gets when its turn began, counted from the beginning of the trace.</summary>
    public TimeSpan At { get; }

    /// <summary>Gets how long it was runnable.</summary>
    public TimeSpan RunnableFor { get; }

    /// <summary>Gets the method of the goroutine that had the longest turn on that processor meanwhile; empty if none had a turn.</summary>
    public string LongestTurn { get; }

    /// <summary>Gets the length of that turn.</summary>
    public TimeSpan LongestTurnFor { get; }

    /// <summary>Gets how many turns there were on that processor meanwhile. Many mean a burst of work; few mean a long turn.</summary>
    public int Turns { get; }
}
