namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>Bugs of channels together with locks, contexts, timers and groups.</summary>
internal static partial class MixedBugs
{
    internal static KnownBug[] All { get; } =
    [
        new("lock held across a send", FailureKind.Deadlock, 20, LockAcrossSendBuggy, LockAcrossSendFixed),
        new("lock held across a receive", FailureKind.Deadlock, 20, LockAcrossReceiveBuggy, LockAcrossReceiveFixed),
        new("context not cancelled", FailureKind.Leak, 1, NotCancelledBuggy, NotCancelledFixed),
        new("timer leak", FailureKind.Leak, 1, TickerLeakBuggy, TickerLeakFixed),
        new("producer left by a failed consumer", FailureKind.Deadlock, 5, FailedConsumerBuggy, FailedConsumerFixed),
        new("timer of zero for no time-out", FailureKind.Exception, 20, ZeroTimerBuggy, ZeroTimerFixed),
        new("wait for a group that waits for the reader", FailureKind.Deadlock, 1, WaitBeforeReadBuggy, WaitBeforeReadFixed),
    ];
}
