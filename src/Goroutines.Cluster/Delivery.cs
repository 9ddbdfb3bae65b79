using System.Diagnostics;
using Goroutines.Cluster.Engine;
using Goroutines.Cluster.Queues;

namespace Goroutines.Cluster;

/// <summary>A value that a receiver holds: no other gets it until it is settled, or lost.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <remarks>
/// <para>Settle it once: <see cref="AckAsync"/>, <see cref="RetryAsync"/> or <see cref="DeadLetterAsync"/>. One that is disposed of unsettled is given
/// back at once. While it is held the library tells the engine so; a process that dies or hangs stops telling, and the value goes to another receiver
/// after <see cref="ClusterChanOptions.AckWait"/>.</para>
/// <para>Thread-safe.</para>
/// </remarks>
[DebuggerDisplay("Delivery {Id}, attempt {Attempt}")]
public sealed class Delivery<T> : IAsyncDisposable
{
    internal Delivery(Hold hold, T value)
    {
        Hold = hold;
        Value = value;
    }

    /// <summary>Gets the value.</summary>
    public T Value { get; }

    /// <summary>What identifies the value: the id of the send. The same for every delivery of it, so a handler can recognise what it has done.</summary>
    public string Id => Hold.Delivery.Message.Id;

    /// <summary>Gets how often the value has been delivered, this time included: 1 for the first time.</summary>
    public int Attempt => Hold.Delivery.Attempt;

    /// <summary>Gets when the engine stored the value, by the engine's clock.</summary>
    public DateTimeOffset SentAt => Hold.Delivery.StoredAt;

    /// <summary>Cancelled when the value is held no longer although it was not settled: it goes, or has gone, to another receiver. Pass it to the work.</summary>
    public CancellationToken Lost => Hold.Lost;

    internal Hold Hold { get; }

    internal ActivityContext Parent => Headers.Parent(Hold.Delivery.Message.Headers);

    /// <summary>Says that the value has been handled: it is removed, and nobody gets it again once this has returned.</summary>
    /// <param name="cancellationToken">Ends the wait; the value may or may not be acknowledged then.</param>
    /// <returns>A task that completes when the engine has confirmed it.</returns>
    /// <exception cref="LeaseLostException">The value was held for too long without a sign of life, or beyond
    /// <see cref="ClusterChanOptions.HoldLimit"/>. Nothing was acknowledged: another receiver handles it again.</exception>
    /// <exception cref="DeliveryUnknownException">The engine did not answer while the value was held.</exception>
    /// <exception cref="InvalidOperationException">The delivery has been settled already.</exception>
    public ValueTask AckAsync(CancellationToken cancellationToken = default) => Hold.AckAsync(cancellationToken);

    /// <summary>Says that the value was not handled and should be tried again; at delivery <see cref="ClusterChanOptions.MaxAttempts"/> it becomes a
    /// dead letter instead.</summary>
    /// <param name="after">When to try again at the earliest. Default: <see cref="ClusterChanOptions.RetryDelay"/>, doubled with each attempt.</param>
    /// <param name="cancellationToken">Ends the wait; the value comes back then at the latest when the hold has run out.</param>
    /// <returns>A task that completes when the engine has confirmed it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="after"/> is negative.</exception>
    /// <exception cref="LeaseLostException">The value was held no longer.</exception>
    /// <exception cref="DeliveryUnknownException">The engine did not answer while the value was held.</exception>
    /// <exception cref="InvalidOperationException">The delivery has been settled already.</exception>
    public ValueTask RetryAsync(TimeSpan? after = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(after ?? TimeSpan.Zero, TimeSpan.Zero, nameof(after));
        return Hold.FailAsync(after, "the receiver asked for a retry at the last attempt", null, cancellationToken);
    }

    /// <summary>Says that the value can't be handled: it is moved to the channel's <see cref="ClusterChan{T}.DeadLetters"/>.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="cause">The exception behind it; its type and message are kept.</param>
    /// <param name="cancellationToken">Ends the wait; the value may then be delivered again, and become a dead letter then.</param>
    /// <returns>A task that completes when the engine has confirmed it.</returns>
    /// <exception cref="ArgumentException"><paramref name="reason"/> is empty.</exception>
    /// <exception cref="LeaseLostException">The value was held no longer.</exception>
    /// <exception cref="DeliveryUnknownException">The engine did not answer while the value was held.</exception>
    /// <exception cref="InvalidOperationException">The delivery has been settled already.</exception>
    public ValueTask DeadLetterAsync(string reason, Exception? cause = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return Hold.BuryAsync(reason, cause, cancellationToken);
    }

    /// <summary>Gives the value back at once, unless it was settled or lost. Does not throw.</summary>
    /// <returns>A task that completes when the engine has confirmed it, or has not answered for too long.</returns>
    public ValueTask DisposeAsync() => Hold.GiveBackAsync();
}
