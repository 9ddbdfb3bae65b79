namespace Goroutines.WebComparison;

/// <summary>What one round has shown of a server: figures in the order of the row's columns.</summary>
internal sealed record Sample(params double[] Figures);
