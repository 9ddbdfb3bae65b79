using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>The common part of both directions: the channel, and the waiter that is queued in it.</summary>
internal abstract class ChannelArm<T>(int index) : SelectArm
{
    private int _index = index;
    private Waiter<T>? _waiter;

    /// <summary>The waiter, which <see cref="MakeWaiter"/> has made.</summary>
    private protected Waiter<T> Waiter => _waiter!;

    /// <summary>The waiter that the last attempt has removed from the channel's queue. It is finished without the lock.</summary>
    private protected Waiter<T>? Partner;

    /// <summary>The channel; null for the nil channel. Set only while the select is not waiting.</summary>
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
