using Goroutines.Channels;

namespace Goroutines.Tests.Support;

/// <summary>
/// The feed of a channel that never has anything, and does something else the first time it is looked at: so a test acts in the
/// midst of an operation that looks at several things one after the other.
/// </summary>
internal sealed class LookedAtFeed(Action whenLookedAt) : ChanFeed<int>
{
    private bool _looked;

    internal override bool IsDue
    {
        get
        {
            if (!_looked)
            {
                _looked = true;
                whenLookedAt();
            }

            return false;
        }
    }

    internal override bool TryTake(out int value)
    {
        value = 0;
        return false;
    }

    internal override void ReceiverWaits()
    {
    }

    internal override void NobodyWaits()
    {
    }
}
