namespace Goroutines.Diagnostics;

/// <summary>Sums up the tasks of one name in a trace; see <see cref="GoTrace.NewTask"/>.</summary>
/// <remarks>Immutable.</remarks>
public sealed class TraceTaskSummary
{
    internal TraceTaskSummary(string name) => Name = name;

    /// <summary>Gets their name.</summary>
    public string Name { get; }

    /// <summary>Gets how many began before the trace or had not ended at its end. <see cref="Times"/> does not include them.</summary>
    public long Unfinished { get; internal set; }

    /// <summary>Gets how long they took, from beginning to end.</summary>
    public TraceHistogram Times { get; } = new();
}
