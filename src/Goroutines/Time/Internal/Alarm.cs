using Goroutines.Runtime;

namespace Goroutines.Time;

/// <summary>Receives an alarm's expiry. <see cref="Ring"/> must only enqueue: it runs on the worker that finds the alarm due.</summary>
internal interface IAlarmed
{
    void Ring();
}

/// <summary>The object that a heap of timers holds in place of a timer that may be stopped, reset or dropped long before it is due.</summary>
/// <remarks>
/// An entry stays in its heap until it is due or the heap is swept (see <see cref="TimerHeap"/>). It references this small
/// object, which references its owner only while it is set, so whatever hangs on a stopped timer is garbage at once.
/// <see cref="Set"/> and <see cref="Clear"/> are called under one lock of the owner. Expiry races with them by the CAS
/// of the arming state. It reads the owner before the CAS, so a claim always has the owner that it belongs to.
/// </remarks>
internal sealed class Alarm : ITimed
{
    private ArmingState _arming;
    private IAlarmed? _owner;

    internal bool IsSet => _arming.IsArmed;

    /// <summary>Sets the alarm, which must not be set. The caller adds the entry to a heap after it has released its lock.</summary>
    /// <returns>The number of the arming, for the entry.</returns>
    internal int Set(IAlarmed owner)
    {
        _owner = owner;
        return _arming.Arm();
    }

    /// <summary>Cancels the alarm.</summary>
    /// <returns>true if it will not ring; false if it was not set, or is ringing already.</returns>
    internal bool Clear()
    {
        bool stopped = _arming.TryDisarm();
        _owner = null;
        return stopped;
    }

    bool ITimed.IsArmed(int arming) => _arming.Stands(arming);

    void ITimed.Expire(int arming)
    {
        if (Volatile.Read(ref _owner) is { } owner && _arming.TryClaim(arming))
        {
            owner.Ring();
        }
    }
}
