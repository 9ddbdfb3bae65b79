using Goroutines.Race.Tests.Corpus;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>Those of Go's programs that collect garbage.</summary>
[Collection("Collections of garbage")]
public sealed class GoCorpusGarbageTests
{
    public static TheoryData<string> NoRaces => [.. GoCorpus.All.Where(static go => go.CollectsGarbage).Select(static go => go.Name)];

    [Theory]
    [MemberData(nameof(NoRaces))]
    public void Explore_ProgramThatCollectsGarbage_IsSilentInEverySchedule(string name) => GoCorpusTests.Explore(GoCorpus.Find(name));

    [Theory]
    [MemberData(nameof(NoRaces))]
    public void Run_ProgramThatCollectsGarbageOnManyWorkers_IsSilent(string name) => GoCorpusTests.Run(GoCorpus.Find(name));
}
