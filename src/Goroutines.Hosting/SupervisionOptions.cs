namespace Goroutines.Hosting;

/// <summary>The settings of the supervision of a long-running body.</summary>
public sealed class SupervisionOptions
{
    /// <summary>Gets or sets what happens when the body fails. A body that returns has ended and is not restarted. The default is
    /// <see cref="FailurePolicy.Restart"/>.</summary>
    public FailurePolicy OnFailure { get; set; } = FailurePolicy.Restart;

    /// <summary>Gets or sets the pause before the first restart. Each further pause is twice as long. The default is one second.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets the longest pause before a restart. The default is one minute.</summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets how long the body must run without failure for its next failure to count as the first. The default is five
    /// minutes.</summary>
    public TimeSpan ResetAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets the maximum number of restarts in a row. The next failure stops the host. A run of at least
    /// <see cref="ResetAfter"/> begins a new row. If it is null, the default, the number is unlimited.</summary>
    public int? MostRestarts { get; set; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstDelay, TimeSpan.Zero, nameof(FirstDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestDelay, FirstDelay, nameof(LongestDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(ResetAfter, TimeSpan.Zero, nameof(ResetAfter));
        ArgumentOutOfRangeException.ThrowIfNegative(MostRestarts ?? 0, nameof(MostRestarts));
    }

    /// <summary>Returns the pause before the restart that follows this number of failures in a row.</summary>
    internal TimeSpan DelayAfter(int failures)
        => TimeSpan.FromTicks((long)Math.Min(LongestDelay.Ticks, FirstDelay.Ticks * Math.Pow(2, Math.Min(failures - 1, 60))));
}
