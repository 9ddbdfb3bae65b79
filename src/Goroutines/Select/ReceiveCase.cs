using Goroutines.Channels;

namespace Goroutines;

/// <summary>A case that receives (Go's <c>case v, ok := &lt;-ch:</c>).</summary>
/// <typeparam name="T">The type of the channel's values.</typeparam>
public sealed class ReceiveCase<T> : SelectCase
{
    private ReceiveSide<T> _side;

    internal ReceiveCase(Select owner, int index, Receiver<T> channel)
        : base(owner, index)
    {
        _side = new ReceiveSide<T>(owner, index) { Channel = channel.Channel };
    }

    /// <summary>The channel to receive from; the nil channel (<c>default</c>) is never chosen.</summary>
    /// <exception cref="InvalidOperationException">Set while the select is waiting.</exception>
    public Receiver<T> Channel
    {
        get => new(_side.Channel);
        set
        {
            EnsureIdle();
            Unlist();
            _side.Channel = value.Channel;
            Relist();
        }
    }

    /// <summary>The value received, if this case was chosen and <see cref="Ok"/>.</summary>
    public T Value => _side.Received.Value;

    /// <summary>Whether a value was received; false when this case was not chosen, or its channel was closed and drained.</summary>
    public bool Ok => _side.Received.Ok;

    internal override bool IsLive => Enabled && _side.Channel is not null;

    internal override long LockOrder => _side.Channel!.LockOrder;

    internal override bool LooksReady => _side.Channel!.CanReceive;

    internal override bool TryAddVersion(ref uint sum) => _side.Channel!.TryAddVersion(ref sum);

    internal override void Lock() => _side.Channel!.Lock();

    internal override void Unlock() => _side.Channel!.Unlock();

    internal override bool TryPerform() => _side.TryPerform();

    internal override Attempt TryPerformLocked() => _side.TryPerformLocked();

    internal override void FinishPartner() => _side.FinishPartner();

    internal override void Enqueue() => _side.Enqueue();

    internal override void Announce() => _side.Channel!.AnnounceReceiver();

    internal override void Dequeue() => _side.Dequeue();

    internal override void TakeResult(bool won) => _side.TakeResult(won);

    internal override void Rebind(SelectWait pending) => _side.Rebind(pending);

    internal override void ThrowIfFailed()
    {
        if (!_side.Received.Ok)
        {
            _side.Channel!.ThrowIfFailed();
        }
    }

    internal override void Reset() => _side.Received = default;

    private protected override void MovedTo(int index) => _side.MoveTo(index);
}
