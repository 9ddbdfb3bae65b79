namespace Goroutines.Diagnostics;

/// <summary>Says what the live page shows. It always shows names of methods, creation sites and ages, and never arguments or the values of
/// channels.</summary>
internal sealed class DiagnosticsPageOptions
{
    /// <summary>Whether the values of labels are shown.</summary>
    internal bool ShowLabels { get; init; }

    /// <summary>Whether the names that <see cref="GoNames"/> gave channels and locks are shown.</summary>
    internal bool ShowNames { get; init; }

    /// <summary>Whether files are shown with their full paths; if not, only with their last folder.</summary>
    internal bool FullPaths { get; init; }
}
