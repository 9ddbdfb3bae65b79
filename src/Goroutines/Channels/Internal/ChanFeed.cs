namespace Goroutines.Channels;

/// <summary>Gives a channel its values, or closes it, without a sender: a timer (runtime/chan.go: <c>hchan.timer</c>), a token.</summary>
/// <remarks>
/// A feed is polled; it does not push. A receive checks whether something is due. Only while receivers wait does the feed
/// arrange for something to wake them (an armed timer, a registration with a token). A channel without waiting receivers is
/// therefore referenced only by its users, and is garbage once they drop it. Ordinary channels have no feed, and check for one
/// only where a receive would have to wait.
/// </remarks>
internal abstract class ChanFeed<T>
{
    /// <summary>The failure that closed the channel, if there is one. Receives throw it once the channel is drained.</summary>
    internal virtual Exception? Failure => null;

    /// <summary>Whether a receive may find something now. Called without the channel's lock; may read clocks.</summary>
    internal abstract bool IsDue { get; }

    /// <summary>Takes the value that <see cref="IsDue"/> has announced, with the channel's lock held.</summary>
    internal abstract bool TryTake(out T value);

    /// <summary>A receiver has joined the queue. Called without locks, by the receiver, after it has released the channel's.</summary>
    internal abstract void ReceiverWaits();

    /// <summary>The last receiver has left the queue without a value. With the channel's lock held.</summary>
    internal abstract void NobodyWaits();
}
