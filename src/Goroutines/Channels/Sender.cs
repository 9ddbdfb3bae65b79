using Goroutines.Channels;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>The send-only view of a channel (Go's <c>chan&lt;- T</c>). Its default is the nil channel: sends wait forever, and selects never choose it.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public readonly struct Sender<T> : IEquatable<Sender<T>>
{
    private readonly Chan<T>? _channel;

    internal Sender(Chan<T>? channel) => _channel = channel;

    /// <summary>Gets whether this is the nil channel.</summary>
    public bool IsNil => _channel is null;

    /// <inheritdoc cref="Chan{T}.Capacity"/>
    public int Capacity => _channel?.Capacity ?? 0;

    /// <inheritdoc cref="Chan{T}.Count"/>
    public int Count => _channel?.Count ?? 0;

    internal Chan<T>? Channel => _channel;

    /// <summary>Returns whether two views are of the same channel.</summary>
    /// <param name="left">The first view.</param>
    /// <param name="right">The second view.</param>
    public static bool operator ==(Sender<T> left, Sender<T> right) => left.Equals(right);

    /// <summary>Returns whether two views are of different channels.</summary>
    /// <param name="left">The first view.</param>
    /// <param name="right">The second view.</param>
    public static bool operator !=(Sender<T> left, Sender<T> right) => !left.Equals(right);

    /// <inheritdoc cref="Chan{T}.SendAsync"/>
    public ValueTask SendAsync(T value, CancellationToken cancellationToken = default)
    {
        if (_channel is not null)
        {
            return _channel.SendAsync(value, cancellationToken);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        Waiter<T> waiter = Waiter<T>.Never(WaitReason.ChanSendNil, cancellationToken);
        return new ValueTask(waiter, waiter.Version);
    }

    /// <inheritdoc cref="Chan{T}.Send"/>
    public void Send(T value) => ThreadWait.Synchronously.Wait(SendAsync(value));

    /// <inheritdoc cref="Chan{T}.TrySend"/>
    public bool TrySend(T value) => _channel is not null && _channel.TrySend(value);

    /// <inheritdoc cref="Chan{T}.Close"/>
    /// <exception cref="InvalidOperationException">This is the nil channel ("close of nil channel").</exception>
    public void Close() => NotNil().Close();

    /// <inheritdoc cref="Chan{T}.TryClose()"/>
    /// <exception cref="InvalidOperationException">This is the nil channel ("close of nil channel").</exception>
    public bool TryClose() => NotNil().TryClose();

    /// <summary>Wraps this view in a framework <see cref="System.Threading.Channels.ChannelWriter{T}"/>. Completing the writer closes the channel.</summary>
    /// <returns>A writer. A channel may have several.</returns>
    /// <exception cref="InvalidOperationException">This is the nil channel.</exception>
    public System.Threading.Channels.ChannelWriter<T> ToChannelWriter() => new ChanWriter<T>(NotNil("ToChannelWriter of nil channel"));

    /// <inheritdoc/>
    public bool Equals(Sender<T> other) => ReferenceEquals(_channel, other._channel);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Sender<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _channel?.GetHashCode() ?? 0;

    private Chan<T> NotNil(string message = "close of nil channel") => _channel ?? throw new InvalidOperationException(message);
}
