using System.Diagnostics.CodeAnalysis;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Reads, from outside, what a parked goroutine waits for.</summary>
internal static class Inspection
{
    /// <summary>Returns the object that a goroutine waits for: an <see cref="IWaitable"/> or a goroutine.</summary>
    /// <param name="g">The goroutine.</param>
    /// <param name="hasToken">Whether a token may end the wait.</param>
    /// <returns>The object, or null if the goroutine does not wait, or waits for something that cannot be named.</returns>
    internal static object? TargetOf(G g, out bool hasToken)
    {
        hasToken = false;
        if (g.Status != GStatus.Waiting || g.ParkedOn is not { } source)
        {
            return null;
        }

        int version = source.FullVersion;
        object? target = source.Target;
        hasToken = source.HasToken;

        // Between the looks, the operation may have ended and its source may have begun another operation.
        return g.Status == GStatus.Waiting && ReferenceEquals(g.ParkedOn, source) && source.FullVersion == version && ReferenceEquals(source.Goroutine, g) ? target : null;
    }

    internal static WaitObjectInfo? WaitOf(G g) => TargetOf(g, out _) is { } target && TryDescribe(target, g.Scheduler, out WaitObjectInfo? info) ? info : null;

    /// <summary>Describes an object on which goroutines wait.</summary>
    internal static bool TryDescribe(object target, Scheduler scheduler, [NotNullWhen(true)] out WaitObjectInfo? info)
    {
        switch (target)
        {
            case G joined:
                long id = HolderMark.IdIn(scheduler, HolderMark.Of(joined));
                info = new WaitObjectInfo("goroutine", joined.Id, null, nameof(Goroutine), id == 0 ? [] : [id]);
                return true;
            case IWaitable waitable:
                WaitableState state = waitable.Inspect();
                info = new WaitObjectInfo(state.Kind, NumberOf(target, state), ObjectNames.NameOf(target), state.Type, HoldersIn(scheduler, state));
                return true;
            default:
                info = null;
                return false;
        }
    }

    internal static long NumberOf(object target, WaitableState state) => state.OwnNumber != 0 ? state.OwnNumber : ObjectNames.NumberOf(target);

    internal static long[] HoldersIn(Scheduler scheduler, WaitableState state)
        => state.Holders.Length == 0 ? [] : [.. state.Holders.Select(mark => HolderMark.IdIn(scheduler, mark)).Where(static id => id != 0)];
}
