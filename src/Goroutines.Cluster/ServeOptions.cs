namespace Goroutines.Cluster;

/// <summary>Settings of a worker pool (<see cref="ClusterChan{T}.ServeAsync"/>) and of a served function
/// (<see cref="ClusterConnection.ServeAsync{TRequest, TResponse}"/>).</summary>
public sealed class ServeOptions
{
    /// <summary>Gets or sets how many handlers run at once in this process. From 1. Default: 1.</summary>
    public int Concurrency { get; set; } = 1;

    /// <summary>Gets or sets how long handlers may go on after the stop; then their token is cancelled, and what they have not done is given back.
    /// Zero: at once. Default: 10 seconds.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    internal ServeOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Concurrency, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DrainTimeout, TimeSpan.Zero);
        return (ServeOptions)MemberwiseClone();
    }
}
