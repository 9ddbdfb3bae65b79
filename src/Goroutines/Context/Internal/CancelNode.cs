using Goroutines.Runtime;

namespace Goroutines.Context;

/// <summary>Something that is cancelled once, and with it everything below it (context/context.go: <c>cancelCtx</c>).</summary>
/// <remarks>
/// <para>
/// <c>_lock</c> guards the error, the cause, the list of children, and the making of the channel and the token source.
/// Ending takes one lock at a time, and never holds a lock while it runs other code. The thread that sets the error takes the
/// list of children and owns it from then on. A tree of any depth is therefore processed with a list instead of a stack of
/// calls; the list is threaded through the links that the children no longer need as siblings.
/// </para>
/// <para>
/// Go holds the parent's lock while it cancels the children, so that a second canceller waits for the first. Here, the second
/// may return while the first is still on its way down. Two guarantees remain: a canceller that ended the node itself has ended
/// everything below when it returns, and a thread that sees an error finds the channel closed (the getter helps).
/// </para>
/// <para>
/// Closing the channel and spawning only enqueue. Callbacks of tokens are user code: they run after the whole tree
/// has ended, in the canceller or, if that is a timer, in a new goroutine.
/// </para>
/// </remarks>
internal class CancelNode : CancelSource
{
    private static readonly Chan<Unit> s_closed = MakeClosed();

    private readonly CancelSource? _parent;
    private SpinMutex _lock;
    private Exception? _err;
    private Exception? _cause;
    private Chan<Unit>? _done;
    private CancellationTokenSource? _tokenSource;
    private CancelNode? _children;

    // Links among the parent's children, guarded by the parent's lock; once it has ended they belong to the thread that ended it.
    private CancelNode? _next;
    private CancelNode? _previous;

    /// <summary>The node with the timer of the deadline: this one or the nearest above. Set only by constructors.</summary>
    private protected DeadlineNode? _timed;

    /// <summary>The registration of a child of a token, until the child ends. Guarded by the lock.</summary>
    private CancellationTokenRegistration _registration;

    internal CancelNode(CancelSource? parent)
        : this(parent, parent?.Deadline)
        => _timed = parent?.Timed;

    private protected CancelNode(CancelSource? parent, DateTimeOffset? deadline)
    {
        _parent = parent;
        Deadline = deadline;
    }

    internal override Receiver<Unit> Done
    {
        get
        {
            if (Volatile.Read(ref _done) is { } done)
            {
                return done.Receiver;
            }

            Chan<Unit> made = new();
            _lock.Enter();
            done = _done ??= _err is null ? made : s_closed;
            _lock.Exit();
            return done.Receiver;
        }
    }

    internal override Exception? Err
    {
        get
        {
            Exception? err = Volatile.Read(ref _err);
            if (err is not null)
            {
                RaceHooks.Acquire(this);
            }

            if (err is not null && Volatile.Read(ref _done) is { IsClosed: false } done)
            {
                done.TryClose(); // the canceller is about to do the same
            }

            return err;
        }
    }

    internal override Exception? Cause => Err is null ? null : _cause;

    /// <summary>Its own deadline or the nearest above; stored here, so that reading it needs no walk up the tree.</summary>
    internal override DateTimeOffset? Deadline { get; }

    internal sealed override DeadlineNode? Timed => _timed;

    internal override CancellationToken Token
    {
        get
        {
            CancellationTokenSource? source = Volatile.Read(ref _tokenSource);
            if (source is null)
            {
                if (Err is not null)
                {
                    return new CancellationToken(canceled: true);
                }

                CancellationTokenSource made = new();
                _lock.Enter();
                source = _err is null ? _tokenSource ??= made : _tokenSource;
                _lock.Exit();
            }

            return source?.Token ?? new CancellationToken(canceled: true);
        }
    }

    /// <summary>The number of children that would end with this node. For tests.</summary>
    internal int ChildCount
    {
        get
        {
            int count = 0;
            _lock.Enter();
            for (CancelNode? child = _children; child is not null; child = child._next)
            {
                count++;
            }

            _lock.Exit();
            return count;
        }
    }

    /// <summary>Attaches the node to its parent. Called once, before another thread knows this node.</summary>
    internal void Attach() => _parent?.Adopt(this);

    /// <summary>Keeps the registration with the parent token, unless the token has ended the node meanwhile.</summary>
    internal void KeepRegistration(CancellationTokenRegistration registration)
    {
        _lock.Enter();
        bool pending = _err is null;
        if (pending)
        {
            _registration = registration;
        }

        _lock.Exit();
        if (!pending)
        {
            registration.Unregister();
        }
    }

    internal CancellationTokenRegistration TakeRegistration()
    {
        _lock.Enter();
        CancellationTokenRegistration registration = _registration;
        _registration = default;
        _lock.Exit();
        return registration;
    }

    /// <summary>Whether the node is still registered with the token that is its parent. For tests.</summary>
    internal bool HasRegistration => !_registration.Equals(default);

    /// <summary>Detaches the node from its parent without ending it.</summary>
    internal void Detach() => _parent?.Release(this);

    /// <summary>Ends this node and all nodes below it, unless it has already ended. Callbacks of tokens have run when this returns.</summary>
    /// <exception cref="AggregateException">Callbacks threw.</exception>
    internal void Cancel(Exception err, Exception? cause)
    {
        if (EndTree(err, cause ?? err) is { } tokens)
        {
            tokens.Cancel();
        }
    }

    /// <summary>Does the same as <see cref="Cancel"/>, but only enqueues: callbacks of tokens run in a goroutine.</summary>
    internal void CancelLater(Scheduler scheduler, Exception err, Exception? cause)
    {
        if (EndTree(err, cause ?? err) is { } tokens)
        {
            tokens.CancelIn(scheduler);
        }
    }

    internal sealed override void Adopt(CancelNode child)
    {
        _lock.Enter();
        Exception? err = _err;
        if (err is null)
        {
            child._next = _children;
            if (_children is not null)
            {
                _children._previous = child;
            }

            _children = child;
        }

        _lock.Exit();
        if (err is not null)
        {
            child.Cancel(err, _cause);
        }
    }

    internal sealed override void Release(CancelNode child)
    {
        _lock.Enter();
        if (_err is null && (child._previous is not null || ReferenceEquals(_children, child)))
        {
            if (child._previous is null)
            {
                _children = child._next;
            }
            else
            {
                child._previous._next = child._next;
            }

            if (child._next is not null)
            {
                child._next._previous = child._previous;
            }

            child._next = null;
            child._previous = null;
        }

        _lock.Exit();
    }

    /// <summary>Called exactly once, without locks, when the node has just ended. Must only enqueue.</summary>
    private protected virtual void Ended()
    {
    }

    /// <summary>Takes the lock, unless the node has ended.</summary>
    private protected bool TryEnterPending()
    {
        _lock.Enter();
        if (_err is null)
        {
            return true;
        }

        _lock.Exit();
        return false;
    }

    private protected void ExitPending() => _lock.Exit();

    private EndedTokens? EndTree(Exception err, Exception cause)
    {
        EndedTokens? tokens = null;
        if (!TryEnd(err, cause, ref tokens, out CancelNode? children))
        {
            return null;
        }

        _parent?.Release(this);
        CancelNode? work = null;
        while (true)
        {
            while (children is not null)
            {
                CancelNode child = children;
                children = child._next;
                child._previous = null;
                child._next = work;
                work = child;
            }

            if (work is null)
            {
                return tokens;
            }

            CancelNode next = work;
            work = next._next;
            next._next = null;
            next.TryEnd(err, cause, ref tokens, out children);
        }
    }

    private bool TryEnd(Exception err, Exception cause, ref EndedTokens? tokens, out CancelNode? children)
    {
        _lock.Enter();
        if (_err is not null)
        {
            _lock.Exit();
            children = null;
            return false;
        }

        _cause = cause;
        RaceHooks.Release(this);
        Volatile.Write(ref _err, err); // release: a thread that sees it sees the cause
        children = _children;
        _children = null;
        Chan<Unit>? done = _done;
        CancellationTokenSource? source = _tokenSource;
        _lock.Exit();

        done?.TryClose();
        if (source is not null)
        {
            tokens ??= new EndedTokens();
            tokens.Add(source);
        }

        Ended();
        return true;
    }

    private static Chan<Unit> MakeClosed()
    {
        Chan<Unit> channel = new();
        channel.Close();
        return channel;
    }
}
