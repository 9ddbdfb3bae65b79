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
/// Carries cancellation, a deadline and values down a tree of calls and goroutines (Go's <c>context.Context</c>). Contexts are
/// derived from other contexts. Cancelling a context cancels those that were derived from it, but not its parent.
/// </summary>
/// <remarks>
/// <para>All members are thread-safe. A context does not change, except that it ends once. Its clock is that of the runtime in
/// which it was created.</para>
/// <para>It converts to a <see cref="CancellationToken"/>, so it can be passed wherever the framework wants one. In a
/// select, use <see cref="Done"/>.</para>
/// <para>A parent that can be cancelled references its child contexts until they are cancelled. Dispose every
/// <see cref="CancelContext"/> when the work that it was made for is over. The semantics are those of Go's <c>context</c> package.</para>
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

    /// <summary>Gets the root of all contexts. It is never cancelled and has no deadline and no values.</summary>
    public static GoContext Background { get; } = new RootContext("Background", null);

    /// <summary>Gets a context like <see cref="Background"/>, for code where it is not yet clear which context to use.</summary>
    public static GoContext TODO { get; } = new RootContext("TODO", null);

    /// <summary>Gets a channel that is closed when the context has ended. It never has a value. A context that cannot end has the nil channel.</summary>
    public Receiver<Unit> Done => _source?.Done ?? default;

    /// <summary>
    /// Gets the error that tells why the context has ended: an <see cref="OperationCanceledException"/> ("context canceled") or a
    /// <see cref="DeadlineExceededException"/> ("context deadline exceeded"). <see langword="null"/> while the context has not ended.
    /// When it is not null, <see cref="Done"/> is closed.
    /// </summary>
    public Exception? Err => _source?.Err;

    /// <summary>Gets the cause with which the context was ended; the same as <see cref="Err"/> if no cause was given
    /// (context.Cause). <see langword="null"/> while it has not ended.</summary>
    public Exception? Cause => _source?.Cause;

    /// <summary>Gets the time at which the context ends at the latest; <see langword="null"/> if it has no deadline.</summary>
    public DateTimeOffset? Deadline => _source?.Deadline;

    /// <summary>Gets whether the context has ended, by cancellation or by its deadline.</summary>
    public bool IsCancelled => _source is { Err: not null };

    /// <summary>
    /// Gets a token that is cancelled when the context ends, for framework calls. It is created on first use and needs no goroutine.
    /// If a deadline ends the context, the token's callbacks run in a goroutine; otherwise, on the thread of the caller that cancels.
    /// </summary>
    public CancellationToken Token => _source?.Token ?? CancellationToken.None;

    internal GoContext? Parent => _parent;

    internal CancelSource? Source => _source;

    private string DebuggerDisplay => $"{this}{(Err is null ? "" : " ended")}";

    /// <summary>Converts a context to its <see cref="Token"/>.</summary>
    /// <param name="context">The context.</param>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is <see langword="null"/>.</exception>
    [SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "Token is the alternate.")]
    public static implicit operator CancellationToken(GoContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Token;
    }

    /// <summary>Returns a context that ends when a token is cancelled.</summary>
    /// <param name="token">The token; <see cref="Token"/> returns it.</param>
    /// <returns>The context; <see cref="Background"/> for a token that cannot be cancelled.</returns>
    /// <remarks>The context need not be disposed: it is registered with the token only while something waits on it or was derived from it.</remarks>
    public static GoContext From(CancellationToken token)
        => token.CanBeCanceled ? new RootContext("From", new TokenSource(token)) : Background;

    /// <summary>Returns a context that ends when the process receives one of the signals (signal.NotifyContext), or when it is cancelled.</summary>
    /// <param name="signals">The signals. If none is given, <see cref="PosixSignal.SIGINT"/> (Ctrl+C) and <see cref="PosixSignal.SIGTERM"/>,
    /// which ask a program to end.</param>
    /// <returns>The context. Its <see cref="Cause"/> names the signal. Dispose it when the work that it was made for is over.</returns>
    /// <remarks>Only the first signal is handled. Once the context has ended for any reason, the signals have their default effect again, so a
    /// second Ctrl+C ends a program that does not stop. A goroutine that waits for this context does not count towards a deadlock.</remarks>
    /// <exception cref="PlatformNotSupportedException">The system has no such signal.</exception>
    public static CancelContext WithSignals(params ReadOnlySpan<PosixSignal> signals)
    {
        SignalNode node = new(signals);
        node.Register();
        return new CancelContext(Background, node);
    }

    /// <summary>Returns a context that ends with this one, or when it is cancelled (context.WithCancel, context.WithCancelCause).</summary>
    /// <returns>The context. Dispose it when the work that it was made for is over.</returns>
    public CancelContext WithCancel()
    {
        CancelNode node = new(_source);
        node.Attach();
        return new CancelContext(this, node);
    }

    /// <summary>Returns a context that ends with this one, when it is cancelled, or after a duration (context.WithTimeout).</summary>
    /// <param name="timeout">The duration. If it is zero or negative, the context ends at once; if it is <see cref="Timeout.InfiniteTimeSpan"/>, it adds no
    /// deadline to this one's.</param>
    /// <param name="cause">The <see cref="Cause"/> if the deadline ends the context; <see langword="null"/> for the same as <see cref="Err"/>.</param>
    /// <param name="runtime">The runtime whose clock is used for the deadline; <see langword="null"/> for the current one.</param>
    /// <returns>The context. Dispose it when the work that it was made for is over.</returns>
    /// <remarks>If this context's deadline is earlier, it still applies.</remarks>
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

    /// <summary>Returns a context that ends with this one, when it is cancelled, or at a given time (context.WithDeadline).</summary>
    /// <param name="at">The time. If it is in the past, the context ends at once.</param>
    /// <param name="cause">The <see cref="Cause"/> if the deadline ends the context; <see langword="null"/> for the same as <see cref="Err"/>.</param>
    /// <param name="runtime">The runtime whose clock is used for the deadline; <see langword="null"/> for the current one.</param>
    /// <returns>The context. Dispose it when the work that it was made for is over.</returns>
    /// <remarks>If this context's deadline is earlier, it still applies. The remaining time is computed once, at the call, by the
    /// runtime's clock; changing the wall clock later does not move it.</remarks>
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

    /// <summary>Returns a context with one more value (context.WithValue).</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The key of the value. The value hides a value with the same key further up.</param>
    /// <param name="value">The value.</param>
    /// <returns>The context.</returns>
    /// <remarks>Use values for data that belongs to a request and crosses interfaces that do not know about it, not for optional arguments.
    /// A look-up takes one step for each context on the way up.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is <see langword="null"/>.</exception>
    public GoContext WithValue<T>(ContextKey<T> key, T value)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new ValueContext<T>(this, key, value);
    }

    /// <summary>Looks up a value in this context and in the contexts that it was derived from.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The key of the value.</param>
    /// <param name="value">The nearest value.</param>
    /// <returns>true if a value was found; otherwise, <see langword="false"/>.</returns>
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

    /// <summary>Returns a context with this one's values that does not end with this one and has no deadline (context.WithoutCancel).</summary>
    /// <returns>The context.</returns>
    public GoContext WithoutCancel() => new DetachedContext(this);

    /// <summary>Runs <paramref name="body"/> in a new goroutine once the context has ended; at once if it has already ended (context.AfterFunc).</summary>
    /// <param name="body">The body. An exception that escapes it is a panic. It runs with the caller's execution context.</param>
    /// <param name="runtime">The runtime that runs the body, unless it has been stopped by then; <see langword="null"/> for the current one.</param>
    /// <returns>The registration. Stop or dispose it when the body is no longer wanted; until then, the context references the body.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    [OverloadResolutionPriority(1)]
    public ContextRegistration AfterFunc(Func<ValueTask> body, GoRuntime? runtime = null)
        => After(DeferredBody.Of((runtime ?? GoRuntime.Current).Scheduler, body));

    /// <inheritdoc cref="AfterFunc(Func{ValueTask}, GoRuntime)"/>
    public ContextRegistration AfterFunc(Func<Task> body, GoRuntime? runtime = null)
        => After(DeferredBody.Of((runtime ?? GoRuntime.Current).Scheduler, body));

    /// <summary>Calls <paramref name="body"/> in a new goroutine once the context has ended; at once if it has already ended (context.AfterFunc).</summary>
    /// <param name="body">The callback. It runs on a worker and has no stack of its own, so it should not wait. An exception that
    /// escapes it is a panic. It runs with the caller's execution context.</param>
    /// <param name="runtime">The runtime that calls it, unless it has been stopped by then; <see langword="null"/> for the current one.</param>
    /// <returns>The registration. Stop or dispose it when the callback is no longer wanted; until then, the context references the callback.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    public ContextRegistration AfterFunc(Action body, GoRuntime? runtime = null)
        => After(DeferredBody.Of((runtime ?? GoRuntime.Current).Scheduler, body));

    /// <summary>Describes how the context was made, as Go writes it: <c>context.Background.WithCancel</c>.</summary>
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

    /// <summary>The part that this context adds to the description.</summary>
    private protected abstract string Step { get; }

    private CancelContext WithDeadline(Scheduler scheduler, DateTimeOffset at, TimeSpan remaining, Exception? cause)
    {
        long when = scheduler.Clock.Deadline(remaining);
        if (_source?.Timed is { } timed && timed.EndsBy(scheduler, when))
        {
            return WithCancel();
        }

        // A context above may have a deadline on another clock, which also applies: report the earlier one, as far as they can be compared.
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
