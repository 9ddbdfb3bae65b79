using Goroutines.Testing;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>Finds the race of a body that has one.</summary>
internal static class RaceFinder
{
    /// <summary>Runs the body until its race is found. A collection between the two accesses hides a race: several runs must not all have one there.</summary>
    internal static string Find(Action run, string place)
    {
        Exception? found = null;
        for (int i = 0; i < 10 && found is null; i++)
        {
            found = Record.Exception(run);
        }

        DataRaceException race = Assert.IsType<DataRaceException>(found);
        Assert.Contains(place, race.Message, StringComparison.Ordinal);
        return race.Reports[0];
    }
}
