namespace Goroutines.Race;

/// <summary>Says that what comes after an epoch of a strand comes after everything in a clock, because the strand knew it then.</summary>
/// <remarks>A clock that gets an epoch gets all the clock that was released with it. So one comparison tells that there is nothing to
/// merge.</remarks>
internal sealed record ClockStamp(StrandTenure Tenure, long Epoch)
{
    /// <summary>Whether a clock that has <paramref name="known"/> for the slot comes after the epoch.</summary>
    internal bool IsKnownAt(long known) => known >= Epoch && Tenure.Includes(known);
}
