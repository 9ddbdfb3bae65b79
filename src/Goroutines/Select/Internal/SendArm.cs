using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>Sends, for <see cref="SendCase{T}"/>.</summary>
internal sealed class SendArm<T>(int index) : ChannelArm<T>(index)
{
    private bool _failed;

    /// <summary>The value that the next wait offers. Set only while the select is not waiting.</summary>
    internal T Value { get; set; } = default!;

    internal override bool Sends => true;

    internal override bool LooksReady => Channel!.CanSend;

    internal override bool TryPerform()
    {
        while (true)
        {
            Lock();
            Attempt attempt = TryPerformLocked();
            Unlock();
            if (attempt == Attempt.NeedsMemory)
            {
                MakeRoom();
                continue;
            }

            if (attempt == Attempt.Done)
            {
                FinishPartner();
            }

            return attempt == Attempt.Done;
        }
    }

    internal override Attempt TryPerformLocked()
    {
        RaceHooks.SendBegins(Channel!);
        Attempt attempt = Channel!.SendLocked(Value, out Partner);
        _failed = attempt == Attempt.Closed;
        return _failed ? Attempt.Done : attempt;
    }

    internal override void FinishPartner()
    {
        Waiter<T>? partner = Partner;
        Partner = null;
        if (!_failed)
        {
            Channel!.AfterSend(partner);
        }
    }

    internal override void Enqueue()
    {
        Waiter.Outcome = WaitOutcome.Success;
        Waiter.Value = Value;
        Channel!.EnqueueSender(Waiter);
    }

    internal override void Announce()
    {
        // Only receivers are announced.
    }

    internal override void TakeResult(bool won)
    {
        _failed = won && Waiter.Outcome == WaitOutcome.Closed;
        Waiter.Value = default!;
    }

    internal override void ThrowIfFailed()
    {
        if (_failed)
        {
            _failed = false;
            throw Channel!.SendOnClosed();
        }
    }

    internal override void Reset() => _failed = false;
}
