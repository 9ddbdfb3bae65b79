namespace Goroutines.Cluster;

/// <summary>The outcome of a health check of the engine.</summary>
/// <param name="IsHealthy">Whether the engine answered.</param>
/// <param name="Description">The engine's description, or the reason why it did not answer.</param>
/// <param name="RoundTrip">The time until the answer came.</param>
public sealed record ClusterHealth(bool IsHealthy, string Description, TimeSpan RoundTrip);
