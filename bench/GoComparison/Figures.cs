using System.Globalization;
using System.Text.RegularExpressions;

namespace Goroutines.GoComparison;

/// <summary>One figure of a benchmark, or of a part of it.</summary>
/// <param name="Name">The name of the benchmark with that of the part: "CancelTree/depth=10/Root=Background".</param>
/// <param name="Unit">"ns/op", "B/op" or one that the benchmark reports itself.</param>
internal sealed record Figure(string Name, string Unit, double Value);

/// <summary>The format in which <c>go test -bench</c> prints results, which our side prints, too.</summary>
internal static partial class Figures
{
    public static IEnumerable<Figure> Parse(string output)
    {
        foreach (var line in output.Split('\n'))
        {
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 4 || Title().Match(fields[0]) is not { Success: true } title || !long.TryParse(fields[1], CultureInfo.InvariantCulture, out _))
            {
                continue;
            }
            for (var i = 2; i + 1 < fields.Length; i += 2)
            {
                yield return new Figure(title.Groups["name"].Value, fields[i + 1], double.Parse(fields[i], CultureInfo.InvariantCulture));
            }
        }
    }

    // What follows the last dash is GOMAXPROCS.
    [GeneratedRegex(@"^Benchmark(?<name>.+?)(-\d+)?$")]
    private static partial Regex Title();
}
