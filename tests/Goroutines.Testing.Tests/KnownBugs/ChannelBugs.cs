namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>Goroutines left at a channel for good, and deadlocks on channels alone.</summary>
internal static partial class ChannelBugs
{
    internal static KnownBug[] All { get; } =
    [
        new("sender left when the receiver timed out", FailureKind.Leak, 20, TimedOutBuggy, TimedOutFixed, EarlyTimers: true),
        new("senders left when the first answer was enough", FailureKind.Leak, 1, FirstAnswerBuggy, FirstAnswerFixed),
        new("missed close", FailureKind.Deadlock, 1, MissedCloseBuggy, MissedCloseFixed),
        new("pipeline left by its reader", FailureKind.Leak, 20, PipelineBuggy, PipelineFixed),
        new("nil channel", FailureKind.Deadlock, 1, NilChannelBuggy, NilChannelFixed),
        new("both send first", FailureKind.Deadlock, 1, BothSendBuggy, BothSendFixed),
        new("results filled before they are read", FailureKind.Deadlock, 20, FullResultsBuggy, FullResultsFixed),
        new("select with a lost default", FailureKind.Leak, 20, LostDefaultBuggy, LostDefaultFixed),
        new("stop and work both ready", FailureKind.Exception, 20, StopAndWorkBuggy, StopAndWorkFixed),
        new("double close", FailureKind.Exception, 50, DoubleCloseBuggy, DoubleCloseFixed),
        new("send on closed", FailureKind.Exception, 20, SendOnClosedBuggy, SendOnClosedFixed),
    ];
}
