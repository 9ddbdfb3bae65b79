namespace Goroutines.Testing;

/// <summary>What an exploration that found nothing has done.</summary>
/// <param name="Schedules">How many schedules were run.</param>
/// <param name="Complete">Whether these were all there are, within the bound on preemptions. Only an exhaustive exploration can tell.</param>
/// <param name="MostSteps">The steps of the longest schedule.</param>
public sealed record ExploreResult(int Schedules, bool Complete, int MostSteps);
