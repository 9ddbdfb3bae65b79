namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>Deadlocks on locks alone.</summary>
internal static partial class LockBugs
{
    internal static KnownBug[] All { get; } =
    [
        new("double lock", FailureKind.Deadlock, 1, DoubleLockBuggy, DoubleLockFixed),
        new("AB-BA", FailureKind.Deadlock, 20, LockOrderBuggy, LockOrderFixed),
        new("missing unlock on an early return", FailureKind.Deadlock, 1, EarlyReturnBuggy, EarlyReturnFixed),
        new("read lock taken twice beside a waiting writer", FailureKind.Deadlock, 50, ReadTwiceBuggy, ReadTwiceFixed),
        new("read lock turned into a write lock", FailureKind.Deadlock, 20, UpgradeBuggy, UpgradeFixed),
        new("dining philosophers", FailureKind.Deadlock, 200, PhilosophersBuggy, PhilosophersFixed),
        new("semaphore taken bit by bit", FailureKind.Deadlock, 20, PortionsBuggy, PortionsFixed),
    ];
}
