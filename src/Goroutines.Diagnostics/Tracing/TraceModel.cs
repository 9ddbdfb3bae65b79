using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>The content of a trace: turns, wakes, marks, regions and tasks. All formats and the summary are written from it.</summary>
internal sealed class TraceModel
{
    internal required IReadOnlyList<TraceTurn> Turns { get; init; }

    internal required IReadOnlyList<TraceWake> Wakes { get; init; }

    internal required IReadOnlyList<TraceMark> Marks { get; init; }

    internal required IReadOnlyList<TraceRegionSpan> Regions { get; init; }

    internal required IReadOnlyList<TraceTaskSpan> Tasks { get; init; }

    /// <summary>The ids of the Ps, in order. They do not include −1, which stands for the threads without a P.</summary>
    internal required IReadOnlyList<int> Procs { get; init; }

    internal required TraceTexts Texts { get; init; }

    internal required long Begin { get; init; }

    internal required long End { get; init; }

    internal static string TextOf(ushort reason) => reason switch
    {
        TraceEvent.Yielded => "yield",
        TraceEvent.Ended => "end",
        TraceTurn.StillRuns => "running",
        TraceTurn.Blocked => "syscall",
        _ => ((WaitReason)reason).Text(),
    };
}
