namespace Goroutines.Diagnostics;

/// <summary>Settings of a dump by <see cref="GoDump"/>.</summary>
public sealed class GoDumpOptions
{
    /// <summary>Which goroutines are written, in the words of the search (docs/diagnostics.md): <c>site:Bank.cs reason:select age&gt;5m</c>. <see langword="null"/>, the default: all.</summary>
    public string? Query { get; init; }

    /// <summary>How many goroutines are written at most, those with the lowest ids. The default is <see cref="int.MaxValue"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public int Limit
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    }

    = int.MaxValue;

    /// <summary>Whether labels are written. The default is false: their values may be secret.</summary>
    public bool ShowLabels { get; init; }

    /// <summary>Whether the names that <see cref="GoNames"/> gave channels and locks are written. The default is false: names may tell more than they should.</summary>
    public bool ShowNames { get; init; }

    /// <summary>Whether files are written with all the folders that the compiler saw. The default is false: only the last folder is written.
    /// A dump as text has them always, as Go's.</summary>
    public bool FullPaths { get; init; }
}
