namespace Goroutines.Diagnostics;

/// <summary>The tasks of one name in a trace; see <see cref="GoTrace.NewTask"/>.</summary>
/// <remarks>It does not change.</remarks>
public sealed class TraceTaskSummary
{
    internal TraceTaskSummary(string name) => Name = name;

    /// <summary>Their name.</summary>
    public string Name { get; }

    /// <summary>How many began before the trace or had not ended when it was taken. They are not among <see cref="Times"/>.</summary>
    public long Unfinished { get; internal set; }

    /// <summary>How long they took, from their beginning to their end.</summary>
    public TraceHistogram Times { get; } = new();
}
