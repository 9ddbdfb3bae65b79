using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Goroutines.Channels;

/// <summary>A channel's receiving side as the framework's reader.</summary>
/// <remarks>
/// A rendezvous channel has nothing to look at before it is received, so waiting to read receives a value and keeps it
/// here for the next read. (Only waiting for a sender to appear would let a writer that only waits for a receiver, and
/// this, wait for each other.) A cancelled wait has taken nothing.
/// </remarks>
internal sealed class ChanReader<T>(Chan<T> channel) : ChannelReader<T>
{
    private readonly ChanObservers _observers = channel.Observe();
    private readonly ConcurrentQueue<T> _ahead = new();

    public override Task Completion => _observers.Completion;

    public override bool CanCount => true;

    public override int Count => _ahead.Count + channel.Count;

    public override bool CanPeek => true;

    public override bool TryRead([MaybeNullWhen(false)] out T item)
    {
        if (_ahead.TryDequeue(out item))
        {
            return true;
        }

        if (channel.TryReceive(out Received<T> received) && received.Ok)
        {
            item = received.Value;
            return true;
        }

        item = default;
        return false;
    }

    public override bool TryPeek([MaybeNullWhen(false)] out T item)
    {
        if (_ahead.IsEmpty && channel.TryReceive(out Received<T> received) && received.Ok)
        {
            _ahead.Enqueue(received.Value);
        }

        return _ahead.TryPeek(out item);
    }

    public override async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_ahead.IsEmpty)
        {
            return true;
        }

        (T value, bool ok) = await channel.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        if (ok)
        {
            _ahead.Enqueue(value);
            return true;
        }

        return _observers.Error is { } error ? throw error : !_ahead.IsEmpty;
    }

    public override async ValueTask<T> ReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_ahead.TryDequeue(out T? kept))
        {
            return kept;
        }

        (T value, bool ok) = await channel.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        return ok ? value : throw new ChannelClosedException(_observers.Error);
    }
}
