using System.Threading.Channels;
using Goroutines.Channels;

namespace Goroutines;

/// <summary>Creates channels from types of the framework.</summary>
public static class Receiver
{
    /// <summary>Creates a channel from a framework reader; the inverse of <see cref="Receiver{T}.ToChannelReader"/>.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="reader">The reader. Other consumers may also read from it; each value goes to one of them.</param>
    /// <returns>The channel, for receives and selects. It is closed and drained when the reader is completed. If the reader was completed
    /// with an error, receives throw that error.</returns>
    /// <remarks>Nothing is read before a receiver asks for it. The receiver that asked may have left by the time a value arrives (it was
    /// cancelled, or its select chose another case). The value is then kept for the next receive from this channel.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="reader"/> is <see langword="null"/>.</exception>
    public static Receiver<T> From<T>(ChannelReader<T> reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new ReaderFeed<T>(reader).Channel.Receiver;
    }

    /// <summary>Creates a channel from an asynchronous sequence.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The sequence. It is enumerated once, by goroutines of the receivers' runtimes, one value at a time.</param>
    /// <param name="cancellationToken">Passed to the enumeration. A sequence that is not received to its end is disposed only when this token ends it.</param>
    /// <returns>The channel, for receives and selects. It is closed and drained at the end of the sequence. If the sequence failed, receives throw
    /// its exception. If the sequence is a channel of this library, that channel.</returns>
    /// <remarks>The enumeration begins with the first receive, and continues only while a receiver waits. If the receiver that asked has
    /// left by the time a value arrives, the value is kept for the next receive.</remarks>
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
