namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>A small program with a bug of a known class, and the program without it.</summary>
/// <param name="Name">The class of the bug.</param>
/// <param name="Kind">How it shows.</param>
/// <param name="Within">In how many schedules the explorer must find it, by default settings.</param>
/// <param name="Buggy">The program with the bug.</param>
/// <param name="Fixed">The program without it.</param>
/// <param name="EarlyTimers">Whether it shows only when a time-out comes before what could still run.</param>
public sealed record KnownBug(string Name, FailureKind Kind, int Within, Func<Task> Buggy, Func<Task> Fixed, bool EarlyTimers = false)
{
    public override string ToString() => Name;
}
