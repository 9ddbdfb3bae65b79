using Goroutines.ModelTests.Model;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>Small programs over four words of memory, whose loads are their results.</summary>
internal static class Litmus
{
    /// <returns>The results of all executions, sorted, each as its digits in a row.</returns>
    internal static string Outcomes(ExplorerOptions options, int count, Func<int[], int[], ModelProgram> make)
    {
        SortedSet<string> outcomes = new(StringComparer.Ordinal);
        Exploration result = Explorer.Explore(
            () =>
            {
                int[] results = new int[count];
                ModelProgram program = make(new int[4], results);
                Action check = program.Check;
                program.Check = () =>
                {
                    check();
                    outcomes.Add(string.Concat(results));
                };
                return program;
            },
            options);
        Assert.True(result is { Failure: null, IsComplete: true }, result.ToString());
        return string.Join(' ', outcomes);
    }
}
