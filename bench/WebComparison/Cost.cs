namespace Goroutines.WebComparison;

/// <summary>What a server's process has used: processor time in microseconds, resident bytes.</summary>
internal readonly record struct Cost(long Microseconds, long Bytes);
