namespace Goroutines.Diagnostics;

/// <summary>Settings of <see cref="GoProfiling.Start"/>.</summary>
public sealed class GoProfilingOptions
{
    /// <summary>The runtime. Null: the current one.</summary>
    public GoRuntime? Runtime { get; set; }

    /// <summary>How much waited time there is to one sample, on each P. Default: 10 milliseconds. A wait that is as long is always taken, a shorter one with the
    /// probability that its length has in this; all is scaled up again, so that the sums are right whatever the lengths. While several
    /// profile one runtime, the first one's rate holds.</summary>
    public TimeSpan BlockRate { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Whether goroutines that are collected while they are parked are counted, for the profile of leaks. Default: true. From then on
    /// each goroutine of the runtime that parks costs a finalizable object, as with <see cref="GoTracking.CountCollected"/>.</summary>
    public bool Leaks { get; set; } = true;
}
