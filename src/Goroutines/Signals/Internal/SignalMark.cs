using System.Runtime.InteropServices;
using Goroutines.Channels;

namespace Goroutines.Signals;

/// <summary>Marks a channel to which the system sends: waiting on it is no deadlock.</summary>
internal sealed class SignalMark : ChanFeed<PosixSignal>
{
    internal static readonly SignalMark Instance = new();

    internal override bool HasLiveToken => true;

    internal override bool IsDue => false;

    internal override bool TryTake(out PosixSignal value)
    {
        value = default;
        return false;
    }

    internal override void ReceiverWaits()
    {
    }

    internal override void NobodyWaits()
    {
    }
}
