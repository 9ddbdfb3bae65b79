namespace Goroutines.Diagnostics;

/// <summary>A bucket of a <see cref="TraceHistogram"/>.</summary>
/// <param name="UpToNanoseconds">The longest duration that the bucket counts, in nanoseconds. The shortest is longer than that of the
/// previous bucket.</param>
/// <param name="Count">The number of durations in it.</param>
public readonly record struct TraceHistogramBucket(long UpToNanoseconds, long Count);
