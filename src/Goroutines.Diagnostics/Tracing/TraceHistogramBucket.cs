namespace Goroutines.Diagnostics;

/// <summary>A size in a <see cref="TraceHistogram"/>.</summary>
/// <param name="UpToNanoseconds">The longest duration that belongs to it, in nanoseconds; the shortest is longer than that of the size before.</param>
/// <param name="Count">How many durations there are of it.</param>
public readonly record struct TraceHistogramBucket(long UpToNanoseconds, long Count);
