using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Goroutines.Channels;

/// <summary>A channel's sending side as the framework's writer.</summary>
internal sealed class ChanWriter<T>(Chan<T> channel) : ChannelWriter<T>
{
    private readonly ChanObservers _observers = channel.Observe();

    public override bool TryWrite(T item)
    {
        if (channel.IsClosed)
        {
            return false;
        }

        try
        {
            return channel.TrySend(item);
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    public override ValueTask WriteAsync(T item, CancellationToken cancellationToken = default)
    {
        ValueTask write = channel.SendAsync(item, cancellationToken);
        return write.IsCompletedSuccessfully ? write : Write(write);
    }

    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        // Register first, then look: a receiver that comes between is seen one way or the other.
        Task<bool> room = _observers.WaitForRoom();
        if (channel.IsClosed)
        {
            return _observers.Failed is { } failed ? new ValueTask<bool>(failed) : new ValueTask<bool>(false);
        }

        return channel.CanSend ? new ValueTask<bool>(true) : new ValueTask<bool>(room.WaitAsync(cancellationToken));
    }

    public override bool TryComplete(Exception? error = null) => channel.TryClose(error);

    /// <summary>A write that waits or has failed. It throws the framework's exceptions, not Go's.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask Write(ValueTask write)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw _observers.ClosedException();
        }
    }
}
