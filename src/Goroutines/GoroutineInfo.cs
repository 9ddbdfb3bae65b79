namespace Goroutines;

/// <summary>What a goroutine was doing when <see cref="Go.Snapshot"/> looked at it.</summary>
/// <param name="Id">Its id, unique in its runtime.</param>
/// <param name="Name">The method of its body.</param>
/// <param name="Status">Its status.</param>
/// <param name="WaitReason">Why it waits, in Go's words ("chan receive", "select", "sleep" …); empty when it does not wait.</param>
/// <param name="WaitingFor">For how long it has waited, to about 10 milliseconds; zero when it does not wait.</param>
/// <param name="CreatedAt">Where it was created, as <c>file:line</c>, or the method when that is unknown.</param>
public sealed record GoroutineInfo(long Id, string Name, GoroutineStatus Status, string WaitReason, TimeSpan WaitingFor, string CreatedAt);
