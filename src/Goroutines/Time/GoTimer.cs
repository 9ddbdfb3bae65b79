using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Time;

namespace Goroutines;

/// <summary>
/// A single event in the future (Go's <c>time.Timer</c>): delivers the time on the channel <see cref="C"/>, or starts a
/// goroutine (<see cref="AfterFunc(TimeSpan, Func{ValueTask})"/>).
/// </summary>
/// <remarks>
/// <para>Semantics are those of Go 1.23 and later: the channel is unbuffered, so after <see cref="Stop"/> or
/// <see cref="Reset"/> nobody receives a time from before. The value is the time at which the timer was due, also when it
/// is received later.</para>
/// <para>Safe from any thread. The clock is that of the runtime the timer was made in. A timer with a channel needs no
/// disposal: dropped, it is garbage collected, however far off its time is.</para>
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed class GoTimer : IDisposable
{
    private readonly TimerFeed? _feed;
    private readonly FuncTimer? _func;

    /// <summary>Starts a timer that delivers the time on <see cref="C"/> once (time.NewTimer).</summary>
    /// <param name="duration">After how long; zero: at once; <see cref="Timeout.InfiniteTimeSpan"/>: not until it is reset.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative, and not infinite.</exception>
    public GoTimer(TimeSpan duration)
    {
        Durations.Validate(duration);
        _feed = new TimerFeed(GoRuntime.Current.Scheduler);
        _feed.Start(duration, TimeSpan.Zero);
    }

    private GoTimer(TimeSpan duration, Delegate body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Durations.Validate(duration);
        Scheduler.Scheduler scheduler = GoRuntime.Current.Scheduler;
        _func = new FuncTimer(scheduler, new DeferredBody(scheduler, body));
        _func.Start(duration);
    }

    /// <summary>Where the time is delivered. Its count and capacity are 0. For a timer with a body, the nil channel.</summary>
    public Receiver<DateTimeOffset> C => _feed?.Receiver ?? default;

    private string DebuggerDisplay => _feed is null ? "GoTimer (body)" : "GoTimer (channel)";

    /// <summary>Starts a timer that runs <paramref name="body"/> in a goroutine of its own when it is due (time.AfterFunc).</summary>
    /// <param name="duration">After how long; zero: at once; <see cref="Timeout.InfiniteTimeSpan"/>: not until it is reset.</param>
    /// <param name="body">The body. An exception that leaves it is a panic. It runs with the caller's execution context.</param>
    /// <returns>The timer, to stop it or to have it run again. It runs the body also when it is dropped.</returns>
    /// <remarks>A runtime that has been stopped meanwhile does not run the body.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative, and not infinite.</exception>
    [OverloadResolutionPriority(1)]
    public static GoTimer AfterFunc(TimeSpan duration, Func<ValueTask> body) => new(duration, body);

    /// <inheritdoc cref="AfterFunc(TimeSpan, Func{ValueTask})"/>
    public static GoTimer AfterFunc(TimeSpan duration, Func<Task> body) => new(duration, body);

    /// <summary>Stops the timer.</summary>
    /// <returns>
    /// With a channel: whether a time was still to be received, be it due or not; it no longer is. With a body: whether
    /// that keeps the body from running; otherwise it has been started already (Stop does not wait for it), or the timer
    /// was stopped.
    /// </returns>
    public bool Stop() => _feed is null ? _func!.Stop() : _feed.Stop();

    /// <summary>Starts the timer anew.</summary>
    /// <param name="duration">After how long; zero: at once; <see cref="Timeout.InfiniteTimeSpan"/>: not until it is reset.</param>
    /// <returns>As for <see cref="Stop"/>, about the time or the run that was pending before. With a body, false means that
    /// an earlier run may still be going on beside the next one.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative, and not infinite.</exception>
    public bool Reset(TimeSpan duration)
    {
        Durations.Validate(duration);
        return _feed is null ? _func!.Start(duration) : _feed.Start(duration, TimeSpan.Zero);
    }

    /// <summary>Stops the timer, as <see cref="Stop"/>. It may be reset later.</summary>
    public void Dispose() => Stop();
}
