namespace Goroutines.Hosting;

/// <summary>How a long-running body is supervised.</summary>
public sealed class SupervisionOptions
{
    /// <summary>What becomes of the body when it fails. Default: <see cref="FailurePolicy.Restart"/>. A body that returns has ended and is not started again.</summary>
    public FailurePolicy OnFailure { get; set; } = FailurePolicy.Restart;

    /// <summary>The pause before the first restart. Default: one second.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause: each is twice the one before, up to this. Default: one minute.</summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>After running for so long without failure, the next failure counts as the first. Default: five minutes.</summary>
    public TimeSpan ResetAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>After so many failures in a row without a restart in between that has lasted <see cref="ResetAfter"/>, the host is stopped. Null, the
    /// default: it is restarted however often it fails.</summary>
    public int? MostRestarts { get; set; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstDelay, TimeSpan.Zero, nameof(FirstDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestDelay, FirstDelay, nameof(LongestDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(ResetAfter, TimeSpan.Zero, nameof(ResetAfter));
        ArgumentOutOfRangeException.ThrowIfNegative(MostRestarts ?? 0, nameof(MostRestarts));
    }

    /// <summary>The pause before the restart after so many failures in a row.</summary>
    internal TimeSpan DelayAfter(int failures)
        => TimeSpan.FromTicks((long)Math.Min(LongestDelay.Ticks, FirstDelay.Ticks * Math.Pow(2, Math.Min(failures - 1, 60))));
}
