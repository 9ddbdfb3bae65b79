namespace Goroutines.Cluster;

/// <summary>Whether the engine answers.</summary>
/// <param name="IsHealthy">Whether it does.</param>
/// <param name="Description">What it is, or why not.</param>
/// <param name="RoundTrip">How long the answer took.</param>
public sealed record ClusterHealth(bool IsHealthy, string Description, TimeSpan RoundTrip);
