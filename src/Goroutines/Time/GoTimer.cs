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
/// <para>The semantics are those of Go 1.23 and later: the channel is unbuffered, so after <see cref="Stop"/> or
/// <see cref="Reset(TimeSpan)"/> no receiver gets an earlier time. The value is the time at which the timer was due, even if it is
/// received later.</para>
/// <para>Thread-safe. The clock is that of the runtime in which the timer was created. A timer with a channel need not
/// be disposed: it can be garbage collected once no reference to it is left, however far off its time is.</para>
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed class GoTimer : IDisposable
{
    private readonly Scheduler _scheduler;
    private readonly TimerFeed? _feed;
    private readonly FuncTimer? _func;

    /// <summary>Starts a timer that delivers the time on <see cref="C"/> once (time.NewTimer).</summary>
    /// <param name="duration">The duration. If it is zero or negative, the timer is due at once; if it is <see cref="Timeout.InfiniteTimeSpan"/>, not until it
    /// is reset.</param>
    /// <param name="runtime">The runtime whose clock is used; <see langword="null"/> for the current one.</param>
    public GoTimer(TimeSpan duration, GoRuntime? runtime = null)
        : this(runtime) => _feed!.Start(Durations.Left(duration), TimeSpan.Zero);

    /// <summary>Starts a timer that delivers the time on <see cref="C"/> once, at a time on the runtime's clock.</summary>
    /// <param name="time">The time. If it has already passed, the timer is due at once.</param>
    /// <param name="runtime">The runtime whose clock is used; <see langword="null"/> for the current one.</param>
    /// <remarks>The remaining time is computed once, at the call; changing the wall clock later does not move it.</remarks>
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

    /// <summary>Gets the channel on which the time is delivered. Its count and capacity are 0. A timer with a body has the nil channel.</summary>
    public Receiver<DateTimeOffset> C => _feed?.Receiver ?? default;

    private string DebuggerDisplay => _feed is null ? "GoTimer (body)" : "GoTimer (channel)";

    /// <summary>Starts a timer that runs <paramref name="body"/> in a new goroutine when it is due (time.AfterFunc).</summary>
    /// <param name="duration">The duration. If it is zero or negative, the timer is due at once; if it is <see cref="Timeout.InfiniteTimeSpan"/>, not until it
    /// is reset.</param>
    /// <param name="body">The body. An exception that escapes it is a panic. It runs with the caller's execution context.</param>
    /// <param name="runtime">The runtime whose clock is used and that runs the body; <see langword="null"/> for the current one.</param>
    /// <returns>The timer, to stop or reset it. It runs the body even if no reference to it is left.</returns>
    /// <remarks>If the runtime has been stopped meanwhile, it does not run the body.</remarks>
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

    /// <summary>Starts a timer that calls <paramref name="body"/> in a new goroutine when it is due (time.AfterFunc).</summary>
    /// <param name="duration">The duration. If it is zero or negative, the timer is due at once; if it is <see cref="Timeout.InfiniteTimeSpan"/>, not until it
    /// is reset.</param>
    /// <param name="body">The callback. It runs on a worker and has no stack of its own, so it should not wait. An exception that
    /// escapes it is a panic. It runs with the caller's execution context.</param>
    /// <param name="runtime">The runtime whose clock is used and that runs the callback; <see langword="null"/> for the current one.</param>
    /// <returns>The timer, to stop or reset it. It calls the body even if no reference to it is left.</returns>
    /// <remarks>If the runtime has been stopped meanwhile, it does not call the body.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    public static GoTimer AfterFunc(TimeSpan duration, Action body, GoRuntime? runtime = null)
    {
        Scheduler scheduler = (runtime ?? GoRuntime.Current).Scheduler;
        return new GoTimer(duration, scheduler, DeferredBody.Of(scheduler, body));
    }

    /// <summary>Stops the timer.</summary>
    /// <returns>
    /// For a timer with a channel: true if this call kept a time, due or not, from being received; otherwise, false. For a timer with a
    /// body: true if the body will not run; false if it has already been started (Stop does not wait for it), or the timer was stopped.
    /// </returns>
    public bool Stop() => _feed is null ? _func!.Stop() : _feed.Stop();

    /// <summary>Restarts the timer.</summary>
    /// <param name="duration">The duration. If it is zero or negative, the timer is due at once; if it is <see cref="Timeout.InfiniteTimeSpan"/>, not until it
    /// is reset.</param>
    /// <returns>The same as <see cref="Stop"/>, for the time or the run that was pending before. For a timer with a body, false means
    /// that an earlier run may still be in progress beside the next one.</returns>
    public bool Reset(TimeSpan duration)
    {
        TimeSpan left = Durations.Left(duration);
        return _feed is null ? _func!.Start(left) : _feed.Start(left, TimeSpan.Zero);
    }

    /// <summary>Restarts the timer for a time on the runtime's clock.</summary>
    /// <param name="time">The time. If it has already passed, the timer is due at once.</param>
    /// <returns>As for <see cref="Reset(TimeSpan)"/>.</returns>
    public bool Reset(DateTimeOffset time) => Reset(Durations.LeftUntil(time, _scheduler.Clock));

    /// <summary>Stops the timer, as <see cref="Stop"/>. It may be reset later.</summary>
    public void Dispose() => Stop();
}
