using System.Diagnostics;

namespace Goroutines.Runtime;

/// <summary>One event of a trace, in two words: when and what, and about whom.</summary>
/// <remarks>Each event stands alone (its time is no difference to the one before), so that any stretch of a ring can be read.</remarks>
[DebuggerDisplay("{Time} {Kind} {Subject} {Argument}")]
internal struct TraceEvent
{
    /// <summary>In place of a wait reason: the goroutine is runnable, at the back of the queue.</summary>
    internal const ushort Yielded = 0x100;

    /// <summary>In place of a wait reason: the body has ended.</summary>
    internal const ushort Ended = 0x101;

    private const int KindBits = 8;
    private const int ArgumentBits = 16;

    private ulong _stamp;
    private ulong _subject;

    /// <summary>When, in nanoseconds of the system's clock since the tracer was made.</summary>
    internal readonly long Time => (long)(_stamp >> KindBits);

    internal readonly TraceEventKind Kind => (TraceEventKind)_stamp;

    /// <summary>The goroutine's id as a rule; see the kinds.</summary>
    internal readonly long Subject => (long)(_subject >> ArgumentBits);

    internal readonly ushort Argument => (ushort)_subject;

    /// <summary>All 64 bits of an <see cref="TraceEventKind.Extra"/>.</summary>
    internal readonly long Word => (long)_subject;

    internal void Set(long time, TraceEventKind kind, long subject, ushort argument)
    {
        _stamp = ((ulong)time << KindBits) | (byte)kind;
        _subject = ((ulong)subject << ArgumentBits) | argument;
    }

    internal void SetExtra(long time, long word)
    {
        _stamp = ((ulong)time << KindBits) | (byte)TraceEventKind.Extra;
        _subject = (ulong)word;
    }
}
