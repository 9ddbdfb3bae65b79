using System.Threading.Tasks.Sources;
using Goroutines.Platform;

namespace Goroutines.Runtime;

/// <summary>
/// The continuation of an operation that is awaited outside its goroutine's own flow: by a plain task or thread, with
/// <c>ConfigureAwait(false)</c>, or as one of several operations of a goroutine at once.
/// </summary>
/// <remarks>
/// It resumes as usual in .NET: in the captured context (a goroutine is one) or, without one, on the thread pool; never inline. A
/// continuation of a goroutine that may run anywhere runs in a turn of that goroutine if it rests, so that code built on such
/// awaits (streams, readers, clients) does not depend on a free thread in the pool.
/// </remarks>
internal sealed class ForeignContinuation
{
    /// <summary>Continues the <see cref="ForeignContinuation"/> that it is given.</summary>
    internal static readonly SendOrPostCallback InvokeCallback = static self => ((ForeignContinuation)self!).Invoke();
    private static readonly Action<object?> s_invokeAside = static self => ((ForeignContinuation)self!).Invoke();

    private readonly Action<object?> _continuation;
    private readonly object? _state;
    private readonly object? _scheduler;
    private readonly ExecutionContext? _executionContext;
    private readonly bool _inline;
    private readonly G? _anywhere;
    private WaitSource? _source;
    private G? _sideWaiter;
    private int _claimed;

    private ForeignContinuation(Action<object?> continuation, object? state, object? scheduler, ExecutionContext? executionContext, int version, bool inline, G? anywhere = null)
    {
        _continuation = continuation;
        _state = state;
        _scheduler = scheduler;
        _executionContext = executionContext;
        _inline = inline;
        _anywhere = anywhere;
        Version = version;
    }

    /// <summary>The version of the operation it waits for. The completer of an earlier version must not touch it.</summary>
    internal int Version { get; }

    /// <summary>The goroutine that it belongs to although it may run anywhere; null if there is none.</summary>
    internal G? Goroutine => _anywhere;

    /// <summary>Whether it would continue in a goroutine whose runtime was stopped, or on that goroutine's thread.</summary>
    internal bool IsOrphan => _inline || _scheduler is G { Scheduler.IsStopping: true };

    /// <summary>Whether it would continue in a goroutine that was abandoned, and so never will.</summary>
    internal bool IsAbandoned => _scheduler is G { WasAbandoned: true };

    /// <summary>Whether it runs on a worker without a goroutine, after the turn that it was posted to: see <see cref="G"/>.</summary>
    internal bool GoesAside => FrameworkInternals.IsAwaitedWithoutContext(_state);

    internal static ForeignContinuation Capture(Action<object?> continuation, object? state, ValueTaskSourceOnCompletedFlags flags, int version)
    {
        object? scheduler = null;
        if ((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0)
        {
            if (SynchronizationContext.Current is { } context && context.GetType() != typeof(SynchronizationContext))
            {
                scheduler = context;
            }
            else if (TaskScheduler.Current is { } taskScheduler && !ReferenceEquals(taskScheduler, TaskScheduler.Default))
            {
                scheduler = taskScheduler;
            }
        }

        ExecutionContext? executionContext = (flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0 ? ExecutionContext.Capture() : null;
        // What a continuation that was put aside awaits goes on as it has come: by way of its goroutine's turn, not of the pool.
        G? anywhere = scheduler is null ? M.Current?.AsideOf : null;
        return new ForeignContinuation(continuation, state, scheduler, executionContext, version, inline: false, anywhere);
    }

    /// <summary>Creates a continuation that only signals a thread and so may run inside the completer.</summary>
    internal static ForeignContinuation Signal(Action<object?> signal, object? state, int version)
        => new(signal, state, null, null, version, inline: true);

    /// <summary>Creates a continuation of <paramref name="g"/> that may run anywhere: in a turn of the goroutine if it rests; otherwise, on
    /// the thread pool.</summary>
    internal static ForeignContinuation Anywhere(Action<object?> continuation, object? state, G g, int version)
        => new(continuation, state, null, null, version, inline: false, anywhere: g);

    /// <summary>Tells a driver that <paramref name="g"/> waits, outside its own flow, for the operation, which only other goroutines can end. Called
    /// before it is published.</summary>
    internal void CountFor(G g)
    {
        _sideWaiter = g;
        g.Scheduler.Driver!.SideWait(g, 1);
    }

    /// <summary>Records the operation that it waits for. Called before it is published.</summary>
    internal void WaitFor(WaitSource source) => _source = source;

    /// <summary>Called when the operation is over and this was to continue in a goroutine that has been abandoned: returns what the operation was
    /// given.</summary>
    internal void GiveBack()
    {
        if (_source is { } source && source.FullVersion == Version)
        {
            source.Abandon();
        }
    }

    internal AsideItem ToAside() => new(s_invokeAside, this, source: null);

    /// <summary>Runs it, once. Called by the completer, or by the registrar that came too late.</summary>
    internal void Run()
    {
        if (Interlocked.Exchange(ref _claimed, 1) != 0)
        {
            return;
        }

        _sideWaiter?.Scheduler.Driver!.SideWait(_sideWaiter, -1);
        if (_inline)
        {
            _continuation(_state);
            return;
        }

        if (_anywhere is { } g && g.TryPostAtRest(this))
        {
            return;
        }

        if (_scheduler is null || !TrySchedule())
        {
            RunOnPool();
        }
    }

    /// <summary>Continues it on the thread pool. Called by the thread that has taken it out of its goroutine's inbox, or by <see cref="Run"/>.</summary>
    internal void RunOnPool() => ThreadPool.UnsafeQueueUserWorkItem(static self => self.Invoke(), this, preferLocal: true);

    /// <summary>Passes it to the captured context or scheduler.</summary>
    /// <returns><see langword="false"/> if the context accepts nothing any more (a user interface that has been closed). The
    /// caller is the other side of an operation that has succeeded, and may have others to wake, so it must not get the
    /// exception; but the awaiter must continue somewhere.</returns>
    private bool TrySchedule()
    {
        try
        {
            if (_scheduler is SynchronizationContext context)
            {
                context.Post(InvokeCallback, this);
            }
            else
            {
                _ = Task.Factory.StartNew(static self => ((ForeignContinuation)self!).Invoke(), this, CancellationToken.None, TaskCreationOptions.DenyChildAttach, (TaskScheduler)_scheduler!);
            }

            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private void Invoke()
    {
        if (_executionContext is null)
        {
            _continuation(_state);
        }
        else
        {
            ExecutionContext.Run(_executionContext, static self => ((ForeignContinuation)self!)._continuation(((ForeignContinuation)self)._state), this);
        }
    }
}
