namespace Goroutines.Diagnostics;

/// <summary>The settings of a dump by <see cref="GoDump"/>.</summary>
public sealed class GoDumpOptions
{
    /// <summary>Gets or sets a search for the goroutines to write, for example <c>site:Bank.cs reason:select age&gt;5m</c>;
    /// docs/diagnostics.md describes the syntax. If it is <see langword="null"/>, the default, all are written.</summary>
    public string? Query { get; init; }

    /// <summary>Gets or sets how many goroutines are written at most. Those with the lowest ids are kept. The default is
    /// <see cref="int.MaxValue"/>.</summary>
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

    /// <summary>Gets or sets whether labels are written. The default is false, since their values may be secret.</summary>
    public bool ShowLabels { get; init; }

    /// <summary>Gets or sets whether the names that <see cref="GoNames"/> gave channels and locks are written. The default is false, since
    /// names may reveal too much.</summary>
    public bool ShowNames { get; init; }

    /// <summary>Gets or sets whether source files are written with their full paths, as the compiler saw them. The default is false: only
    /// the last folder is written. A text dump always has full paths, as in Go.</summary>
    public bool FullPaths { get; init; }
}
