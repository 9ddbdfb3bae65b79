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
internal readonly record struct TraceRegionSpan(long Goroutine, long Begin, long End, string Name);
