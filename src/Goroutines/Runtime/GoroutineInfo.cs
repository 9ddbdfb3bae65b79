using System.Diagnostics;

namespace Goroutines;

/// <summary>Describes what a goroutine was doing when <see cref="Go.Snapshot"/> looked at it. Immutable.</summary>
[DebuggerDisplay("goroutine {Id} [{Status}{WaitReason.Length == 0 ? \"\" : \", \" + WaitReason,nq}]")]
public sealed class GoroutineInfo
{
    internal GoroutineInfo(long id, string name, GoroutineStatus status, string waitReason, TimeSpan waitingFor, string createdAt)
    {
        Id = id;
        Name = name;
        Status = status;
        WaitReason = waitReason;
        WaitingFor = waitingFor;
        CreatedAt = createdAt;
    }

    /// <summary>The goroutine's id, unique in its runtime.</summary>
    public long Id { get; }

    /// <summary>Gets the name of the method that is the goroutine's body.</summary>
    public string Name { get; }

    /// <summary>Gets the goroutine's status.</summary>
    public GoroutineStatus Status { get; }

    /// <summary>Gets the reason why it waits, in Go's words ("chan receive", "select", "sleep" …), or an empty string if it does
    /// not wait.</summary>
    public string WaitReason { get; }

    /// <summary>Gets how long it has waited, to about 10 milliseconds; zero if it does not wait.</summary>
    public TimeSpan WaitingFor { get; }

    /// <summary>Gets where it was created, as <c>file:line</c>, or the method if that is unknown.</summary>
    public string CreatedAt { get; }

    /// <summary>Gets what it waits for; <see langword="null"/> if it does not wait, or waits for something that cannot be named: a task, a
    /// yield.</summary>
    public WaitObjectInfo? WaitsFor { get; internal init; }

    /// <summary>Gets the id of the goroutine of the same runtime that started it, or 0 if that is not known. It is known only for goroutines
    /// that were started while parents were tracked.</summary>
    public long ParentId { get; internal init; }

    /// <summary>Gets the labels it runs with (<see cref="GoLabels"/>), ordered by key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; internal init; } = [];

    /// <summary>Returns the goroutine on one line, as in a traceback.</summary>
    /// <returns>Its id, status or wait reason, and method.</returns>
    public override string ToString() => $"goroutine {Id} [{(WaitReason.Length == 0 ? Status.ToString() : WaitReason)}] {Name}";
}
