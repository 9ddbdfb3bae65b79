using System.Diagnostics;
using Goroutines.Cluster.Engine;
using Goroutines.Cluster.Queues;

namespace Goroutines.Cluster;

/// <summary>A value that a receiver holds. No other receiver gets it until it is settled or lost.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <remarks>
/// <para>Settle it once: <see cref="AckAsync"/>, <see cref="RetryAsync"/> or <see cref="DeadLetterAsync"/>. If it is disposed unsettled, it is given
/// back at once. While it is held, the library sends signs of life to the engine. They stop if the process dies or hangs, and the value then goes to
/// another receiver after <see cref="ClusterChanOptions.AckWait"/>.</para>
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

    /// <summary>Gets the id of the value, which is the id of the send. It is the same for every delivery, so a handler can recognize a value that it has
    /// already handled.</summary>
    public string Id => Hold.Delivery.Message.Id;

    /// <summary>Gets how often the value has been delivered, including this delivery: 1 for the first.</summary>
    public int Attempt => Hold.Delivery.Attempt;

    /// <summary>Gets the time at which the engine stored the value, by the engine's clock.</summary>
    public DateTimeOffset SentAt => Hold.Delivery.StoredAt;

    /// <summary>Gets a token that is cancelled when the value is no longer held although it was not settled: it goes, or has gone, to another receiver. Pass
    /// the token to the work.</summary>
    public CancellationToken Lost => Hold.Lost;

    internal Hold Hold { get; }

    internal ActivityContext Parent => Headers.Parent(Hold.Delivery.Message.Headers);

    /// <summary>Acknowledges the value: it has been handled and is removed. Once this has completed, no receiver gets the value again.</summary>
    /// <param name="cancellationToken">Cancels the wait. The value may or may not have been acknowledged.</param>
    /// <returns>A task that completes when the engine has confirmed it.</returns>
    /// <exception cref="LeaseLostException">The value was held for too long without a sign of life, or beyond
    /// <see cref="ClusterChanOptions.HoldLimit"/>. It was not acknowledged: another receiver handles the value again.</exception>
    /// <exception cref="DeliveryUnknownException">The engine did not answer while the value was held.</exception>
    /// <exception cref="InvalidOperationException">The delivery has already been settled.</exception>
    public ValueTask AckAsync(CancellationToken cancellationToken = default) => Hold.AckAsync(cancellationToken);

    /// <summary>Returns the value to be tried again. At delivery <see cref="ClusterChanOptions.MaxAttempts"/>, it becomes a dead letter
    /// instead.</summary>
    /// <param name="after">The minimum time until the next attempt. The default is <see cref="ClusterChanOptions.RetryDelay"/>, doubled with each attempt.</param>
    /// <param name="cancellationToken">Cancels the wait. The value is delivered again at the latest when the hold has expired.</param>
    /// <returns>A task that completes when the engine has confirmed it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="after"/> is negative.</exception>
    /// <exception cref="LeaseLostException">The value was no longer held.</exception>
    /// <exception cref="DeliveryUnknownException">The engine did not answer while the value was held.</exception>
    /// <exception cref="InvalidOperationException">The delivery has already been settled.</exception>
    public ValueTask RetryAsync(TimeSpan? after = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(after ?? TimeSpan.Zero, TimeSpan.Zero, nameof(after));
        return Hold.FailAsync(after, "the receiver asked for a retry at the last attempt", null, cancellationToken);
    }

    /// <summary>Gives the value up: it cannot be handled, and is moved to the channel's <see cref="ClusterChan{T}.DeadLetters"/>.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="cause">The exception that was the cause; its type and message are kept.</param>
    /// <param name="cancellationToken">Cancels the wait. The value may be delivered again, and then become a dead letter.</param>
    /// <returns>A task that completes when the engine has confirmed it.</returns>
    /// <exception cref="ArgumentException"><paramref name="reason"/> is empty.</exception>
    /// <exception cref="LeaseLostException">The value was no longer held.</exception>
    /// <exception cref="DeliveryUnknownException">The engine did not answer while the value was held.</exception>
    /// <exception cref="InvalidOperationException">The delivery has already been settled.</exception>
    public ValueTask DeadLetterAsync(string reason, Exception? cause = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return Hold.BuryAsync(reason, cause, cancellationToken);
    }

    /// <summary>Gives the value back at once, unless it has been settled or lost. Does not throw.</summary>
    /// <returns>A task that completes when the engine has confirmed it, or has not answered for too long.</returns>
    public ValueTask DisposeAsync() => Hold.GiveBackAsync();
}
