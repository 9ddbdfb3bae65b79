namespace Goroutines.Testing.Exploring;

/// <summary>Decides, for one schedule, which actor is next: a goroutine, a timer or the clock.</summary>
/// <remarks>
/// The possible actors are given as a list of numbers: a goroutine's id, a negative number for a timer that is due, 0 for the clock. The
/// order is the same whenever the same choices were made before: first the goroutine that had the last turn, if it can continue and has not
/// yielded, then the other goroutines by id, the timers in the order in which they became due, the clock.
/// </remarks>
internal abstract class Strategy
{
    /// <summary>The text that repeats the schedule.</summary>
    internal abstract string Seed { get; }

    /// <summary>Returns the index of the actor that is next. Called when there are at least two.</summary>
    /// <param name="actors">The possible actors.</param>
    /// <param name="preempts">Whether any choice but the first takes the turn from a goroutine that could continue.</param>
    internal abstract int Choose(ReadOnlySpan<long> actors, bool preempts);

    /// <summary>Chooses one of several possibilities that do not affect whose turn it is: the ready cases of a select.</summary>
    internal abstract int Pick(int count);

    /// <summary>Called when a goroutine has asked to run after the others.</summary>
    internal virtual void Yielded(long actor)
    {
    }
}
