using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>What the two directions have in common: the channel, and the waiter that stands in its queue.</summary>
internal abstract class ChannelArm<T>(int index) : SelectArm
{
    private int _index = index;
    private Waiter<T>? _waiter;

    /// <summary>The waiter, which <see cref="MakeWaiter"/> has made.</summary>
    private protected Waiter<T> Waiter => _waiter!;

    /// <summary>The waiter that the last attempt has taken out of the channel's queue, to be finished without the lock.</summary>
    private protected Waiter<T>? Partner;

    /// <summary>The channel; null is the nil channel. Set while the select does not wait.</summary>
    internal Chan<T>? Channel { get; set; }

    internal sealed override int Index
    {
        get => _index;
        set
        {
            _index = value;
            _waiter?.CaseIndex = value;
        }
    }

    internal sealed override bool IsNil => Channel is null;

    internal sealed override object? ChannelObject => Channel;

    internal sealed override long LockOrder => Channel!.LockOrder;

    internal sealed override bool TryAddVersion(ref uint sum) => Channel!.TryAddVersion(ref sum);

    internal sealed override void Lock() => Channel!.Lock();

    internal sealed override void Unlock() => Channel!.Unlock();

    internal sealed override void MakeRoom() => Channel!.GrowBuffer();

    internal sealed override void Dequeue() => Channel!.TryRemove(Waiter);

    internal sealed override void MakeWaiter(SelectWait pending)
        => _waiter ??= new Waiter<T> { Select = pending, CaseIndex = _index, Reason = Sends ? WaitReason.ChanSend : WaitReason.ChanReceive };

    internal sealed override void Rebind(SelectWait pending) => _waiter?.Select = pending;
}
