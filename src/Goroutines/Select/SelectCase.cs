using Goroutines.Channels;

namespace Goroutines;

/// <summary>One case of a <see cref="Select"/>.</summary>
/// <remarks>Change a case only while its select is not waiting. Results stand until the next wait.</remarks>
public abstract class SelectCase
{
    private readonly Select _owner;
    private bool _enabled = true;

    private protected SelectCase(Select owner, int index)
    {
        _owner = owner;
        Index = index;
    }

    /// <summary>The number of the case, in order of adding; what <see cref="Select.WaitAsync"/> returns when it is chosen. It moves down
    /// when an earlier case is removed; −1 once this case is removed.</summary>
    public int Index { get; private set; }

    /// <summary>Whether the last wait chose this case.</summary>
    public bool Selected { get; internal set; }

    /// <summary>Whether waits consider this case. Off, it is as one on a nil channel, and costs a wait nothing.</summary>
    /// <exception cref="InvalidOperationException">Set while the select is waiting.</exception>
    public bool Enabled
    {
        get => _enabled;
        set
        {
            EnsureIdle();
            Unlist();
            _enabled = value;
            Relist();
        }
    }

    internal Select Owner => _owner;

    /// <summary>Whether waits look at the case: it is live, and not removed.</summary>
    internal bool IsListed { get; set; }

    /// <summary>Whether there is something to wait for at all: enabled and not nil.</summary>
    internal abstract bool IsLive { get; }

    /// <summary>The channel's place in the order of locking.</summary>
    internal abstract long LockOrder { get; }

    /// <summary>Whether an attempt may succeed, read without locks.</summary>
    internal abstract bool LooksReady { get; }

    /// <summary>Adds the version of the channel's state to <paramref name="sum"/>; false: it is being changed at this moment.</summary>
    internal abstract bool TryAddVersion(ref uint sum);

    internal abstract void Lock();

    internal abstract void Unlock();

    /// <summary>One attempt that takes the channel's lock itself; true: done, with the result in the case.</summary>
    internal abstract bool TryPerform();

    /// <summary>One attempt with the lock held. When it is done, <see cref="FinishPartner"/> is to be called after unlocking; when it
    /// needs memory, <see cref="MakeRoom"/>, before another attempt.</summary>
    internal abstract Attempt TryPerformLocked();

    /// <summary>Takes the memory that an attempt has found missing. Without locks.</summary>
    internal virtual void MakeRoom()
    {
    }

    internal abstract void FinishPartner();

    /// <summary>Joins the channel's queue, with the lock held.</summary>
    internal abstract void Enqueue();

    /// <summary>After unlocking: tells those who wait for a receiver that one is queued.</summary>
    internal virtual void Announce()
    {
    }

    /// <summary>Leaves the queue, if still in it; takes the lock itself.</summary>
    internal abstract void Dequeue();

    /// <summary>Moves what the partner left in the waiter into the case, if <paramref name="won"/>, and clears the waiter.</summary>
    internal abstract void TakeResult(bool won);

    /// <summary>Throws if the case that was chosen failed: a send on a closed channel.</summary>
    internal abstract void ThrowIfFailed();

    /// <summary>From now on the select's waits are this operation.</summary>
    internal virtual void Rebind(SelectWait pending)
    {
    }

    /// <summary>Forgets the result of the wait before.</summary>
    internal abstract void Reset();

    /// <summary>Gives the case the place that it has now; −1: none, it is removed.</summary>
    internal void MoveTo(int index)
    {
        Index = index;
        MovedTo(index);
    }

    private protected virtual void MovedTo(int index)
    {
    }

    private protected void EnsureIdle()
    {
        if (Index >= 0)
        {
            _owner.EnsureIdle();
        }
    }

    /// <summary>Takes the case out of what waits look at, before a change of what decides about its place there.</summary>
    private protected void Unlist()
    {
        if (IsListed)
        {
            _owner.Unlist(this);
        }
    }

    /// <summary>After such a change: puts the case where waits look, if it is live.</summary>
    private protected void Relist()
    {
        if (Index >= 0 && IsLive)
        {
            _owner.List(this);
        }
    }
}
