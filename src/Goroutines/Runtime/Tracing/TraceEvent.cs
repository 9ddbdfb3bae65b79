using System.Diagnostics;

namespace Goroutines.Runtime;

/// <summary>One event of a trace, in two words: when and what, and about whom.</summary>
/// <remarks>Each event stands alone (its time is no difference to the one before), so that any stretch of a ring can be read.</remarks>
[DebuggerDisplay("{Time} {Kind} {Subject} {Argument}")]
internal readonly struct TraceEvent(ulong stamp, ulong subject)
{
    /// <summary>In place of a wait reason: the goroutine is runnable, at the back of the queue.</summary>
    internal const ushort Yielded = 0x100;

    /// <summary>In place of a wait reason: the body has ended.</summary>
    internal const ushort Ended = 0x101;

    private const int KindBits = 8;
    private const int ArgumentBits = 16;

    /// <summary>When, in nanoseconds of the system's clock since the tracer was made.</summary>
    internal long Time => (long)(stamp >> KindBits);

    internal TraceEventKind Kind => (TraceEventKind)stamp;

    /// <summary>The goroutine's id as a rule; see the kinds.</summary>
    internal long Subject => (long)(subject >> ArgumentBits);

    internal ushort Argument => (ushort)subject;

    /// <summary>All 64 bits of an <see cref="TraceEventKind.Extra"/>.</summary>
    internal long Word => (long)subject;

    /// <summary>The first word of an event.</summary>
    internal static ulong Stamp(long time, TraceEventKind kind) => ((ulong)time << KindBits) | (byte)kind;

    /// <summary>The second one.</summary>
    internal static ulong About(long subject, ushort argument) => ((ulong)subject << ArgumentBits) | argument;
}
