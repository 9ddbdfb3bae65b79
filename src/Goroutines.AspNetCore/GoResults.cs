using Goroutines.AspNetCore.Internal;
using Microsoft.AspNetCore.Http;

namespace Goroutines.AspNetCore;

/// <summary>Creates results that stream the values of a channel until it is closed or the client has gone.</summary>
/// <remarks>
/// <para>Values are written as JSON with the application's options (<c>ConfigureHttpJsonOptions</c>); strings in server-sent events are
/// written as they are. Values that are already in the channel are written together, up to 32 KiB, and then flushed.</para>
/// <para>A producer must watch the request's context; otherwise, it waits forever for a receiver that has gone. The methods that take a
/// channel leave this to the caller. Those that take a producer pass it a context that is cancelled when the client has gone. The request
/// then waits up to 5 seconds for the producer to end. A producer that still runs is left, and a warning is logged: the request ends, the
/// producer's channel is closed, so that its sends throw <see cref="System.Threading.Channels.ChannelClosedException"/>, and an exception that
/// it throws later is logged. A producer that was left must not use the request or its services.</para>
/// </remarks>
public static class GoResults
{
    /// <summary>Streams values as server-sent events.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="values">The channel of the values.</param>
    /// <param name="eventType">The type of the events. <see langword="null"/> means <c>message</c>, and no type is written.</param>
    /// <param name="heartbeat">The time without a value after which a comment is sent. The comment detects a client that has gone without
    /// closing its connection. <see langword="null"/> means 15 seconds; <see cref="Timeout.InfiniteTimeSpan"/> means never.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException"><paramref name="eventType"/> contains a line break.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="heartbeat"/> is neither positive nor infinite.</exception>
    public static IResult ServerSentEvents<T>(Receiver<T> values, string? eventType = null, TimeSpan? heartbeat = null)
        => new StreamResult<T>(values, null, new EventFormat<T>(eventType), Heartbeat(heartbeat));

    /// <summary>Streams what a producer sends as server-sent events.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="produce">The producer. It runs as a goroutine of the host's runtime, with a context that is cancelled when the client
    /// has gone. The stream ends when the producer ends; an exception of the producer fails the request.</param>
    /// <param name="eventType">The type of the events. <see langword="null"/> means <c>message</c>, and no type is written.</param>
    /// <param name="heartbeat">As in the overload that takes a channel.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="produce"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="eventType"/> contains a line break.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="heartbeat"/> is neither positive nor infinite.</exception>
    public static IResult ServerSentEvents<T>(Func<Sender<T>, GoContext, ValueTask> produce, string? eventType = null, TimeSpan? heartbeat = null)
    {
        ArgumentNullException.ThrowIfNull(produce);
        return new StreamResult<T>(default, produce, new EventFormat<T>(eventType), Heartbeat(heartbeat));
    }

    /// <summary>Streams values as lines of JSON (<c>application/jsonl</c>).</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="values">The channel of the values.</param>
    /// <returns>The result.</returns>
    public static IResult JsonLines<T>(Receiver<T> values) => new StreamResult<T>(values, null, new JsonLineFormat<T>(), Timeout.InfiniteTimeSpan);

    /// <summary>Streams what a producer sends as lines of JSON (<c>application/jsonl</c>).</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="produce">As in <see cref="ServerSentEvents{T}(Func{Sender{T}, GoContext, ValueTask}, string?, TimeSpan?)"/>.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="produce"/> is <see langword="null"/>.</exception>
    public static IResult JsonLines<T>(Func<Sender<T>, GoContext, ValueTask> produce)
    {
        ArgumentNullException.ThrowIfNull(produce);
        return new StreamResult<T>(default, produce, new JsonLineFormat<T>(), Timeout.InfiniteTimeSpan);
    }

    private static TimeSpan Heartbeat(TimeSpan? heartbeat)
    {
        TimeSpan pause = heartbeat ?? TimeSpan.FromSeconds(15);
        return pause > TimeSpan.Zero || pause == Timeout.InfiniteTimeSpan
            ? pause
            : throw new ArgumentOutOfRangeException(nameof(heartbeat), heartbeat, "A heartbeat is positive or infinite.");
    }
}
