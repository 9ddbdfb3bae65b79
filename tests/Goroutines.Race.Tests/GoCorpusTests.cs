using Goroutines.Race.Tests.Corpus;
using Goroutines.Testing;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>Go's own programs: those with a race are reported in every exploration, those without never.</summary>
public sealed class GoCorpusTests
{
    private const int Seeds = 10;

    public static TheoryData<string> Races => [.. GoCorpus.All.Where(static go => go.HasRace).Select(static go => go.Name)];

    public static TheoryData<string> NoRaces => [.. GoCorpus.All.Where(static go => !go.HasRace).Select(static go => go.Name)];

    [Theory]
    [MemberData(nameof(Races))]
    public void Explore_ProgramWithRace_ReportsItForEverySeed(string name)
    {
        GoCase program = GoCorpus.Find(name);
        for (int seed = 1; seed <= Seeds; seed++)
        {
            ExplorationException found = Assert.Throws<ExplorationException>(() => GoTest.Explore(program.Body, new ExploreOptions { Schedules = 50, Seed = seed }));

            Assert.True(found.Kind == FailureKind.DataRace, $"seed {seed}: {found.Message}");
            DataRaceException race = Assert.IsType<DataRaceException>(found.InnerException);
            Assert.NotEmpty(race.Reports);
        }
    }

    [Theory]
    [MemberData(nameof(NoRaces))]
    public void Explore_ProgramWithoutRace_IsSilentInEverySchedule(string name)
    {
        GoCase program = GoCorpus.Find(name);
        for (int seed = 1; seed <= Seeds; seed++)
        {
            GoTest.Explore(program.Body, new ExploreOptions { Schedules = 50, Seed = seed });
        }
    }
}
