using System.Diagnostics;

namespace Goroutines.Channels;

/// <summary>Receives, for <see cref="ReceiveCase{T}"/>, and for <see cref="AwaitCase"/>, whose channel is closed when the awaited task
/// or goroutine ends.</summary>
internal sealed class ReceiveArm<T>(int index) : ChannelArm<T>(index)
{
    private Received<T> _received;
    private bool _drained;

    internal Received<T> Received => _received;

    internal override bool Sends => false;

    internal override bool LooksReady => Channel!.CanReceive;

    internal override bool TryPerform() => Channel!.TryReceiveNow(out _received);

    internal override Attempt TryPerformLocked()
    {
        Attempt attempt = Channel!.ReceiveLocked(out _received, out Partner);
        _drained = Channel.IsDrained;
        return attempt;
    }

    internal override void FinishPartner()
    {
        Waiter<T>? partner = Partner;
        Partner = null;
        partner?.Finish();
        Channel!.AfterReceive(_drained);
    }

    internal override void Enqueue() => Channel!.EnqueueReceiver(Waiter);

    internal override void Announce() => Channel!.AnnounceReceiver();

    internal override void TakeResult(bool won)
    {
        Debug.Assert(!Waiter.InQueue, "A waiter is still in the queue of its channel.");
        if (won)
        {
            _received = new Received<T>(Waiter.Value, Waiter.Ok);
        }

        Waiter.Value = default!;
        Waiter.Ok = false;
    }

    internal override void ThrowIfFailed()
    {
        if (!_received.Ok)
        {
            Channel!.ThrowIfFailed();
        }
    }

    internal override void Reset() => _received = default;
}
