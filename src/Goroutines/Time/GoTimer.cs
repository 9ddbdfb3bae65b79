using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;
using Goroutines.Time;

namespace Goroutines;

/// <summary>
/// A single event in the future (Go's <c>time.Timer</c>): delivers the time on the channel <see cref="C"/>, or starts a
/// goroutine (<see cref="AfterFunc(TimeSpan, Func{ValueTask}, GoRuntime)"/>).
/// </summary>
/// <remarks>
/// <para>Semantics are those of Go 1.23 and later: the channel is unbuffered, so after <see cref="Stop"/> or
/// <see cref="Reset(TimeSpan)"/> nobody receives a time from before. The value is the time at which the timer was due, also when it
/// is received later.</para>
/// <para>Thread-safe. The clock is that of the runtime the timer was made in. A timer with a channel needs no
/// disposal: dropped, it is garbage collected, however far off its time is.</para>
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed class GoTimer : IDisposable
{
    private readonly Scheduler _scheduler;
    private readonly TimerFeed? _feed;
    private readonly FuncTimer? _func;

    /// <summary>Starts a timer that delivers the time on <see cref="C"/> once (time.NewTimer).</summary>
    /// <param name="duration">After how long. Zero and negative durations: at once; <see cref="Timeout.InfiniteTimeSpan"/>: not until it is reset.</param>
    /// <param name="runtime">The runtime whose clock it goes by; <see langword="null"/>: the current one.</param>
    public GoTimer(TimeSpan duration, GoRuntime? runtime = null)
        : this(runtime) => _feed!.Start(Durations.Left(duration), TimeSpan.Zero);

    /// <summary>Starts a timer that delivers the time on <see cref="C"/> once, at a time on the runtime's clock.</summary>
    /// <param name="time">When. A time that has passed: at once.</param>
    /// <param name="runtime">The runtime whose clock it goes by; <see langword="null"/>: the current one.</param>
    /// <remarks>The time until then is measured once, at the call; setting the wall clock later does not move it.</remarks>
    public GoTimer(DateTimeOffset time, GoRuntime? runtime = null)
        : this(runtime) => _feed!.Start(Durations.LeftUntil(time, _scheduler.Clock), TimeSpan.Zero);

    private GoTimer(GoRuntime? runtime)
    {
        _scheduler = (runtime ?? GoRuntime.Current).Scheduler;
        _feed = new TimerFeed(_scheduler);
    }

    private GoTimer(TimeSpan duration, Scheduler scheduler, DeferredBody body)
    {
        _scheduler = scheduler;
        _func = new FuncTimer(scheduler, body);
        _func.Start(Durations.Left(duration));
    }

    /// <summary>Gets where the time is delivered. Its count and capacity are 0. For a timer with a body, the nil channel.</summary>
    public Receiver<DateTimeOffset> C => _feed?.Receiver ?? default;

    private string DebuggerDisplay => _feed is null ? "GoTimer (body)" : "GoTimer (channel)";

    /// <summary>Starts a timer that runs <paramref name="body"/> in a goroutine of its own when it is due (time.AfterFunc).</summary>
    /// <param name="duration">After how long. Zero and negative durations: at once; <see cref="Timeout.InfiniteTimeSpan"/>: not until it is reset.</param>
    /// <param name="body">The body. An exception that escapes it is a panic. It runs with the caller's execution context.</param>
    /// <param name="runtime">The runtime whose clock it goes by and that runs the body; <see langword="null"/>: the current one.</param>
    /// <returns>The timer, to stop it or to have it run again. It runs the body also when it is dropped.</returns>
    /// <remarks>A runtime that has been stopped meanwhile does not run the body.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    [OverloadResolutionPriority(1)]
    public static GoTimer AfterFunc(TimeSpan duration, Func<ValueTask> body, GoRuntime? runtime = null)
    {
        Scheduler scheduler = (runtime ?? GoRuntime.Current).Scheduler;
        return new GoTimer(duration, scheduler, DeferredBody.Of(scheduler, body));
    }

    /// <inheritdoc cref="AfterFunc(TimeSpan, Func{ValueTask}, GoRuntime)"/>
    public static GoTimer AfterFunc(TimeSpan duration, Func<Task> body, GoRuntime? runtime = null)
    {
        Scheduler scheduler = (runtime ?? GoRuntime.Current).Scheduler;
        return new GoTimer(duration, scheduler, DeferredBody.Of(scheduler, body));
    }

    /// <summary>Starts a timer that calls <paramref name="body"/> in a goroutine of its own when it is due (time.AfterFunc).</summary>
    /// <param name="duration">After how long. Zero and negative durations: at once; <see cref="Timeout.InfiniteTimeSpan"/>: not until it is reset.</param>
    /// <param name="body">The callback. It runs on a worker and has no stack of its own, so it should not wait. An exception that leaves
    /// it is a panic. It runs with the caller's execution context.</param>
    /// <param name="runtime">The runtime whose clock it goes by and that runs the callback; <see langword="null"/>: the current one.</param>
    /// <returns>The timer, to stop it or to have it run again. It calls the body also when it is dropped.</returns>
    /// <remarks>A runtime that has been stopped meanwhile does not call the body.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    public static GoTimer AfterFunc(TimeSpan duration, Action body, GoRuntime? runtime = null)
    {
        Scheduler scheduler = (runtime ?? GoRuntime.Current).Scheduler;
        return new GoTimer(duration, scheduler, DeferredBody.Of(scheduler, body));
    }

    /// <summary>Stops the timer.</summary>
    /// <returns>
    /// With a channel: true if a time was still to be received, due or not, and no longer is; otherwise, false. With a body: true if
    /// the body will not run; false if it has been started already (Stop does not wait for it), or the timer was stopped.
    /// </returns>
    public bool Stop() => _feed is null ? _func!.Stop() : _feed.Stop();

    /// <summary>Starts the timer anew.</summary>
    /// <param name="duration">After how long. Zero and negative durations: at once; <see cref="Timeout.InfiniteTimeSpan"/>: not until it is reset.</param>
    /// <returns>As for <see cref="Stop"/>, about the time or the run that was pending before. With a body, false means that
    /// an earlier run may still be going on beside the next one.</returns>
    public bool Reset(TimeSpan duration)
    {
        TimeSpan left = Durations.Left(duration);
        return _feed is null ? _func!.Start(left) : _feed.Start(left, TimeSpan.Zero);
    }

    /// <summary>Starts the timer anew, for a time on the runtime's clock.</summary>
    /// <param name="time">When. A time that has passed: at once.</param>
    /// <returns>As for <see cref="Reset(TimeSpan)"/>.</returns>
    public bool Reset(DateTimeOffset time) => Reset(Durations.LeftUntil(time, _scheduler.Clock));

    /// <summary>Stops the timer, as <see cref="Stop"/>. It may be reset later.</summary>
    public void Dispose() => Stop();
}
