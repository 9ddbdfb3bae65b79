using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>Something that happened at one moment.</summary>
/// <param name="Proc">The P; −1 for none.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Goroutine">The goroutine, or another number, depending on the kind.</param>
/// <param name="Argument">The argument of the event.</param>
/// <param name="First">The first extra word of the event.</param>
/// <param name="Second">The second extra word.</param>
internal readonly record struct TraceMark(int Proc, long Time, TraceEventKind Kind, long Goroutine, ushort Argument, long First, long Second);

/// <summary>A region of a goroutine.</summary>
/// <param name="Goroutine">The goroutine; 0 for a thread that runs none.</param>
/// <param name="Begin">When it begins.</param>
/// <param name="End">When it ends, or the end of the trace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Task">The number of the task that it belongs to; 0 for none.</param>
internal readonly record struct TraceRegionSpan(long Goroutine, long Begin, long End, string Name, long Task);

/// <summary>A task.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Around">The number of the enclosing task; 0 if there is none or this task began before the trace.</param>
/// <param name="Goroutine">The goroutine that began it; 0 if none did or it is unknown.</param>
/// <param name="Begin">When it begins, or the beginning of the trace.</param>
/// <param name="End">When it ends, or the end of the trace.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsWhole">Whether it began and ended in the trace.</param>
internal readonly record struct TraceTaskSpan(long Id, long Around, long Goroutine, long Begin, long End, string Name, bool IsWhole);
