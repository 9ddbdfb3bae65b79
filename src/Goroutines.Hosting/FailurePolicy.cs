namespace Goroutines.Hosting;

/// <summary>What happens when a supervised body fails.</summary>
public enum FailurePolicy
{
    /// <summary>The body is started again after a pause, which grows with each failure.</summary>
    Restart,

    /// <summary>The host is stopped.</summary>
    StopHost,

    /// <summary>The failure is logged, and the body is not started again.</summary>
    Ignore,
}
