using System.Threading.Channels;
using Goroutines.Channels;

namespace Goroutines;

/// <summary>Channels made of what the framework gives.</summary>
public static class Receiver
{
    /// <summary>Makes a channel of a framework reader: the reverse of <see cref="Receiver{T}.ToChannelReader"/>.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="reader">The reader. Others may read from it, too; each value goes to one of them.</param>
    /// <returns>The channel, for receives and selects. It is closed and drained when the reader is completed; when it was completed with an
    /// error, receives throw that.</returns>
    /// <remarks>Nothing is read before a receiver asks for it. A value that comes when the receiver that asked has left (it was cancelled, or
    /// a select that chose another case) is kept for the next receive from this channel.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="reader"/> is <see langword="null"/>.</exception>
    public static Receiver<T> From<T>(ChannelReader<T> reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new ReaderFeed<T>(reader).Channel.Receiver;
    }

    /// <summary>Makes a channel of an asynchronous sequence.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The sequence. It is enumerated once, by goroutines of the receivers' runtimes, one value at a time.</param>
    /// <param name="cancellationToken">Passed to the enumeration. A sequence that is not received to its end is disposed of only when this ends it.</param>
    /// <returns>The channel, for receives and selects. It is closed and drained at the end of the sequence; when that failed, receives throw what
    /// it threw. For a channel of this library: that channel.</returns>
    /// <remarks>The enumeration begins with the first receive, and goes on only while a receiver waits. A value that comes when the receiver
    /// that asked has left is kept for the next receive.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is <see langword="null"/>.</exception>
    public static Receiver<T> From<T>(IAsyncEnumerable<T> source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source switch
        {
            Chan<T> channel => channel.Receiver,
            Receiver<T> receiver => receiver,
            _ => new SequenceFeed<T>(source, cancellationToken).Channel.Receiver,
        };
    }
}
