using System.ComponentModel;

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="ThreadPool"/>: what is queued is a strand.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(ThreadPool))]
public static class ThreadPoolShims
{
    private const string Name = "work item";

    /// <inheritdoc cref="ThreadPool.QueueUserWorkItem(WaitCallback)"/>
    public static bool QueueUserWorkItem(WaitCallback callBack) => QueueUserWorkItem(callBack, null);

    /// <inheritdoc cref="ThreadPool.QueueUserWorkItem(WaitCallback, object)"/>
    public static bool QueueUserWorkItem(WaitCallback callBack, object? state)
    {
        ArgumentNullException.ThrowIfNull(callBack);
        ForkJoin item = ForkJoin.Here(Name);
        return ThreadPool.QueueUserWorkItem(argument => item.Run(one => callBack(one), argument), state);
    }

    /// <inheritdoc cref="ThreadPool.QueueUserWorkItem{TState}(Action{TState}, TState, bool)"/>
    public static bool QueueUserWorkItem<TState>(Action<TState> callBack, TState state, bool preferLocal)
    {
        ArgumentNullException.ThrowIfNull(callBack);
        ForkJoin item = ForkJoin.Here(Name);
        return ThreadPool.QueueUserWorkItem(argument => item.Run(callBack, argument), state, preferLocal);
    }

    /// <inheritdoc cref="ThreadPool.UnsafeQueueUserWorkItem(WaitCallback, object)"/>
    public static bool UnsafeQueueUserWorkItem(WaitCallback callBack, object? state)
    {
        ArgumentNullException.ThrowIfNull(callBack);
        ForkJoin item = ForkJoin.Here(Name);
        return ThreadPool.UnsafeQueueUserWorkItem(argument => item.Run(one => callBack(one), argument), state);
    }

    /// <inheritdoc cref="ThreadPool.UnsafeQueueUserWorkItem{TState}(Action{TState}, TState, bool)"/>
    public static bool UnsafeQueueUserWorkItem<TState>(Action<TState> callBack, TState state, bool preferLocal)
    {
        ArgumentNullException.ThrowIfNull(callBack);
        ForkJoin item = ForkJoin.Here(Name);
        return ThreadPool.UnsafeQueueUserWorkItem(argument => item.Run(callBack, argument), state, preferLocal);
    }
}

/// <summary>Replaces the members of <see cref="Timer"/>: each call of the callback is a strand, which follows the calls that have ended before it began.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Timer))]
public static class TimerShims
{
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<Timer, ForkJoin> s_calls = [];

    /// <inheritdoc cref="Timer(TimerCallback)"/>
    public static Timer New(TimerCallback callback)
    {
        Timer timer = new(Of(callback, out ForkJoin calls));
        return With(timer, calls);
    }

    /// <inheritdoc cref="Timer(TimerCallback, object, int, int)"/>
    public static Timer New(TimerCallback callback, object? state, int dueTime, int period)
        => With(new Timer(Of(callback, out ForkJoin calls), state, dueTime, period), calls);

    /// <inheritdoc cref="Timer(TimerCallback, object, TimeSpan, TimeSpan)"/>
    public static Timer New(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        => With(new Timer(Of(callback, out ForkJoin calls), state, dueTime, period), calls);

    /// <inheritdoc cref="Timer.Change(int, int)"/>
    public static bool Change(Timer self, int dueTime, int period)
    {
        Allow(self);
        return self.Change(dueTime, period);
    }

    /// <inheritdoc cref="Timer.Change(TimeSpan, TimeSpan)"/>
    public static bool Change(Timer self, TimeSpan dueTime, TimeSpan period)
    {
        Allow(self);
        return self.Change(dueTime, period);
    }

    private static TimerCallback Of(TimerCallback callback, out ForkJoin calls)
    {
        ArgumentNullException.ThrowIfNull(callback);
        ForkJoin each = calls = ForkJoin.Here("timer");
        return state =>
        {
            Strand strand = each.Next();
            each.JoinTo(strand);
            each.Run(strand, one => callback(one), state);
        };
    }

    private static Timer With(Timer timer, ForkJoin calls)
    {
        s_calls.Add(timer, calls);
        return timer;
    }

    private static void Allow(Timer timer)
    {
        if (timer is not null && s_calls.TryGetValue(timer, out ForkJoin? calls))
        {
            calls.Allow();
        }
    }
}

/// <summary>Replaces members of <see cref="CancellationToken"/>: what comes before a cancellation comes before what follows its observation.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(CancellationToken))]
public static class CancellationShims
{
    /// <summary>Replaces <see cref="CancellationToken.IsCancellationRequested"/>.</summary>
    /// <param name="self">The token.</param>
    /// <returns>true if the token is cancelled; otherwise, false.</returns>
    public static bool IsCancellationRequested(ref CancellationToken self)
    {
        bool cancelled = self.IsCancellationRequested;
        if (cancelled)
        {
            RaceAccess.AfterUnknown();
        }

        return cancelled;
    }
}
