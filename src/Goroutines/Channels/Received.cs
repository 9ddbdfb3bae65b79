namespace Goroutines;

/// <summary>What a receive gave: Go's <c>v, ok</c>.</summary>
/// <typeparam name="T">The type of the channel's values.</typeparam>
/// <param name="Value">The value; the default of <typeparamref name="T"/> when the channel was closed and drained.</param>
/// <param name="Ok">Whether a value was received; <see langword="false"/> when the channel was closed and drained.</param>
public readonly record struct Received<T>(T Value, bool Ok);
