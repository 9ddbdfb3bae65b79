using System.Diagnostics;
using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>The part of a select's case that receives: what <see cref="ReceiveCase{T}"/> and <see cref="AwaitCase"/> have in common.</summary>
/// <remarks>A mutable struct: never copy it. <see cref="Channel"/> is set while the select does not wait.</remarks>
internal struct ReceiveSide<T>(Select owner, int index)
{
    private readonly Waiter<T> _waiter = new() { Select = owner.Pending, CaseIndex = index, Reason = WaitReason.ChanReceive };
    private Waiter<T>? _partner;
    private bool _drained;

    internal Chan<T>? Channel;
    internal Received<T> Received;

    internal readonly void Rebind(SelectWait pending) => _waiter.Select = pending;

    internal readonly void MoveTo(int index) => _waiter.CaseIndex = index;

    internal bool TryPerform() => Channel!.TryReceiveNow(out Received);

    internal Attempt TryPerformLocked()
    {
        Attempt attempt = Channel!.ReceiveLocked(out Received, out _partner);
        _drained = Channel.IsDrained;
        return attempt;
    }

    internal void FinishPartner()
    {
        Waiter<T>? partner = _partner;
        _partner = null;
        partner?.Finish();
        Channel!.AfterReceive(_drained);
    }

    internal readonly void Enqueue() => Channel!.EnqueueReceiver(_waiter);

    internal readonly void Dequeue() => Channel!.TryRemove(_waiter);

    internal void TakeResult(bool won)
    {
        Debug.Assert(!_waiter.InQueue, "A waiter is still in the queue of its channel.");
        if (won)
        {
            Received = new Received<T>(_waiter.Value, _waiter.Ok);
        }

        _waiter.Value = default!;
        _waiter.Ok = false;
    }
}
