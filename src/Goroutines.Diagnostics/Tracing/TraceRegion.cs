using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>A stretch of a goroutine's work in a trace; see <see cref="GoTrace.Region(string)"/>. Dispose of it where the stretch
/// ends.</summary>
public readonly struct TraceRegion : IDisposable, IEquatable<TraceRegion>
{
    private readonly Scheduler? _scheduler;
    private readonly int _name;

    internal TraceRegion(Scheduler scheduler, int name)
    {
        _scheduler = scheduler;
        _name = name;
        long task = TraceTask.CurrentId;
        scheduler.NoteUser(TraceEventKind.RegionBegin, name, task == 0 ? [] : [task]);
    }

    /// <summary>Ends the region. Call it once, in the goroutine that began it.</summary>
    public void Dispose() => _scheduler?.NoteUser(TraceEventKind.RegionEnd, _name, []);

    /// <summary>Returns whether two regions have the same name and runtime.</summary>
    /// <param name="other">The other region.</param>
    /// <returns>true if they have; otherwise, false.</returns>
    public bool Equals(TraceRegion other) => ReferenceEquals(_scheduler, other._scheduler) && _name == other._name;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TraceRegion other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _name;

    /// <summary>Does the same as <see cref="Equals(TraceRegion)"/>.</summary>
    /// <param name="left">The first region.</param>
    /// <param name="right">The second region.</param>
    /// <returns>true if they are equal; otherwise, false.</returns>
    public static bool operator ==(TraceRegion left, TraceRegion right) => left.Equals(right);

    /// <summary>Returns the opposite of <see cref="Equals(TraceRegion)"/>.</summary>
    /// <param name="left">The first region.</param>
    /// <param name="right">The second region.</param>
    /// <returns>true if they differ; otherwise, false.</returns>
    public static bool operator !=(TraceRegion left, TraceRegion right) => !left.Equals(right);
}
