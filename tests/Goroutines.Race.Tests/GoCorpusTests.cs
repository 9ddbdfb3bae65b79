using Goroutines.Race.Tests.Corpus;
using Goroutines.Testing;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>Go's own programs: those with a race are reported in every exploration, those without never.</summary>
public sealed class GoCorpusTests
{
    /// <summary>Makes the programs without a race run in 200 schedules for each seed instead of 20, and 100 times on real threads instead of 20.</summary>
    private const string LongForm = "GOROUTINES_RACE_LONG";

    private const int Seeds = 10;

    private static readonly bool s_long = Environment.GetEnvironmentVariable(LongForm) == "1";
    private static readonly int s_schedules = s_long ? 200 : 20;
    private static readonly int s_runs = s_long ? 100 : 20;

    /// <summary>Operations of the library whose use beside one another is the race, and what stands for Go's slices.</summary>
    private static readonly string[] s_library = ["Chan.Send()", "Chan.Close()", "WaitGroup.Add()", "WaitGroup.Wait()", "/Corpus/Slice.cs:"];

    public static TheoryData<string> Races => [.. GoCorpus.All.Where(static go => go.HasRace).Select(static go => go.Name)];

    public static TheoryData<string> NoRaces => [.. GoCorpus.All.Where(static go => !go.HasRace && !go.CollectsGarbage).Select(static go => go.Name)];

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
            Assert.All(race.Reports, report => AssertNames(report, program));
        }
    }

    [Theory]
    [MemberData(nameof(NoRaces))]
    public void Explore_ProgramWithoutRace_IsSilentInEverySchedule(string name)
    {
        GoCase program = GoCorpus.Find(name);
        Explore(program);
    }

    [Theory]
    [MemberData(nameof(NoRaces))]
    public void Run_ProgramWithoutRaceOnManyWorkers_IsSilent(string name)
    {
        GoCase program = GoCorpus.Find(name);
        Run(program);
    }

    internal static void Explore(GoCase program)
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            GoTest.Explore(program.Body, new ExploreOptions { Schedules = s_schedules, Seed = seed });
        }
    }

    internal static void Run(GoCase program)
    {
        for (int i = 0; i < s_runs; i++)
        {
            GoTest.Run(program.Body, new GoTestOptions { MaxProcs = 8 });
        }
    }

    /// <summary>Both accesses are in the program, and the variable has a name.</summary>
    private static void AssertNames(string report, GoCase program)
    {
        string[] parts = report.Split("\nPrevious ");
        Assert.Equal(2, parts.Length);
        Assert.Contains($"{program.Body.Method.DeclaringType!.Name}.cs:", parts[0], StringComparison.Ordinal);
        Assert.True(parts[1].Contains($"{program.Body.Method.DeclaringType!.Name}.cs:", StringComparison.Ordinal) || s_library.Any(parts[1].Contains), report);
        Assert.Matches(@"^WARNING: DATA RACE\n(Atomic )?([Rr]ead|[Ww]rite) of (\w+(<\w+>)?\.\w+ \(.+\)|\*\w+|\w+\[\]|\w+(<.*>)? \(\w+\)|Chan|WaitGroup) by goroutine \d+:\n", report);
    }
}
