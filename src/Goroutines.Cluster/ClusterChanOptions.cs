using Goroutines.Cluster.Engine;

namespace Goroutines.Cluster;

/// <summary>Settings of a <see cref="ClusterChan{T}"/>.</summary>
/// <remarks><see cref="Capacity"/>, <see cref="AckWait"/>, <see cref="Ordered"/>, <see cref="DuplicateWindow"/> and <see cref="Replicas"/> belong to
/// the channel itself: every program that opens it must specify the same values. The other settings apply only to this opener.</remarks>
public sealed class ClusterChanOptions
{
    /// <summary>Gets or sets how many values the channel can hold, both unread and unacknowledged ones. At least 1. The default is 1,024.</summary>
    public int Capacity { get; set; } = 1_024;

    /// <summary>Gets or sets how long after a holder's last sign of life its value goes to another receiver. At least 100 milliseconds. The default is
    /// 10 seconds. A holder may work for longer: the library sends the signs of life.</summary>
    public TimeSpan AckWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets how long one receiver may hold a value. After that, <see cref="Delivery{T}.Lost"/> is cancelled and the value goes to another
    /// receiver. At least <see cref="AckWait"/>. The default is 5 minutes.</summary>
    public TimeSpan HoldLimit { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets whether only one value at a time is in flight in the whole cluster, so that values are also handled in stored order. The default
    /// is false.</summary>
    public bool Ordered { get; set; }

    /// <summary>Gets or sets the delivery at which a failed handler makes the value a dead letter instead of retrying it. At least 1. The default is 5.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>
    /// Gets or sets the delivery after which a value is no longer handed to a handler but made a dead letter, in case it kills every process that takes it.
    /// Values that were given back count as delivered, so it should exceed <see cref="MaxAttempts"/>, and must not be less. The default is
    /// 25.
    /// </summary>
    public int MaxDeliveries { get; set; } = 25;

    /// <summary>Gets or sets how long the first retry waits. Each further retry waits twice as long, with a jitter of up to a quarter. More than zero. The
    /// default is 1 second.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets the maximum time that a retry waits. The default is 1 minute.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets how many values <see cref="ClusterChan{T}.Receiver"/> asks for at a time. A value that no receiver takes is given back after
    /// <see cref="ReturnAfter"/>. From 1 to 1,024. The default is 1, which is fair.</summary>
    public int Prefetch { get; set; } = 1;

    /// <summary>Gets or sets how long a value whose receiver has left meanwhile waits for the next receive in this process. After that, it is given back.
    /// Less than <see cref="AckWait"/>. The default is 1 second.</summary>
    public TimeSpan ReturnAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets how long a second send with the same id is recognized and not stored. The engine needs memory for each id. At least one second,
    /// and more than <see cref="ClusterOptions.OperationTimeout"/>. The default is 2 minutes.</summary>
    public TimeSpan DuplicateWindow { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets or sets the number of servers that store each value: 1, 3 or 5. The default is 1.</summary>
    public int Replicas { get; set; } = 1;

    /// <summary>Gets or sets whether the channel is created if it does not exist. The default is true. With false, the program needs no permission to create it.</summary>
    public bool Provision { get; set; } = true;

    internal QueueSettings Settings(string name) => new(name, Capacity, AckWait, Ordered, DuplicateWindow, ReturnAfter, Replicas, Provision);

    /// <summary>Returns a validated copy, so that later changes by the caller have no effect.</summary>
    internal ClusterChanOptions Validated(ClusterOptions cluster)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(AckWait, TimeSpan.FromMilliseconds(100));
        ArgumentOutOfRangeException.ThrowIfLessThan(HoldLimit, AckWait);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDeliveries, MaxAttempts);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryDelay, RetryDelay);
        ArgumentOutOfRangeException.ThrowIfLessThan(Prefetch, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Prefetch, 1_024);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReturnAfter, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ReturnAfter, AckWait);
        ArgumentOutOfRangeException.ThrowIfLessThan(DuplicateWindow, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(DuplicateWindow, cluster.OperationTimeout);
        CheckReplicas();
        return (ClusterChanOptions)MemberwiseClone();
    }

    private void CheckReplicas()
    {
        if (Replicas is not (1 or 3 or 5))
        {
            throw new ArgumentOutOfRangeException(nameof(Replicas), Replicas, "Replicas must be 1, 3 or 5.");
        }
    }
}
