using System.Globalization;
using System.Text.RegularExpressions;

namespace Goroutines.GoComparison;

/// <summary>The command line of <c>bench/go-benchmarks</c>, and what the script adds to it.</summary>
internal sealed record Options
{
    public const string Usage =
        """
        usage: bench/go-benchmarks [--only REGEX] [--rounds R] [--benchtime T] [--smoke] [--out DIR]
               bench/go-benchmarks --render docs/benchmarks/go.json
          --only REGEX   the benchmarks whose package and name match, as in 'sync\.Mutex'; nothing is written unless --out is given
          --rounds R     how often each one runs on either side; medians are taken (default 3)
          --benchtime T  how long a run lasts that counts, as in go test (default 100ms)
          --smoke        one short round of a benchmark of each package, without warm-up: does everything run; the figures mean nothing
          --render FILE  measures nothing and writes the page anew, with the reasons as they are now
          --out DIR      where go.md and go.json go (default: docs/benchmarks for a full run)
        """;

    public Regex? Only { get; private init; }

    public int Rounds { get; private init; } = 3;

    public string BenchTime { get; private init; } = "100ms";

    public bool Smoke { get; private init; }

    /// <summary>Null: write no files.</summary>
    public string? Output { get; private init; }

    public required OurSide Ours { get; init; }

    /// <summary>Empty where there is no Go.</summary>
    public required IReadOnlyList<GoPackage> Packages { get; init; }

    /// <summary>Null when the command line is wrong.</summary>
    public static Options? Parse(string[] args)
    {
        int? rounds = null;
        var smoke = false;
        string? only = null, output = null, fullOutput = null, ours = null, benchTime = null;
        List<GoPackage> packages = [];
        var remaining = new Queue<string>(args);
        while (remaining.TryDequeue(out var arg))
        {
            switch (arg)
            {
                case "--smoke":
                    smoke = true;
                    break;
                case "--rounds" when remaining.TryDequeue(out var value) && int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number > 0:
                    rounds = number;
                    break;
                case "--only" when remaining.TryDequeue(out only):
                case "--benchtime" when remaining.TryDequeue(out benchTime):
                case "--out" when remaining.TryDequeue(out output):
                case "--full-out" when remaining.TryDequeue(out fullOutput):
                case "--ours" when remaining.TryDequeue(out ours):
                    break;
                case "--go" when remaining.TryDequeue(out var name) && remaining.TryDequeue(out var program) && remaining.TryDequeue(out var folder):
                    packages.Add(new GoPackage(name, program, folder));
                    break;
                default:
                    return null;
            }
        }

        return ours is null ? null : new Options
        {
            Only = only is null ? null : new Regex(only, RegexOptions.CultureInvariant),
            Rounds = rounds ?? (smoke ? 1 : 3),
            BenchTime = benchTime ?? (smoke ? "5ms" : "100ms"),
            Smoke = smoke,
            Output = output ?? (smoke || only is not null || packages.Count == 0 ? null : fullOutput),
            Ours = new OurSide(ours),
            Packages = packages,
        };
    }
}
