using System.Globalization;
using Xunit;

namespace Goroutines.Tests.Support;

/// <summary>Seeds of tests with random choices: printed, and taken back from the environment variable <c>GOROUTINES_SEED</c>.</summary>
internal static class Seed
{
    /// <summary>The seed for the test <paramref name="name"/>, which its output then names.</summary>
    public static int Get(string name)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("GOROUTINES_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out int given)
            ? given
            : Random.Shared.Next();
        string line = $"{name}: GOROUTINES_SEED={seed.ToString(CultureInfo.InvariantCulture)}";
        if (TestContext.Current.TestOutputHelper is { } output)
        {
            output.WriteLine(line);
        }
        else
        {
            Console.Error.WriteLine(line);
        }

        return seed;
    }
}
