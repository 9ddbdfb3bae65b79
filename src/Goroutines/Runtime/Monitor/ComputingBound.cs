namespace Goroutines.Runtime;

/// <summary>How many Ps may stand beside ones whose bodies compute and don't give way. Used by sysmon only.</summary>
/// <remarks>
/// A body that sleeps in the kernel leaves its core to the P that is put beside it, however many of them there are. One that
/// computes shares its core with it, and each more of them makes all of them slower, by the switches and by what they have
/// in the caches; a thousand of them would be a thousand threads of which none gets done. So there are a few for each P, enough
/// for the others to go on beside some endless loops. When those compute as well and no turn anywhere has come to its end for a
/// while, there may be one more: endless loops without end must not stop the rest for ever, only more slowly the more there are.
/// <para><b>Rejected:</b> no bound (one more thread every 10 ms, for as long as there are bodies); a fixed bound (that many
/// endless loops are a hang).</para>
/// </remarks>
internal struct ComputingBound
{
    /// <summary>Without delay, for each of MaxProcs.</summary>
    internal const int PerP = 4;

    /// <summary>For each that there is already no turn must have ended for this long, in nanoseconds.</summary>
    internal const long StallEach = 100_000_000;

    private Stretch _sinceEnd;

    /// <summary>A turn has ended, or the clock was stopped and now counts from here.</summary>
    internal void TurnEnded(long now) => _sinceEnd.Begin(now);

    /// <inheritdoc cref="Stretch.LeaveOut"/>
    internal void LeaveOut(long pause) => _sinceEnd.LeaveOut(pause);

    /// <summary>Whether there may be one more.</summary>
    /// <param name="computing">How many there are.</param>
    /// <param name="maxProcs">The number of Ps in use but for those put beside others.</param>
    /// <param name="now">The system's time, in nanoseconds.</param>
    internal readonly bool AllowsMore(int computing, int maxProcs, long now)
        => computing < PerP * maxProcs || _sinceEnd.Lasted(now) >= StallEach * (computing + 1);
}
