namespace Goroutines.Diagnostics.Tracing;

/// <summary>One turn of a goroutine, on one P; or a stretch of it, where a blocking region divides it.</summary>
internal struct TraceTurn
{
    internal int Proc;
    internal long Begin;
    internal long End;
    internal long Goroutine;
    internal ushort Site;

    /// <summary>Why it ended: as the argument of <see cref="Runtime.TraceEventKind.TurnEnd"/>; <see cref="StillRuns"/> or <see cref="Blocked"/>.</summary>
    internal ushort Reason;

    /// <summary>In a blocking region, rather than at work.</summary>
    internal bool IsBlocking;

    /// <summary>The index of the wake that led to it; −1: none is known.</summary>
    internal int Wake;

    /// <summary>When the goroutine became runnable before it; −1: unknown.</summary>
    internal long RunnableSince;

    /// <summary>It had not ended when the trace was taken.</summary>
    internal const ushort StillRuns = 0x200;

    /// <summary>It goes on as a blocking region, or comes from one.</summary>
    internal const ushort Blocked = 0x201;
}
