namespace Goroutines.GoComparison;

/// <summary>How the figures were taken.</summary>
/// <param name="DotNet">The version of our side's runtime.</param>
/// <param name="Go">Go's version as it says it: "go1.27.4".</param>
/// <param name="MaxProcs">GOMAXPROCS on either side.</param>
/// <param name="Scheduling">How the system scheduled the benchmarks.</param>
/// <param name="LoadAfter">The load averages at the end.</param>
internal sealed record Run(
    DateTimeOffset Taken, int Rounds, string BenchTime, bool Smoke, string DotNet, string Go, string MaxProcs, string Scheduling, string LoadAfter);
