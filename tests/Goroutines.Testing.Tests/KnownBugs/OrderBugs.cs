namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>Bugs that block nobody: atomicity and order violations.</summary>
internal static partial class OrderBugs
{
    internal static KnownBug[] All { get; } =
    [
        new("lost update between two locks", FailureKind.Exception, 20, LostUpdateBuggy, LostUpdateFixed),
        new("check, then act", FailureKind.Exception, 50, CheckThenActBuggy, CheckThenActFixed),
        new("used before it is made", FailureKind.Exception, 20, UseBeforeInitBuggy, UseBeforeInitFixed),
        new("loop variable shared by goroutines", FailureKind.Exception, 5, SharedVariableBuggy, SharedVariableFixed),
        new("result read before the goroutine has written it", FailureKind.Exception, 5, ReadTooEarlyBuggy, ReadTooEarlyFixed),
        new("cache filled twice", FailureKind.Exception, 20, FilledTwiceBuggy, FilledTwiceFixed),
    ];
}
