using System.Globalization;

namespace Goroutines.WebComparison;

/// <summary>What is to be measured.</summary>
internal sealed class Options
{
    internal static readonly string[] AllRows = ["http", "http5", "http10k", "https", "h2", "idle100k"];

    private readonly List<string> _rows = [];

    /// <summary>The servers: name and program, in the order of the table.</summary>
    internal List<(string Name, string Program)> Servers { get; } = [];

    internal IReadOnlyList<string> Rows => _rows.Count == 0 ? AllRows : _rows;

    internal int Rounds { get; private set; } = 5;

    internal int Seconds { get; private set; } = 5;

    internal int Connections { get; private set; } = 100_000;

    internal string? Out { get; private set; }

    /// <exception cref="ArgumentException">An argument is none.</exception>
    internal static Options Parse(string[] args)
    {
        Options options = new();
        Queue<string> rest = new(args);
        while (rest.TryDequeue(out string? arg))
        {
            switch (arg)
            {
                case "--server":
                    options.Servers.Add((Next(), Next()));
                    break;
                case "--rounds":
                    options.Rounds = Number();
                    break;
                case "--seconds":
                    options.Seconds = Number();
                    break;
                case "--connections":
                    options.Connections = Number();
                    break;
                case "--out":
                    options.Out = Next();
                    break;
                case "--smoke":
                    options.Rounds = 1;
                    options.Seconds = 1;
                    options.Connections = 1000;
                    break;
                case var row when AllRows.Contains(row):
                    options._rows.Add(row);
                    break;
                default:
                    throw new ArgumentException($"{arg} is no option and no row. Rows: {string.Join(' ', AllRows)}");
            }
        }

        return options;

        string Next() => rest.TryDequeue(out string? value) ? value : throw new ArgumentException("An option lacks its value.");
        int Number() => int.Parse(Next(), CultureInfo.InvariantCulture);
    }
}
