namespace Goroutines;

/// <summary>The type with one value, for channels that only signal (Go's <c>struct{}</c>).</summary>
public readonly record struct Unit;
