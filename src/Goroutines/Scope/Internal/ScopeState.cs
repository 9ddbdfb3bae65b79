using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Goroutines.Context;
using Goroutines.Runtime;

namespace Goroutines.Scope;

/// <summary>The state of a scope: its body, its children, and the wait of its caller.</summary>
/// <remarks>
/// <c>_lock</c> guards the count, the children and the failures. The count is the number of children that have not ended, plus one
/// while the body has not ended. It starts at 1, and 0 is final: the scope has ended. The thread that brings it to 0 wakes the
/// caller, unless that thread is in the body.
/// </remarks>
internal sealed class ScopeState : WaitSource, IValueTaskSource, IWaitable
{
    private readonly CancellationToken _caller;
    private readonly CancelNode _cancellation;
    private SpinMutex _lock;
    private int _open = 1;
    private ScopeChild? _children;
    private FailureEntry? _failures;
    private bool _cancelled;

    internal ScopeState(CancellationToken caller)
    {
        _caller = caller;
        _cancellation = new CancelNode(caller.CanBeCanceled ? new TokenSource(caller) : null);
        _cancellation.Attach();
    }

    internal override object? Target => this;

    WaitableState IWaitable.Inspect()
    {
        List<long> children = [];
        _lock.Enter();
        int open = _open;
        try
        {
            for (ScopeChild? child = _children; child is not null; child = child.Next)
            {
                children.Add(HolderMark.Of(child.Goroutine));
            }
        }
        finally
        {
            _lock.Exit();
        }

        return new WaitableState("scope", nameof(GoScope)) { Count = open, Holders = [.. children] };
    }

    internal CancellationToken Token => _cancellation.Token;

    /// <summary>Adds a child that is about to be started.</summary>
    /// <exception cref="InvalidOperationException">The scope has ended.</exception>
    internal void Enter(ScopeChild child)
    {
        _lock.Enter();
        bool ended = _open == 0;
        if (!ended)
        {
            _open++;
            child.Next = _children;
            if (_children is not null)
            {
                _children.Previous = child;
            }

            _children = child;
        }

        _lock.Exit();
        if (ended)
        {
            throw new InvalidOperationException("The scope has ended: its body and all its goroutines have returned. Start goroutines from inside of it.");
        }
    }

    /// <summary>Called when a child has ended, or could not be started.</summary>
    internal void ChildEnded(ScopeChild child)
    {
        RaceHooks.Release(this);
        _lock.Enter();
        if (child.Previous is null)
        {
            _children = child.Next;
        }
        else
        {
            child.Previous.Next = child.Next;
        }

        if (child.Next is not null)
        {
            child.Next.Previous = child.Previous;
        }

        bool last = --_open == 0;
        _lock.Exit();
        if (last)
        {
            Complete();
        }
    }

    /// <summary>Records a failure of the body or of a child. The first failure cancels the others.</summary>
    internal void Fail(Exception failure)
    {
        // A child that ends by cancellation once the scope is cancelled does as requested. The caller's token is also checked:
        // a child that uses it directly may be faster than our registration with it.
        if (failure is OperationCanceledException && (_cancellation.Err is not null || _caller.IsCancellationRequested))
        {
            Volatile.Write(ref _cancelled, true);
            return;
        }

        Add(failure);
        try
        {
            _cancellation.Cancel(CancelSource.Canceled(), failure);
        }
        catch (AggregateException callbacks)
        {
            Add(callbacks);
        }
    }

    /// <summary>Called when the body has ended: waits for the children.</summary>
    internal ValueTask WaitAsync()
    {
        Begin(M.Current?.CurrentG, WaitReason.Scope);
        ValueTask children = new(this, Version);
        _lock.Enter();
        bool last = --_open == 0;
        _lock.Exit();
        if (!last)
        {
            return children;
        }

        RaceHooks.Acquire(this);
        return default;
    }

    /// <summary>Called when all have ended: throws the failure of the scope, if there is one.</summary>
    internal void Conclude()
    {
        _cancellation.Detach();
        switch (_failures)
        {
            case { Next: null } only:
                only.Failure.Throw();
                break;
            case not null:
                throw new AggregateException(_failures.InOrder());
            case null when _cancelled:
                throw new OperationCanceledException(_caller);
            default:
                break;
        }
    }

    void IValueTaskSource.GetResult(short token)
    {
        BeginGetResult(token);
        Recycle();
    }

    /// <summary>Does nothing: each goroutine of the scope ends, or is abandoned, by itself.</summary>
    internal override void Abandon()
    {
    }

    private protected override void TryCancel() => throw new UnreachableException("Waiting for a scope's goroutines can't be cancelled.");

    private void Add(Exception failure)
    {
        FailureEntry entry = new(new SharedFailure(failure));
        _lock.Enter();

        // The body may rethrow the exception that a child's handle threw to it: that is one failure.
        FailureEntry? known = _failures;
        while (known is not null && !ReferenceEquals(known.Failure.Exception, failure))
        {
            known = known.Next;
        }

        if (known is null)
        {
            entry.Next = _failures;
            _failures = entry;
        }

        _lock.Exit();
    }

    /// <summary>A failure, in a list that has the last one first.</summary>
    private sealed class FailureEntry(SharedFailure failure)
    {
        internal FailureEntry? Next;

        internal SharedFailure Failure => failure;

        internal List<Exception> InOrder()
        {
            List<Exception> all = [];
            for (FailureEntry? entry = this; entry is not null; entry = entry.Next)
            {
                all.Add(entry.Failure.Exception);
            }

            all.Reverse();
            return all;
        }
    }
}
