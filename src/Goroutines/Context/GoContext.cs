using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Goroutines.Context;
using Goroutines.Runtime;
using Goroutines.Signals;
using Goroutines.Time;

namespace Goroutines;

/// <summary>
/// Carries cancellation, a deadline and values down a tree of calls and goroutines (Go's <c>context.Context</c>). Derive a
/// context from another one; cancelling it cancels what was derived from it, and leaves its parent alone.
/// </summary>
/// <remarks>
/// <para>All members are safe from any thread. Contexts do not change, except that they end once. The clock is that of the
/// runtime they were made in.</para>
/// <para>It converts to a <see cref="CancellationToken"/>, so it can be passed wherever the framework wants one. In a
/// select, use <see cref="Done"/>.</para>
/// <para>A context with a parent that can be cancelled is held by it until it is cancelled itself: dispose of every
/// <see cref="CancelContext"/> when what it was made for is over. Semantics are those of Go's <c>context</c> package.</para>
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public abstract class GoContext
{
    private readonly GoContext? _parent;
    private readonly CancelSource? _source;

    private protected GoContext(GoContext? parent, CancelSource? source)
    {
        _parent = parent;
        _source = source;
    }

    /// <summary>Gets the root of all contexts: never cancelled, no deadline, no values.</summary>
    public static GoContext Background { get; } = new RootContext("Background", null);

    /// <summary>As <see cref="Background"/>, where it is not clear yet which context to use.</summary>
    public static GoContext TODO { get; } = new RootContext("TODO", null);

    /// <summary>Closed when the context has ended; never has a value. The nil channel for a context that can't end.</summary>
    public Receiver<Unit> Done => _source?.Done ?? default;

    /// <summary>
    /// Why the context has ended: an <see cref="OperationCanceledException"/> ("context canceled") or a
    /// <see cref="DeadlineExceededException"/> ("context deadline exceeded"). <see langword="null"/> while it has not. When it
    /// is not null, <see cref="Done"/> is closed.
    /// </summary>
    public Exception? Err => _source?.Err;

    /// <summary>Gets the cause that the context was ended with; the same as <see cref="Err"/> where no cause was given
    /// (context.Cause). <see langword="null"/> while it has not ended.</summary>
    public Exception? Cause => _source?.Cause;

    /// <summary>Gets when the context ends at the latest; <see langword="null"/> if it has no deadline.</summary>
    public DateTimeOffset? Deadline => _source?.Deadline;

    /// <summary>Gets whether the context has ended, by cancellation or by its deadline.</summary>
    public bool IsCancelled => _source is { Err: not null };

    /// <summary>
    /// Gets a token that is cancelled when the context ends, for framework calls. Made on first use; no goroutine stands behind it.
    /// When a deadline ends the context, the token's callbacks run in a goroutine; otherwise in the caller that cancels.
    /// </summary>
    public CancellationToken Token => _source?.Token ?? CancellationToken.None;

    internal GoContext? Parent => _parent;

    internal CancelSource? Source => _source;

    private string DebuggerDisplay => $"{this}{(Err is null ? "" : " ended")}";

    /// <summary>The context's <see cref="Token"/>.</summary>
    /// <param name="context">The context.</param>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is <see langword="null"/>.</exception>
    [SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "Token is the alternate.")]
    public static implicit operator CancellationToken(GoContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Token;
    }

    /// <summary>A context that ends when a token is cancelled.</summary>
    /// <param name="token">The token; <see cref="Token"/> gives it back.</param>
    /// <returns>The context; <see cref="Background"/> for a token that can't be cancelled.</returns>
    /// <remarks>It needs no disposal: it is registered with the token only while something waits on it or was derived from it.</remarks>
    public static GoContext From(CancellationToken token)
        => token.CanBeCanceled ? new RootContext("From", new TokenSource(token)) : Background;

    /// <summary>A context that ends when the system sends the process one of some signals (signal.NotifyContext), or when it is cancelled.</summary>
    /// <param name="signals">The signals; none: <see cref="PosixSignal.SIGINT"/> (Ctrl+C) and <see cref="PosixSignal.SIGTERM"/>, which ask a
    /// program to end.</param>
    /// <returns>The context. Its <see cref="Cause"/> names the signal. Dispose it when the work that it was made for is over.</returns>
    /// <remarks>Only the first signal is taken: once the context has ended, by it or otherwise, the signals have their default effect again,
    /// so a second Ctrl+C ends a program that does not stop. A goroutine that waits for this context is no part of a deadlock.</remarks>
    /// <exception cref="PlatformNotSupportedException">The system has no such signal.</exception>
    public static CancelContext WithSignals(params ReadOnlySpan<PosixSignal> signals)
    {
        SignalNode node = new(signals);
        node.Register();
        return new CancelContext(Background, node);
    }

    /// <summary>A context that ends with this one, or when it is cancelled (context.WithCancel, context.WithCancelCause).</summary>
    /// <returns>The context. Dispose it when the work that it was made for is over.</returns>
    public CancelContext WithCancel()
    {
        CancelNode node = new(_source);
        node.Attach();
        return new CancelContext(this, node);
    }

    /// <summary>A context that ends with this one, when it is cancelled, or after a time (context.WithTimeout).</summary>
    /// <param name="timeout">After how long. Zero and negative durations: at once; <see cref="Timeout.InfiniteTimeSpan"/>: no deadline but this one's.</param>
    /// <param name="cause">The <see cref="Cause"/> when the time is over; <see langword="null"/>: the same as <see cref="Err"/>.</param>
    /// <param name="runtime">The runtime whose clock the deadline goes by; <see langword="null"/>: the current one.</param>
    /// <returns>The context. Dispose it when the work that it was made for is over.</returns>
    /// <remarks>Where this context's deadline comes earlier, it stands.</remarks>
    public CancelContext WithTimeout(TimeSpan timeout, Exception? cause = null, GoRuntime? runtime = null)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return WithCancel();
        }

        Scheduler scheduler = (runtime ?? GoRuntime.Current).Scheduler;
        TimeSpan left = Durations.Left(timeout);
        DateTimeOffset now = scheduler.Clock.UtcNow;
        return WithDeadline(scheduler, left < DateTimeOffset.MaxValue - now ? now + left : DateTimeOffset.MaxValue, left, cause);
    }

    /// <summary>A context that ends with this one, when it is cancelled, or at a time (context.WithDeadline).</summary>
    /// <param name="at">When; in the past: at once.</param>
    /// <param name="cause">The <see cref="Cause"/> when the time has come; <see langword="null"/>: the same as <see cref="Err"/>.</param>
    /// <param name="runtime">The runtime whose clock the deadline goes by; <see langword="null"/>: the current one.</param>
    /// <returns>The context. Dispose it when the work that it was made for is over.</returns>
    /// <remarks>Where this context's deadline comes earlier, it stands. The time until then is measured by the runtime's
    /// clock as it is now; setting the wall clock later does not move it.</remarks>
    public CancelContext WithDeadline(DateTimeOffset at, Exception? cause = null, GoRuntime? runtime = null)
    {
        Scheduler scheduler = (runtime ?? GoRuntime.Current).Scheduler;
        return WithDeadline(scheduler, at, at - scheduler.Clock.UtcNow, cause);
    }

    /// <summary>Throws if the context has ended: Go's <c>if err := ctx.Err(); err != nil { return err }</c>.</summary>
    /// <exception cref="OperationCanceledException">The context was cancelled ("context canceled"). It carries <see cref="Token"/>, and the
    /// <see cref="Cause"/>, if there is one, as its inner exception.</exception>
    /// <exception cref="DeadlineExceededException">The deadline has passed ("context deadline exceeded"). Its inner exception is the
    /// <see cref="Cause"/>, if there is one.</exception>
    public void ThrowIfCancelled()
    {
        if (Err is { } err)
        {
            Exception? cause = ReferenceEquals(Cause, err) ? null : Cause;
            throw err is DeadlineExceededException
                ? new DeadlineExceededException(err.Message, cause)
                : new OperationCanceledException(err.Message, cause, Token);
        }
    }

    /// <summary>A context with a value more (context.WithValue).</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">Under which it is found; it hides one of the same key further up.</param>
    /// <param name="value">The value.</param>
    /// <returns>The context.</returns>
    /// <remarks>For what belongs to a request and crosses interfaces that know nothing of it, not for optional arguments.
    /// Looking a value up takes a step for each context on the way.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is <see langword="null"/>.</exception>
    public GoContext WithValue<T>(ContextKey<T> key, T value)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new ValueContext<T>(this, key, value);
    }

    /// <summary>Looks for a value in this context and those it was derived from.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">Under which it was put there.</param>
    /// <param name="value">The nearest value.</param>
    /// <returns><see langword="false"/> when there is none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is <see langword="null"/>.</exception>
    public bool TryGetValue<T>(ContextKey<T> key, [MaybeNullWhen(false)] out T value)
    {
        ArgumentNullException.ThrowIfNull(key);
        for (GoContext? at = this; at is not null; at = at._parent)
        {
            if (at is ValueContext holder && ReferenceEquals(holder.Key, key))
            {
                value = ((ValueContext<T>)holder).Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>A context with this one's values that does not end with it and has no deadline (context.WithoutCancel).</summary>
    /// <returns>The context.</returns>
    public GoContext WithoutCancel() => new DetachedContext(this);

    /// <summary>Runs <paramref name="body"/> in a goroutine of its own once the context has ended; at once, if it has (context.AfterFunc).</summary>
    /// <param name="body">The body. An exception that escapes it is a panic. It runs with the caller's execution context.</param>
    /// <param name="runtime">The runtime that runs the body, unless it has been stopped by then; <see langword="null"/>: the current one.</param>
    /// <returns>The registration. Stop or dispose of it when the body is no longer wanted: the context holds it until then.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    [OverloadResolutionPriority(1)]
    public ContextRegistration AfterFunc(Func<ValueTask> body, GoRuntime? runtime = null)
        => After(DeferredBody.Of((runtime ?? GoRuntime.Current).Scheduler, body));

    /// <inheritdoc cref="AfterFunc(Func{ValueTask}, GoRuntime)"/>
    public ContextRegistration AfterFunc(Func<Task> body, GoRuntime? runtime = null)
        => After(DeferredBody.Of((runtime ?? GoRuntime.Current).Scheduler, body));

    /// <summary>Calls <paramref name="body"/> in a goroutine of its own once the context has ended; at once, if it has (context.AfterFunc).</summary>
    /// <param name="body">The callback. It runs on a worker and has no stack of its own, so it should not wait. An exception that leaves
    /// it is a panic. It runs with the caller's execution context.</param>
    /// <param name="runtime">The runtime that calls it, unless it has been stopped by then; <see langword="null"/>: the current one.</param>
    /// <returns>The registration. Stop or dispose of it when the callback is no longer wanted: the context holds it until then.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    public ContextRegistration AfterFunc(Action body, GoRuntime? runtime = null)
        => After(DeferredBody.Of((runtime ?? GoRuntime.Current).Scheduler, body));

    /// <summary>How the context was made, as Go writes it: <c>context.Background.WithCancel</c>.</summary>
    /// <returns>The description.</returns>
    public sealed override string ToString()
    {
        List<GoContext> path = [];
        for (GoContext? at = this; at is not null; at = at._parent)
        {
            path.Add(at);
        }

        path.Reverse();
        return string.Concat(path.Select(static context => context.Step));
    }

    /// <summary>What this context adds to the description.</summary>
    private protected abstract string Step { get; }

    private CancelContext WithDeadline(Scheduler scheduler, DateTimeOffset at, TimeSpan remaining, Exception? cause)
    {
        long when = scheduler.Clock.Deadline(remaining);
        if (_source?.Timed is { } timed && timed.EndsBy(scheduler, when))
        {
            return WithCancel();
        }

        // Above may be a deadline on another clock, which stands as well: then the earlier one is told of, as far as can be said.
        bool comparable = _source?.Timed?.IsOf(scheduler) ?? true;
        DeadlineNode node = new(_source, scheduler, !comparable && Deadline < at ? Deadline.Value : at, when, cause);
        node.Attach();
        node.Start(remaining);
        return new CancelContext(this, node);
    }

    private ContextRegistration After(DeferredBody body)
    {
        AfterFuncNode node = new(_source, body);
        node.Attach();
        return new ContextRegistration(node);
    }
}
