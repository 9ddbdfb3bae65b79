namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>Waits for conditions, groups, once and semaphores that are never over.</summary>
internal static partial class WaitBugs
{
    internal static KnownBug[] All { get; } =
    [
        new("lost signal of a condition", FailureKind.Deadlock, 20, LostSignalBuggy, LostSignalFixed),
        new("signal where a broadcast is needed", FailureKind.Deadlock, 50, SignalOneBuggy, SignalOneFixed),
        new("condition not looked at again", FailureKind.Exception, 100, IfInsteadOfWhileBuggy, IfInsteadOfWhileFixed),
        new("wait for a group inside the loop that starts it", FailureKind.Deadlock, 1, WaitInLoopBuggy, WaitInLoopFixed),
        new("done left out on the path of an error", FailureKind.Deadlock, 1, MissingDoneBuggy, MissingDoneFixed),
        new("count added inside the goroutine", FailureKind.Exception, 20, AddInsideBuggy, AddInsideFixed),
        new("semaphore not released on the path of an error", FailureKind.Deadlock, 1, SemaphoreLeakBuggy, SemaphoreLeakFixed),
        new("once that calls itself", FailureKind.Deadlock, 1, RecursiveOnceBuggy, RecursiveOnceFixed),
        new("once of two that call each other", FailureKind.Deadlock, 50, CrossedOnceBuggy, CrossedOnceFixed),
    ];
}
