namespace Goroutines.Runtime;

/// <summary>A data race that was found.</summary>
/// <param name="Report">The report, in Go's layout, without the lines of equal signs.</param>
/// <param name="Earlier">The access that came first, if the report lacks its stack and a repetition can capture it.</param>
internal sealed record RaceFinding(string Report, RaceStackRequest? Earlier);

/// <summary>Names an access, so that its stack is captured when the same schedule runs again.</summary>
/// <param name="Goroutine">The id of the goroutine in its runtime.</param>
/// <param name="Releases">How often it had released before.</param>
/// <param name="Site">The place in the program.</param>
internal sealed record RaceStackRequest(long Goroutine, long Releases, int Site);
