namespace Goroutines.Conformance.Tests;

/// <summary>A row of <c>docs/conformance.md</c>: one of Go's tests and what we have beside it.</summary>
/// <param name="Section">The Go file, or the folder (ending in a slash) of Go programs, that the section is about.</param>
/// <param name="GoTest">The name of Go's test, or the file of the program.</param>
/// <param name="Ours">Our tests, as <c>Folder.Class.Method</c> below this namespace.</param>
/// <param name="Remark">Why there is none, or what is to be said about those that there are.</param>
internal sealed record ConformanceRow(string Section, string GoTest, IReadOnlyList<string> Ours, string Remark)
{
    /// <summary>Where Go's test is, as our tests name it.</summary>
    public string Key => Section.EndsWith('/') ? Section + GoTest : $"{Section} {GoTest}";

    /// <summary>Whether a test with this display name is about this row.</summary>
    public bool IsNamedBy(string? displayName)
        => displayName is not null && (displayName == $"go: {Key}" || displayName.StartsWith($"go: {Key}: ", StringComparison.Ordinal));
}
