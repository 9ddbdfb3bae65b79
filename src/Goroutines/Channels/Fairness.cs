using System.Runtime.CompilerServices;
using Goroutines.Scheduler;

namespace Goroutines.Channels;

/// <summary>
/// Preemption at operations that need not wait: a goroutine that has used up its time slice, while others wait, gives
/// way there, as Go's would at any function call.
/// </summary>
internal static class Fairness
{
    internal static bool MustGiveWay
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => M.Current is { } m && m.P is { Preempt: true };
    }

    internal static ValueTask GiveWayAsync() => M.Current!.CurrentG is { } g ? g.YieldAsync() : default;
}
