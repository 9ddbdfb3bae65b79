using Goroutines.ModelTests.Model;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>Explores a program and says what came of it.</summary>
internal static class Verify
{
    /// <summary>No schedule fails, and every one was looked at.</summary>
    internal static void Holds(Func<ModelProgram> program, ExplorerOptions? options = null)
    {
        Exploration result = Explorer.Explore(program, options);
        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
        Assert.True(result.Failure is null, result.ToString());
        Assert.True(result.IsComplete, result.ToString());
    }

    /// <summary>No schedule fails in which threads that could go on are left at most so often; for programs with too many schedules to look at all.</summary>
    internal static void HoldsWithin(int preemptions, Func<ModelProgram> program)
    {
        Exploration result = Explorer.Explore(program, new ExplorerOptions { MostPreemptions = preemptions });
        TestContext.Current.TestOutputHelper?.WriteLine($"at most {preemptions} preemptions: {result}");
        Assert.True(result.Failure is null, result.ToString());
    }

    /// <summary>With this bug planted some schedule fails.</summary>
    internal static void Finds(Func<ModelProgram> program, Plant plant, ExplorerOptions? options = null)
    {
        Exploration result = Explorer.Explore(program, (options ?? new ExplorerOptions()) with { Plants = [plant] });
        TestContext.Current.TestOutputHelper?.WriteLine($"{plant.Kind} \"{plant.Site}\": {result}");
        Assert.True(result.Failure is not null, $"{plant.Kind} \"{plant.Site}\" was not found: {result}");
    }
}
