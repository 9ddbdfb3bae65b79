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

    /// <summary>What the case does with its channel; null for a case without one.</summary>
    internal SelectArm? Arm { get; private protected init; }

    /// <summary>Whether waits look at the case: it is live, and not removed.</summary>
    internal bool IsListed { get; set; }

    /// <summary>Whether there is something to wait for at all: enabled and not nil.</summary>
    internal bool IsLive => Enabled && Arm is not { IsNil: true };

    /// <summary>Gives the case the place that it has now; −1: none, it is removed.</summary>
    internal void MoveTo(int index)
    {
        Index = index;
        if (Arm is { } arm)
        {
            arm.Index = index;
        }
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
