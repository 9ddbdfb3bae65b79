namespace Goroutines.Runtime;

/// <summary>Limits how many Ps may stand beside ones whose bodies compute and don't yield. Used by sysmon only.</summary>
/// <remarks>
/// A body that sleeps in the kernel leaves its core to the P that is put beside it, however many of them there are. A body that
/// computes shares its core with that P, and each further one makes all of them slower, through switches and through what they
/// have in the caches; a thousand of them would be a thousand threads none of which finishes. So there are a few extra Ps for
/// each P, enough for the others to continue beside some endless loops. If the bodies on those compute as well and no turn
/// anywhere has ended for a while, there may be one more: any number of endless loops must not stop the rest for ever, only slow
/// it down more, the more there are.
/// <para><b>Rejected:</b> no bound (one more thread every 10 ms, as long as there are bodies); a fixed bound (that many endless
/// loops are a hang).</para>
/// </remarks>
internal struct ComputingBound
{
    /// <summary>How many are allowed without delay, for each of MaxProcs.</summary>
    internal const int PerP = 4;

    /// <summary>How long, in nanoseconds, no turn must have ended before one more is allowed, for each that exists already.</summary>
    internal const long StallEach = 100_000_000;

    private Stretch _sinceEnd;

    /// <summary>Called when a turn has ended, or when the clock was stopped and now counts from here.</summary>
    internal void TurnEnded(long now) => _sinceEnd.Begin(now);

    /// <inheritdoc cref="Stretch.LeaveOut"/>
    internal void LeaveOut(long pause) => _sinceEnd.LeaveOut(pause);

    /// <summary>Whether there may be one more.</summary>
    /// <param name="computing">How many there are.</param>
    /// <param name="maxProcs">The number of Ps in use, without those put beside others.</param>
    /// <param name="now">The system's time, in nanoseconds.</param>
    internal readonly bool AllowsMore(int computing, int maxProcs, long now)
        => computing < PerP * maxProcs || _sinceEnd.Lasted(now) >= StallEach * (computing + 1);
}
