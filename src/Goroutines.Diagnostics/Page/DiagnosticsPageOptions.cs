namespace Goroutines.Diagnostics;

/// <summary>What the live page shows. Names of methods, creation sites and ages are always shown; arguments and values of channels never.</summary>
internal sealed class DiagnosticsPageOptions
{
    /// <summary>Whether the values of labels are shown.</summary>
    internal bool ShowLabels { get; init; }

    /// <summary>Whether the names that <see cref="GoNames"/> gave channels and locks are shown.</summary>
    internal bool ShowNames { get; init; }

    /// <summary>Whether files are shown with all their folders; if not, with the last one.</summary>
    internal bool FullPaths { get; init; }
}
