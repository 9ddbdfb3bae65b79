using System.Diagnostics;

namespace Goroutines;

/// <summary>What a goroutine was doing when <see cref="Go.Snapshot"/> looked at it. It does not change.</summary>
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

    /// <summary>The method of the goroutine's body.</summary>
    public string Name { get; }

    /// <summary>The goroutine's status.</summary>
    public GoroutineStatus Status { get; }

    /// <summary>Why it waits, in Go's words ("chan receive", "select", "sleep" …); empty when it does not wait.</summary>
    public string WaitReason { get; }

    /// <summary>For how long it has waited, to about 10 milliseconds; zero when it does not wait.</summary>
    public TimeSpan WaitingFor { get; }

    /// <summary>Where it was created, as <c>file:line</c>, or the method when that is unknown.</summary>
    public string CreatedAt { get; }

    /// <summary>What it waits for; <see langword="null"/> if it does not wait, or for nothing that can be told: a task, a yield.</summary>
    public WaitObjectInfo? WaitsFor { get; internal init; }

    /// <summary>The id of the goroutine of the same runtime that started it; 0 if that is not known. It is known only of goroutines that were
    /// started while that was tracked.</summary>
    public long ParentId { get; internal init; }

    /// <summary>The labels it runs with (<see cref="GoLabels"/>), by key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; internal init; } = [];

    /// <summary>The goroutine in a line, as in a traceback.</summary>
    /// <returns>Its id, status or wait reason, and method.</returns>
    public override string ToString() => $"goroutine {Id} [{(WaitReason.Length == 0 ? Status.ToString() : WaitReason)}] {Name}";
}
