using Xunit;

namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>
/// Bugs in the style of those that were found in published Go programs ("Understanding Real-World Concurrency Bugs in Go",
/// ASPLOS 2019; GoBench, CGO 2021): each is found within the stated number of schedules, and the explorer finds nothing in the fixed program.
/// </summary>
public sealed class KnownBugTests
{
    /// <summary>No luck of one seed: the number of schedules holds for several.</summary>
    private const int Seeds = 10;

    private static readonly KnownBug[] s_bugs = [.. LockBugs.All, .. WaitBugs.All, .. ChannelBugs.All, .. MixedBugs.All, .. OrderBugs.All];

    public static TheoryData<string> Names => [.. s_bugs.Select(static bug => bug.Name)];

    [Fact]
    public void All_AreMoreThanTwentyAndHaveNames()
    {
        Assert.True(s_bugs.Length > 20);
        Assert.Equal(s_bugs.Length, s_bugs.DistinctBy(static bug => bug.Name).Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Buggy_IsFoundInTimeAndRepeated(string name)
    {
        KnownBug bug = Bug(name);
        for (int seed = 1; seed <= Seeds; seed++)
        {
            ExplorationException found = Assert.Throws<ExplorationException>(() => GoTest.Explore(
                bug.Buggy,
                new ExploreOptions { Seed = seed, Schedules = bug.Within, EarlyTimers = bug.EarlyTimers }));
            TestContext.Current.TestOutputHelper!.WriteLine(found.Message);
            Assert.Equal(bug.Kind, found.Kind);
            ExplorationException again = Assert.Throws<ExplorationException>(() => GoTest.Replay(found.Seed, bug.Buggy));
            Assert.Equal(found.Trace, again.Trace);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Buggy_IsFoundExhaustively(string name)
    {
        KnownBug bug = Bug(name);
        ExplorationException found = Assert.Throws<ExplorationException>(() => GoTest.Explore(
            bug.Buggy,
            new ExploreOptions { Strategy = ExploreStrategy.Exhaustive, Schedules = 100_000, EarlyTimers = bug.EarlyTimers }));
        Assert.Equal(bug.Kind, found.Kind);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fixed_Passes(string name)
    {
        KnownBug bug = Bug(name);
        GoTest.Explore(bug.Fixed, new ExploreOptions { Schedules = 300, EarlyTimers = bug.EarlyTimers });
        GoTest.Explore(bug.Fixed, new ExploreOptions { Strategy = ExploreStrategy.Exhaustive, PreemptionBound = 1, Schedules = 3_000, EarlyTimers = bug.EarlyTimers });
    }

    private static KnownBug Bug(string name) => s_bugs.Single(bug => bug.Name == name);
}
