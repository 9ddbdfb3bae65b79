using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>What the two directions have in common: the channel, and the waiter that stands in its queue.</summary>
internal abstract class ChannelArm<T>(Select owner, int index, WaitReason reason) : SelectArm
{
    private protected readonly Waiter<T> Waiter = new() { Select = owner.Pending, CaseIndex = index, Reason = reason };

    /// <summary>The waiter that the last attempt has taken out of the channel's queue, to be finished without the lock.</summary>
    private protected Waiter<T>? Partner;

    /// <summary>The channel; null is the nil channel. Set while the select does not wait.</summary>
    internal Chan<T>? Channel { get; set; }

    internal sealed override int Index
    {
        get => Waiter.CaseIndex;
        set => Waiter.CaseIndex = value;
    }

    internal sealed override bool IsNil => Channel is null;

    internal sealed override object? ChannelObject => Channel;

    internal sealed override bool Sends => Waiter.Reason == WaitReason.ChanSend;

    internal sealed override long LockOrder => Channel!.LockOrder;

    internal sealed override bool TryAddVersion(ref uint sum) => Channel!.TryAddVersion(ref sum);

    internal sealed override void Lock() => Channel!.Lock();

    internal sealed override void Unlock() => Channel!.Unlock();

    internal sealed override void MakeRoom() => Channel!.GrowBuffer();

    internal sealed override void Dequeue() => Channel!.TryRemove(Waiter);

    internal sealed override void Rebind(SelectWait pending) => Waiter.Select = pending;
}
