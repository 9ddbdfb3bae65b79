namespace Goroutines.Cluster.Nats;

/// <summary>One wait for a message.</summary>
internal sealed class NatsPull
{
    internal Chan<NatsPullResult> Result { get; } = new(1);

    internal LinkedListNode<NatsPull>? Node { get; set; }
}

/// <summary>A message, or the reason why there is none.</summary>
internal readonly record struct NatsPullResult(NatsDelivery? Delivery, string? Refusal);
