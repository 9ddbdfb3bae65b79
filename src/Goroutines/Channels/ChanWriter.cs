using System.Threading.Channels;

namespace Goroutines.Channels;

/// <summary>A channel's sending side as the framework's writer.</summary>
internal sealed class ChanWriter<T>(Chan<T> channel) : ChannelWriter<T>
{
    private readonly ChanObservers _observers = channel.Observe();

    public override bool TryWrite(T item)
    {
        try
        {
            return channel.TrySend(item);
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    public override ValueTask WriteAsync(T item, CancellationToken cancellationToken = default) => channel.SendAsync(item, cancellationToken);

    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        // Register first, look then: a receiver that comes between is seen one way or the other.
        Task<bool> room = _observers.WaitForRoom();
        if (channel.IsClosed)
        {
            return _observers.Error is { } error ? ValueTask.FromException<bool>(error) : new ValueTask<bool>(false);
        }

        return channel.CanSend ? new ValueTask<bool>(true) : new ValueTask<bool>(room.WaitAsync(cancellationToken));
    }

    public override bool TryComplete(Exception? error = null) => channel.TryClose(error);
}
