using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>Something that happened at one moment.</summary>
/// <param name="Proc">On which P; −1: none.</param>
/// <param name="Time">When.</param>
/// <param name="Kind">What.</param>
/// <param name="Goroutine">The goroutine, or another number that the kind has.</param>
/// <param name="Argument">As in the event.</param>
/// <param name="First">The first word that follows.</param>
/// <param name="Second">The second one.</param>
internal readonly record struct TraceMark(int Proc, long Time, TraceEventKind Kind, long Goroutine, ushort Argument, long First, long Second);

/// <summary>A region of a goroutine.</summary>
/// <param name="Goroutine">The goroutine; 0: a thread that is none.</param>
/// <param name="Begin">When it begins.</param>
/// <param name="End">When it ends, or the end of the trace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Task">The number of the task that it belongs to; 0: none.</param>
internal readonly record struct TraceRegionSpan(long Goroutine, long Begin, long End, string Name, long Task);

/// <summary>A task.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Around">The number of the task around it; 0: there is none, or it began before the trace.</param>
/// <param name="Goroutine">The goroutine that began it; 0: none, or it is not known.</param>
/// <param name="Begin">When it begins, or the beginning of the trace.</param>
/// <param name="End">When it ends, or the end of the trace.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsWhole">Whether it began and ended in the trace.</param>
internal readonly record struct TraceTaskSpan(long Id, long Around, long Goroutine, long Begin, long End, string Name, bool IsWhole);
