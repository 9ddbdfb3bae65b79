using Goroutines.Channels;

namespace Goroutines.Context;

/// <summary>Marks the channel of a context that a framework token may end, through its parents.</summary>
internal sealed class TokenMark : ChanFeed<Unit>
{
    internal static readonly TokenMark Instance = new();

    internal override bool HasLiveToken => true;

    internal override bool IsDue => false;

    internal override bool TryTake(out Unit value)
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
