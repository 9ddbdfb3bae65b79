namespace Goroutines;

/// <summary>The result of a receive: Go's <c>v, ok</c>.</summary>
/// <typeparam name="T">The type of the channel's values.</typeparam>
/// <param name="Value">The value; the default of <typeparamref name="T"/> if the channel was closed and drained.</param>
/// <param name="Ok">Whether a value was received; <see langword="false"/> if the channel was closed and drained.</param>
public readonly record struct Received<T>(T Value, bool Ok);
