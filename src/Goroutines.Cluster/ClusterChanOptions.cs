using Goroutines.Cluster.Engine;

namespace Goroutines.Cluster;

/// <summary>Settings of a <see cref="ClusterChan{T}"/>.</summary>
/// <remarks><see cref="Capacity"/>, <see cref="AckWait"/>, <see cref="Ordered"/>, <see cref="DuplicateWindow"/> and <see cref="Replicas"/> belong to
/// the channel itself: every program that opens it has to name the same ones. The others are this opener's.</remarks>
public sealed class ClusterChanOptions
{
    /// <summary>Gets or sets how many values the channel holds, unread ones and those that receivers have not acknowledged. From 1. Default: 1,024.</summary>
    public int Capacity { get; set; } = 1_024;

    /// <summary>Gets or sets how long after the last sign of life of a holder its value goes to another. At least 100 milliseconds. Default: 10 seconds.
    /// A holder that works for longer is no problem: the library gives the signs of life.</summary>
    public TimeSpan AckWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets how long one receiver may hold a value; then <see cref="Delivery{T}.Lost"/> is cancelled and the value goes to another.
    /// At least <see cref="AckWait"/>. Default: 5 minutes.</summary>
    public TimeSpan HoldLimit { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets whether one value at a time is in flight in the whole cluster, so that values are also handled in stored order. Default: false.</summary>
    public bool Ordered { get; set; }

    /// <summary>Gets or sets the delivery at which a failed handler makes the value a dead letter instead of a retry. From 1. Default: 5.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>
    /// Gets or sets the delivery after which a value is not handed to a handler any more but made a dead letter: one that kills each process that takes it.
    /// Values that were given back count as delivered, so this is more than <see cref="MaxAttempts"/>. Default: 25.
    /// </summary>
    public int MaxDeliveries { get; set; } = 25;

    /// <summary>Gets or sets how long the first retry waits; each further one twice as long, with a jitter of up to a quarter. More than zero. Default: 1 second.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets how long a retry waits at most. Default: 1 minute.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets how many values <see cref="ClusterChan{T}.Receiver"/> asks for at a time. One that nobody takes goes back after
    /// <see cref="ReturnAfter"/>. From 1 to 1,024. Default: 1, which is fair.</summary>
    public int Prefetch { get; set; } = 1;

    /// <summary>Gets or sets how long a value that came for a receiver that has left meanwhile waits for the next receive in this process; then it is given
    /// back. Less than <see cref="AckWait"/>. Default: 1 second.</summary>
    public TimeSpan ReturnAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets for how long a second send with the same id is recognised and not stored. Costs the engine memory for each id. At least a second,
    /// and more than <see cref="ClusterOptions.OperationTimeout"/>. Default: 2 minutes.</summary>
    public TimeSpan DuplicateWindow { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets or sets on how many servers each value is stored: 1, 3 or 5. Default: 1.</summary>
    public int Replicas { get; set; } = 1;

    /// <summary>Gets or sets whether the channel is made if there is none. Default: true. With false the program needs no right to do so.</summary>
    public bool Provision { get; set; } = true;

    internal QueueSettings Settings(string name) => new(name, Capacity, AckWait, Ordered, DuplicateWindow, ReturnAfter, Replicas, Provision);

    /// <summary>A checked copy, so that later changes of the caller's do nothing.</summary>
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
