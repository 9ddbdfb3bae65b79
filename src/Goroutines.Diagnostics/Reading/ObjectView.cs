using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>An object that goroutines wait for, with its waiters.</summary>
internal sealed class ObjectView(object target)
{
    internal object Target => target;

    /// <summary>The goroutines that wait to send.</summary>
    internal List<G> Senders { get; } = [];

    /// <summary>The goroutines that wait to receive, for a lock, or for anything else.</summary>
    internal List<G> Others { get; } = [];

    internal int Waiters => Senders.Count + Others.Count;

    /// <summary>The longest wait, in nanoseconds.</summary>
    internal long Oldest { get; private set; }

    internal void Add(G g, bool sends, long age)
    {
        (sends ? Senders : Others).Add(g);
        Oldest = Math.Max(Oldest, age);
    }
}
