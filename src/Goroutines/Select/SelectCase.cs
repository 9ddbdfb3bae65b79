using Goroutines.Channels;

namespace Goroutines;

/// <summary>One case of a <see cref="Select"/>.</summary>
/// <remarks>Change a case only while its select is not waiting. A result stays available until the next wait.</remarks>
public abstract class SelectCase
{
    private readonly Select _owner;
    private bool _enabled = true;

    private protected SelectCase(Select owner, int index)
    {
        _owner = owner;
        Index = index;
    }

    /// <summary>Gets the index of the case, in order of adding. <see cref="Select.WaitAsync"/> returns it when the case is chosen. It
    /// decreases when an earlier case is removed, and is −1 once this case is removed.</summary>
    public int Index { get; private set; }

    /// <summary>Gets whether the last wait chose this case.</summary>
    public bool Selected { get; internal set; }

    /// <summary>Gets or sets whether waits consider this case. A disabled case behaves as one on a nil channel, and costs a wait nothing.</summary>
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

    /// <summary>The arm, which operates on the case's channel; null for a case without a channel.</summary>
    internal SelectArm? Arm { get; private protected init; }

    /// <summary>Whether waits look at the case, that is, it is live and not removed.</summary>
    internal bool IsListed { get; set; }

    /// <summary>Whether there is anything to wait for: the case is enabled and its channel is not nil.</summary>
    internal bool IsLive => Enabled && Arm is not { IsNil: true };

    /// <summary>Sets the current index of the case; −1 if it is removed.</summary>
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

    /// <summary>Removes the case from the select's lists, before a change that affects its place in them.</summary>
    private protected void Unlist()
    {
        if (IsListed)
        {
            _owner.Unlist(this);
        }
    }

    /// <summary>Lists the case again after such a change, if it is live.</summary>
    private protected void Relist()
    {
        if (Index >= 0 && IsLive)
        {
            _owner.List(this);
        }
    }
}
