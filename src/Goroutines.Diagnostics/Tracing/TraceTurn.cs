namespace Goroutines.Diagnostics.Tracing;

/// <summary>A turn of a goroutine on one P, or a part of one that a blocking region divides.</summary>
internal struct TraceTurn
{
    internal int Proc;
    internal long Begin;
    internal long End;
    internal long Goroutine;
    internal ushort Site;

    /// <summary>Why it ended: the argument of <see cref="Runtime.TraceEventKind.TurnEnd"/>, or <see cref="StillRuns"/>, or
    /// <see cref="Blocked"/>.</summary>
    internal ushort Reason;

    /// <summary>Whether this part is in a blocking region.</summary>
    internal bool IsBlocking;

    /// <summary>The index of the wake that led to it; −1 if unknown.</summary>
    internal int Wake;

    /// <summary>When the goroutine became runnable before it; −1 if unknown.</summary>
    internal long RunnableSince;

    /// <summary>A <see cref="Reason"/>: the turn had not ended at the end of the trace.</summary>
    internal const ushort StillRuns = 0x200;

    /// <summary>A <see cref="Reason"/>: the part ends where a blocking region begins or ends, or where the P is taken away.</summary>
    internal const ushort Blocked = 0x201;
}
