namespace Goroutines.Testing;

/// <summary>The result of an exploration in which no schedule failed.</summary>
/// <param name="Schedules">The number of schedules that were run.</param>
/// <param name="Complete">Whether these are all schedules within the bound on preemptions. Only an exhaustive exploration can tell.</param>
/// <param name="MostSteps">The number of steps of the longest schedule.</param>
public sealed record ExploreResult(int Schedules, bool Complete, int MostSteps);
