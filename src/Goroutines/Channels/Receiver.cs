using System.Diagnostics.CodeAnalysis;
using Goroutines.Channels;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>The receive-only view of a channel (Go's <c>&lt;-chan T</c>). Its default is the nil channel: receives wait forever, and selects never choose it.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public readonly struct Receiver<T> : IAsyncEnumerable<T>, IEquatable<Receiver<T>>
{
    private readonly Chan<T>? _channel;

    internal Receiver(Chan<T>? channel) => _channel = channel;

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
    public static bool operator ==(Receiver<T> left, Receiver<T> right) => left.Equals(right);

    /// <summary>Returns whether two views are of different channels.</summary>
    /// <param name="left">The first view.</param>
    /// <param name="right">The second view.</param>
    public static bool operator !=(Receiver<T> left, Receiver<T> right) => !left.Equals(right);

    /// <inheritdoc cref="Chan{T}.ReceiveAsync"/>
    public ValueTask<Received<T>> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        if (_channel is not null)
        {
            return _channel.ReceiveAsync(cancellationToken);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Received<T>>(cancellationToken);
        }

        Waiter<T> waiter = Waiter<T>.Never(WaitReason.ChanReceiveNil, cancellationToken);
        return new ValueTask<Received<T>>(waiter, waiter.Version);
    }

    /// <inheritdoc cref="Chan{T}.Receive"/>
    public Received<T> Receive() => ThreadWait.Synchronously.Wait(ReceiveAsync());

    /// <inheritdoc cref="Chan{T}.TryReceive"/>
    public bool TryReceive(out Received<T> received)
    {
        if (_channel is not null)
        {
            return _channel.TryReceive(out received);
        }

        received = default;
        return false;
    }

    /// <inheritdoc cref="Chan{T}.TakeAsync"/>
    public ValueTask<T> TakeAsync(CancellationToken cancellationToken = default)
    {
        if (_channel is not null)
        {
            return _channel.TakeAsync(cancellationToken);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        Waiter<T> waiter = Waiter<T>.Never(WaitReason.ChanReceiveNil, cancellationToken);
        return new ValueTask<T>(waiter, waiter.Version);
    }

    /// <inheritdoc cref="Chan{T}.Take"/>
    public T Take() => ThreadWait.Synchronously.Wait(TakeAsync());

    /// <inheritdoc cref="Chan{T}.TryTake"/>
    public bool TryTake([MaybeNullWhen(false)] out T value)
    {
        if (_channel is not null)
        {
            return _channel.TryTake(out value);
        }

        value = default;
        return false;
    }

    /// <inheritdoc cref="Chan{T}.GetAsyncEnumerator"/>
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        => new ChanEnumerator<T>(_channel, cancellationToken);

    /// <summary>Wraps this view in a framework <see cref="System.Threading.Channels.ChannelReader{T}"/>.</summary>
    /// <returns>A reader. If the channel has no buffer, its <c>WaitToReadAsync</c> takes a value out of the channel and keeps it for
    /// this reader's next read. Use one reader for each consumer, and read every value that it has announced.</returns>
    /// <exception cref="InvalidOperationException">This is the nil channel.</exception>
    public System.Threading.Channels.ChannelReader<T> ToChannelReader()
        => new ChanReader<T>(_channel ?? throw new InvalidOperationException("ToChannelReader of nil channel"));

    /// <inheritdoc/>
    public bool Equals(Receiver<T> other) => ReferenceEquals(_channel, other._channel);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Receiver<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _channel?.GetHashCode() ?? 0;
}
