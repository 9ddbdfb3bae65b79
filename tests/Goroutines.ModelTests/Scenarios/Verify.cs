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
    internal static void HoldsWithin(int preemptions, Func<ModelProgram> program, ExplorerOptions? options = null)
    {
        Exploration result = Explorer.Explore(program, (options ?? new ExplorerOptions()) with { MostPreemptions = preemptions });
        TestContext.Current.TestOutputHelper?.WriteLine($"at most {preemptions} preemptions: {result}");
        Assert.True(result.Failure is null, result.ToString());
    }

    /// <summary>No schedule fails in which loads and stores are reordered as Arm may, so many loads find old values, and threads that could go on are left so often.</summary>
    internal static void HoldsReordered(Func<ModelProgram> program, int preemptions = 2, int oldLoads = 2, ExplorerOptions? options = null)
    {
        Exploration result = Explorer.Explore(program, Reordered(options, preemptions, oldLoads));
        TestContext.Current.TestOutputHelper?.WriteLine($"loads reordered, at most {preemptions} preemptions and {oldLoads} old loads: {result}");
        Assert.True(result.Failure is null, result.ToString());
    }

    /// <summary>As <see cref="HoldsReordered"/> looks at it, a program fails with these bugs planted.</summary>
    internal static void FindsReordered(Func<ModelProgram> program, Plant[] plants, int preemptions = 2, int oldLoads = 2, ExplorerOptions? options = null)
        => Finds(program, plants, Reordered(options, preemptions, oldLoads), ", loads reordered");

    private static ExplorerOptions Reordered(ExplorerOptions? options, int preemptions, int oldLoads)
        => (options ?? new ExplorerOptions()) with { ReorderLoads = true, MostPreemptions = preemptions, MostOldLoads = oldLoads };

    /// <summary>With this bug planted some schedule fails.</summary>
    internal static void Finds(Func<ModelProgram> program, Plant plant, ExplorerOptions? options = null) => Finds(program, [plant], options);

    /// <summary>With these bugs planted some schedule fails.</summary>
    internal static void Finds(Func<ModelProgram> program, Plant[] plants, ExplorerOptions? options = null) => Finds(program, plants, options ?? new ExplorerOptions(), "");

    private static void Finds(Func<ModelProgram> program, Plant[] plants, ExplorerOptions options, string how)
    {
        Exploration result = Explorer.Explore(program, options with { Plants = plants });
        string planted = string.Join(", ", plants.Select(static plant => $"{plant.Kind} \"{plant.Site}\""));
        TestContext.Current.TestOutputHelper?.WriteLine($"{planted}{how}: {result}");
        Assert.True(result.Failure is not null, $"{planted} was not found{how}: {result}");
    }
}
