namespace Goroutines.Testing.Exploring;

/// <summary>Decides, for one schedule, who goes on.</summary>
/// <remarks>
/// Who can go on is given as a list of numbers: a goroutine's id; of a timer that is due, a negative number; 0: the clock.
/// The order is the same whenever the same choices were made before: the goroutine that had the last turn comes first if it can
/// go on, then the goroutines by id, the timers in the order they came up, the clock.
/// </remarks>
internal abstract class Strategy
{
    /// <summary>What repeats the schedule.</summary>
    internal abstract string Seed { get; }

    /// <summary>Which of <paramref name="actors"/> goes on; called when there are at least two.</summary>
    /// <param name="actors">Who can go on.</param>
    /// <param name="preempts">Whether choosing any but the first takes the turn from one that could go on.</param>
    internal abstract int Choose(ReadOnlySpan<long> actors, bool preempts);

    /// <summary>One of several possibilities that no goroutine's turn hangs on: the ready cases of a select.</summary>
    internal abstract int Pick(int count);

    /// <summary>The goroutine has asked to come after the others.</summary>
    internal virtual void Yielded(long actor)
    {
    }
}
