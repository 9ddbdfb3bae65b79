namespace Goroutines.Hosting;

/// <summary>What becomes of a supervised body that fails.</summary>
public enum FailurePolicy
{
    /// <summary>It is started again, after a pause that grows from failure to failure.</summary>
    Restart,

    /// <summary>The host is stopped.</summary>
    StopHost,

    /// <summary>It is logged, and the body is not started again.</summary>
    Ignore,
}
