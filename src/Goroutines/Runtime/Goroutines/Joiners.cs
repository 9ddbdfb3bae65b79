using System.Threading.Tasks.Sources;

namespace Goroutines.Runtime;

/// <summary>The outcome of a goroutine, and the waiters for it.</summary>
/// <remarks><c>_lock</c> guards the list and the step from pending to complete; the outcome is written before <c>_completed</c>.</remarks>
internal sealed class Joiners<T>(G goroutine)
{
    /// <summary>Set until the goroutine ends. A goroutine whose end can be waited for is not garbage, and shows up in dumps.</summary>
    private G? _goroutine = goroutine;
    private SpinMutex _lock;
    private WaitList<Joiner> _waiting;
    private EndSignal? _ended;
    private volatile bool _completed;
    private T _result = default!;
    private SharedFailure? _failure;
    private KeptFailure.Watch? _unseen;

    internal bool IsCompleted => _completed;

    /// <summary>Returns the signal that is set when the goroutine has ended. It is created on first use.</summary>
    /// <param name="make">Creates it.</param>
    internal EndSignal Ended(Func<EndSignal> make)
    {
        if (Volatile.Read(ref _ended) is not { } ended)
        {
            EndSignal made = make();
            _lock.Enter();
            ended = _ended ??= made;
            bool completed = _completed;
            _lock.Exit();
            if (completed)
            {
                ended.Signal(); // otherwise Complete finds it
            }
        }

        return ended;
    }

    /// <summary>Takes the outcome and wakes the waiters.</summary>
    /// <param name="result">The result, if there is no failure.</param>
    /// <param name="failure">The exception that escaped the body.</param>
    /// <param name="seen">Whether the failure goes elsewhere, too, so that it need not be reported if there is no join.</param>
    internal void Complete(T result, Exception? failure, bool seen = false)
    {
        SharedFailure? shared = failure is null ? null : new SharedFailure(failure);
        KeptFailure.Watch? unseen = failure is null || seen || _goroutine!.WasAbandoned ? null : KeptFailure.TryKeep(_goroutine!, failure);
        RaceHooks.Release(this);
        _lock.Enter();
        WakeList<Joiner> joiners = _waiting.TakeAll();
        _result = result;
        _failure = shared;
        _unseen = unseen;
        _goroutine = null;
        _completed = true;
        EndSignal? ended = _ended;
        _lock.Exit();
        ended?.Signal();
        joiners.CompleteAll();
    }

    internal ValueTask<T> JoinAsync(CancellationToken cancellationToken)
    {
        if (_completed)
        {
            RaceHooks.Acquire(this);
            return _failure is null ? new ValueTask<T>(_result) : new ValueTask<T>(Take(_failure).AsTask<T>());
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        Joiner? joiner = Enlist(cancellationToken);
        return joiner is null ? JoinAsync(cancellationToken) : new ValueTask<T>(joiner, joiner.Version);
    }

    internal ValueTask JoinVoidAsync(CancellationToken cancellationToken)
    {
        if (_completed)
        {
            RaceHooks.Acquire(this);
            return _failure is null ? default : new ValueTask(Take(_failure).AsTask<T>());
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        Joiner? joiner = Enlist(cancellationToken);
        return joiner is null ? JoinVoidAsync(cancellationToken) : new ValueTask(joiner, joiner.Version);
    }

    /// <summary>Calls <paramref name="action"/>, which only signals a thread, when the goroutine has ended.</summary>
    internal void OnEnd(Action action)
    {
        if (Enlist(default) is { } joiner)
        {
            joiner.AddForeign(ForeignContinuation.Signal(static state => ((Action)state!)(), action, joiner.FullVersion));
        }
        else
        {
            action();
        }
    }

    private Joiner? Enlist(CancellationToken cancellationToken)
    {
        Joiner joiner = new(this);
        joiner.Begin(M.Current?.CurrentG, WaitReason.Join);
        _lock.Enter();
        if (_completed)
        {
            _lock.Exit();
            return null;
        }

        _waiting.Enqueue(joiner);
        _lock.Exit();
        if (cancellationToken.CanBeCanceled)
        {
            joiner.LinkCancellation(cancellationToken);
        }

        return joiner;
    }

    private bool TryRemove(Joiner joiner)
    {
        _lock.Enter();
        bool waits = joiner.InQueue;
        if (waits)
        {
            _waiting.Remove(joiner);
        }

        _lock.Exit();
        return waits;
    }

    /// <summary>Returns the outcome of a goroutine that has ended, or throws the exception that escaped its body.</summary>
    internal T TakeResult()
    {
        RaceHooks.Acquire(this);
        if (_failure is not null)
        {
            Take(_failure).Throw();
        }

        return _result;
    }

    /// <summary>Marks the failure as taken by a caller, so that it need not be reported any more.</summary>
    private SharedFailure Take(SharedFailure failure)
    {
        Interlocked.Exchange(ref _unseen, null)?.Seen();
        return failure;
    }

    /// <summary>One pending join.</summary>
    private sealed class Joiner(Joiners<T> owner) : WaitSource, IValueTaskSource<T>, IValueTaskSource
    {
        internal override object? Target => owner._goroutine;

        private protected override void TryCancel()
        {
            if (owner.TryRemove(this))
            {
                Outcome = WaitOutcome.Cancelled;
                Complete();
            }
        }

        T IValueTaskSource<T>.GetResult(short token) => Take(token);

        void IValueTaskSource.GetResult(short token) => Take(token);

        private T Take(short token)
        {
            BeginGetResult(token);
            bool cancelled = Outcome == WaitOutcome.Cancelled;
            Exception? exception = cancelled ? CancelledException() : null;
            Recycle();
            return exception is null ? owner.TakeResult() : throw exception;
        }
    }
}
