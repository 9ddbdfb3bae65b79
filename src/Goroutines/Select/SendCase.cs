using Goroutines.Channels;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>A case that sends (Go's <c>case ch &lt;- v:</c>).</summary>
/// <typeparam name="T">The type of the channel's values.</typeparam>
public sealed class SendCase<T> : SelectCase
{
    private readonly Waiter<T> _waiter;
    private Waiter<T>? _partner;
    private Sender<T> _sender;
    private T _value;
    private bool _failed;

    internal SendCase(Select owner, int index, Sender<T> channel, T value)
        : base(owner, index)
    {
        _sender = channel;
        _value = value;
        _waiter = new Waiter<T> { Select = owner.Pending, CaseIndex = index, Reason = WaitReason.ChanSend };
    }

    /// <summary>The channel to send on; the nil channel (<c>default</c>) is never chosen.</summary>
    /// <exception cref="InvalidOperationException">Set while the select is waiting.</exception>
    public Sender<T> Channel
    {
        get => _sender;
        set
        {
            EnsureIdle();
            Unlist();
            _sender = value;
            Relist();
        }
    }

    /// <summary>The value that the next wait offers.</summary>
    /// <exception cref="InvalidOperationException">Set while the select is waiting.</exception>
    public T Value
    {
        get => _value;
        set
        {
            EnsureIdle();
            _value = value;
        }
    }

    internal override bool IsLive => Enabled && !_sender.IsNil;

    internal override long LockOrder => _sender.Channel!.LockOrder;

    internal override bool LooksReady => _sender.Channel!.CanSend;

    internal override bool TryAddVersion(ref uint sum) => _sender.Channel!.TryAddVersion(ref sum);

    internal override void Lock() => _sender.Channel!.Lock();

    internal override void Unlock() => _sender.Channel!.Unlock();

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
        Attempt attempt = _sender.Channel!.SendLocked(_value, out _partner);
        _failed = attempt == Attempt.Closed;
        return _failed ? Attempt.Done : attempt;
    }

    internal override void MakeRoom() => _sender.Channel!.GrowBuffer();

    internal override void FinishPartner()
    {
        Waiter<T>? partner = _partner;
        _partner = null;
        if (!_failed)
        {
            _sender.Channel!.AfterSend(partner);
        }
    }

    internal override void Enqueue()
    {
        _waiter.Outcome = WaitOutcome.Success;
        _waiter.Value = _value;
        _sender.Channel!.EnqueueSender(_waiter);
    }

    internal override void Dequeue()
    {
        _sender.Channel!.TryRemove(_waiter);
    }

    internal override void TakeResult(bool won)
    {
        _failed = won && _waiter.Outcome == WaitOutcome.Closed;
        _waiter.Value = default!;
    }

    internal override void Rebind(SelectWait pending) => _waiter.Select = pending;

    internal override void ThrowIfFailed()
    {
        if (_failed)
        {
            _failed = false;
            throw _sender.Channel!.SendOnClosed();
        }
    }

    internal override void Reset() => _failed = false;

    private protected override void MovedTo(int index) => _waiter.CaseIndex = index;
}
