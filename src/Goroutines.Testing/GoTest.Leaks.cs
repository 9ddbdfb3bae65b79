namespace Goroutines.Testing;

/// <summary>Finds leaked goroutines.</summary>
public static partial class GoTest
{
    /// <summary>Begins a stretch of a test in which no goroutine may be left behind: <c>using (GoTest.NoLeaks()) { … }</c> (as
    /// go.uber.org/goleak).</summary>
    /// <param name="options">The settings; <see langword="null"/> for the defaults.</param>
    /// <returns>The check. At its disposal, or by <see cref="LeakCheck.Check"/>, it fails if goroutines of the runtime are left that did
    /// not exist when it was made.</returns>
    /// <remarks>For tests that run in real time: <see cref="Run(Func{ValueTask}, GoTestOptions?)"/> and <c>Explore</c> look by themselves.
    /// Tests that share a runtime and run in parallel see each other's goroutines; give each a runtime of its own.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static LeakCheck NoLeaks(LeakOptions? options = null) => new(options ?? new LeakOptions());
}
