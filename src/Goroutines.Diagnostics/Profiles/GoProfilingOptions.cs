namespace Goroutines.Diagnostics;

/// <summary>The settings of <see cref="GoProfiling.Start"/>.</summary>
public sealed class GoProfilingOptions
{
    /// <summary>Gets or sets the runtime. If it is null, the current one is used.</summary>
    public GoRuntime? Runtime { get; set; }

    /// <summary>Gets or sets how much waiting time there is per sample, on each P. The default is 10 milliseconds. A wait of at least this
    /// length is always sampled; a shorter one with a probability in proportion to its length. Samples are scaled up again, so that the
    /// sums are right for short and long waits. If several instances profile one runtime, the rate of the first applies.</summary>
    public TimeSpan BlockRate { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Gets or sets whether goroutines that are garbage collected while parked are counted, for the profile of leaks. The default
    /// is true. From then on, each goroutine of the runtime that parks costs a finalizable object, as with
    /// <see cref="GoTracking.CountCollected"/>.</summary>
    public bool Leaks { get; set; } = true;
}
