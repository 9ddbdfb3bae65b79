namespace Goroutines.Testing;

/// <summary>Finds leaked goroutines.</summary>
public static partial class GoTest
{
    /// <summary>Begins a section of a test that must not leave goroutines behind: <c>using (GoTest.NoLeaks()) { … }</c> (as
    /// go.uber.org/goleak).</summary>
    /// <param name="options">The settings; <see langword="null"/> for the defaults.</param>
    /// <returns>The check. Its disposal, or <see cref="LeakCheck.Check"/>, fails if goroutines of the runtime are left that did not exist
    /// when the check was created.</returns>
    /// <remarks>For tests that run in real time: <see cref="Run(Func{ValueTask}, GoTestOptions?)"/> and <c>Explore</c> always check for leaks.
    /// Tests that share a runtime and run in parallel see each other's goroutines; give each test its own runtime.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static LeakCheck NoLeaks(LeakOptions? options = null) => new(options ?? new LeakOptions());
}
