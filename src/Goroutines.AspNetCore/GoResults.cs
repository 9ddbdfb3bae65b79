using Goroutines.AspNetCore.Internal;
using Microsoft.AspNetCore.Http;

namespace Goroutines.AspNetCore;

/// <summary>Results that stream what comes out of a channel, until it is closed or the client has gone.</summary>
/// <remarks>
/// <para>Values are written as JSON by the application's options (<c>ConfigureHttpJsonOptions</c>), strings in server-sent events as they are. What is in
/// the channel is written together, and flushed when the channel is empty.</para>
/// <para>The forms that take a channel leave its producer to the caller: it has to heed the request's context, or it waits for ever for a receiver that
/// has gone. The forms that take a producer see to that.</para>
/// </remarks>
public static class GoResults
{
    /// <summary>Streams values as server-sent events.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="values">Where they come from.</param>
    /// <param name="eventType">The events' type; <see langword="null"/>: <c>message</c>, which is not written.</param>
    /// <param name="heartbeat">After how long without a value a comment is sent, by which a client that has gone without a word is found out.
    /// <see langword="null"/>: 15 seconds; <see cref="Timeout.InfiniteTimeSpan"/>: never.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException"><paramref name="eventType"/> contains a line break.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="heartbeat"/> is neither positive nor infinite.</exception>
    public static IResult ServerSentEvents<T>(Receiver<T> values, string? eventType = null, TimeSpan? heartbeat = null)
        => new StreamResult<T>(values, null, new EventFormat<T>(eventType), Heartbeat(heartbeat));

    /// <summary>Streams what a producer sends as server-sent events.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="produce">Runs as a goroutine of the host's runtime; its context is cancelled when the client has gone. The stream ends when it does; its exception fails the request.</param>
    /// <param name="eventType">The events' type; <see langword="null"/>: <c>message</c>, which is not written.</param>
    /// <param name="heartbeat">As in the other form.</param>
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
    /// <param name="values">Where they come from.</param>
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
