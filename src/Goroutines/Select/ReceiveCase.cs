using Goroutines.Channels;
using Goroutines.Scheduler;

namespace Goroutines;

/// <summary>A case that receives (Go's <c>case v, ok := &lt;-ch:</c>).</summary>
/// <typeparam name="T">The type of the channel's values.</typeparam>
public sealed class ReceiveCase<T> : SelectCase
{
    private readonly Waiter<T> _waiter;
    private Waiter<T>? _partner;
    private Receiver<T> _receiver;
    private Received<T> _received;
    private bool _drained;

    internal ReceiveCase(Select owner, int index, Receiver<T> channel)
        : base(owner, index)
    {
        _receiver = channel;
        _waiter = new Waiter<T> { Select = owner.Pending, CaseIndex = index, Reason = WaitReason.ChanReceive };
    }

    /// <summary>The channel to receive from; the nil channel (<c>default</c>) is never chosen.</summary>
    /// <exception cref="InvalidOperationException">Set while the select is waiting.</exception>
    public Receiver<T> Channel
    {
        get => _receiver;
        set
        {
            EnsureIdle();
            _receiver = value;
        }
    }

    /// <summary>The value received, if this case was chosen and <see cref="Ok"/>.</summary>
    public T Value => _received.Value;

    /// <summary>Whether a value was received; false when this case was not chosen, or its channel was closed and drained.</summary>
    public bool Ok => _received.Ok;

    internal override bool IsLive => Enabled && !_receiver.IsNil;

    internal override bool HasLiveToken => IsLive && _receiver.Channel!.Feed is { HasLiveToken: true };

    internal override long LockOrder => _receiver.Channel!.LockOrder;

    internal override bool LooksReady => _receiver.Channel!.CanReceive;

    internal override bool TryAddVersion(ref uint sum) => _receiver.Channel!.TryAddVersion(ref sum);

    internal override void Lock() => _receiver.Channel!.Lock();

    internal override void Unlock() => _receiver.Channel!.Unlock();

    internal override bool TryPerform() => _receiver.Channel!.TryReceiveNow(out _received);

    internal override bool TryPerformLocked()
    {
        Chan<T> channel = _receiver.Channel!;
        if (channel.ReceiveLocked(out _received, out _partner) != Attempt.Done)
        {
            return false;
        }

        _drained = channel.IsDrained;
        return true;
    }

    internal override void FinishPartner()
    {
        Waiter<T>? partner = _partner;
        _partner = null;
        partner?.Finish();
        _receiver.Channel!.AfterReceive(_drained);
    }

    internal override void Enqueue() => _receiver.Channel!.EnqueueReceiver(_waiter);

    internal override void Announce() => _receiver.Channel!.AnnounceReceiver();

    internal override void Dequeue()
    {
        _receiver.Channel!.TryRemove(_waiter);
    }

    internal override void TakeResult(bool won)
    {
        if (won)
        {
            _received = new Received<T>(_waiter.Value, _waiter.Ok);
        }

        _waiter.Value = default!;
        _waiter.Ok = false;
    }

    internal override void ThrowIfFailed()
    {
    }

    internal override void Reset() => _received = default;
}
