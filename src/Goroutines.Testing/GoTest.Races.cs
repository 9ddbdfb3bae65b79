using Goroutines.Runtime;

namespace Goroutines.Testing;

/// <summary>Finds data races.</summary>
public static partial class GoTest
{
    /// <summary>Gets whether the race detector is on, that is, whether the test was built with <c>-p:GoroutinesRace=true</c> and the package
    /// Goroutines.Race.</summary>
    public static bool DetectsRaces => RaceHooks.Observer is not null;

    /// <summary>Begins a section of a test that must be free of data races: <c>using (GoTest.NoRaces()) { … }</c>. Does nothing if the race detector is not
    /// on (<see cref="DetectsRaces"/>).</summary>
    /// <returns>The check. Its disposal, or <see cref="RaceCheck.Check"/>, fails if races were found since it was created.</returns>
    /// <remarks>For tests in real time: <see cref="Run(Func{ValueTask}, GoTestOptions?)"/> and <c>Explore</c> always check. The check sees all races of the
    /// process except those in the bodies of <c>Run</c> and <c>Explore</c>: tests that run in parallel see each other's. A pair of places is reported once.</remarks>
    public static RaceCheck NoRaces() => new();
}
