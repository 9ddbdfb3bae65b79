namespace Goroutines.Cluster;

/// <summary>Settings of a worker pool (<see cref="ClusterChan{T}.ServeAsync"/>) and of a served function
/// (<see cref="ClusterConnection.ServeAsync{TRequest, TResponse}"/>).</summary>
public sealed class ServeOptions
{
    /// <summary>Gets or sets how many handlers run at the same time in this process. At least 1. The default is 1. A worker pool asks for the next
    /// value when a handler has ended, so up to as many more values wait for the engine to confirm their acknowledgements.</summary>
    public int Concurrency { get; set; } = 1;

    /// <summary>Gets or sets how long handlers may continue after the stop. After that, their tokens are cancelled, and unfinished values are given back.
    /// Zero cancels them at once. The default is 10 seconds.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    internal ServeOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Concurrency, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DrainTimeout, TimeSpan.Zero);
        return (ServeOptions)MemberwiseClone();
    }
}
