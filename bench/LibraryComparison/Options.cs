using System.Globalization;

namespace Goroutines.LibraryComparison;

/// <summary>The command line of <c>bench/libraries</c>, and what the script adds to it.</summary>
internal sealed record Options
{
    public static readonly string Usage =
        $"""
        usage: bench/libraries [--rounds R] [--smoke] [--only NAME,...] [--out DIR] [--render FILE]
          --rounds R   how often each row runs on each side; medians are taken (default 3)
          --smoke      few operations, one round, no warm-up, .NET only: does everything run; the figures mean nothing
          --only NAMES rows and sides, with commas between; without a row among them, all rows; without a side, all sides
          --render FILE  measures nothing: writes the page anew from a libraries.json, for texts that have changed
          --out DIR    where libraries.md and libraries.json go (default: docs/benchmarks for a full run;
                       with --smoke or --only, nothing is written unless DIR is given)
        rows: {string.Join(' ', Line.Rows)}
        sides: {string.Join(' ', Side.All.Select(side => side.Name))}
        """;

    public required IReadOnlyList<string> Rows { get; init; }

    public required IReadOnlyList<Peer> Peers { get; init; }

    public int Rounds { get; init; }

    public bool Smoke { get; init; }

    /// <summary>Null: write no files.</summary>
    public string? Output { get; private init; }

    /// <summary>The file that is rendered instead of measuring.</summary>
    public string? Rendered { get; private init; }

    /// <summary>Null when the command line is wrong.</summary>
    public static Options? Parse(string[] args)
    {
        var rounds = 3;
        var smoke = false;
        string? output = null, fullOutput = null, rendered = null;
        List<string> only = [];
        List<Peer> peers = [];
        var remaining = new Queue<string>(args);
        while (remaining.TryDequeue(out var arg))
        {
            switch (arg)
            {
                case "--smoke":
                    smoke = true;
                    break;
                case "--rounds" when remaining.TryDequeue(out var value) && int.TryParse(value, CultureInfo.InvariantCulture, out rounds) && rounds > 0:
                    break;
                case "--only" when remaining.TryDequeue(out var names):
                    only.AddRange(names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                    break;
                case "--out" when remaining.TryDequeue(out output):
                case "--full-out" when remaining.TryDequeue(out fullOutput):
                    break;
                case "--render" when remaining.TryDequeue(out rendered):
                    break;
                case "--dotnet" when remaining.TryDequeue(out var program):
                    peers.AddRange(Side.All.Where(side => side.IsDotNet).Select(side => new Peer(side, program, side.Name)));
                    break;
                case "--peer" when remaining.TryDequeue(out var name) && remaining.TryDequeue(out var program) && Find(name) is { } side:
                    peers.Add(new Peer(side, program));
                    break;
                default:
                    return null;
            }
        }

        string[] rows = [.. Line.Rows.Where(only.Contains)];
        Side[] sides = [.. Side.All.Where(side => only.Contains(side.Name))];
        if (rows.Length + sides.Length != only.Distinct().Count())
        {
            return null;
        }
        return new Options
        {
            Rows = rows.Length > 0 ? rows : Line.Rows,
            Peers = [.. peers.Where(peer => sides.Length == 0 || sides.Contains(peer.Side))],
            Rounds = smoke ? 1 : rounds,
            Smoke = smoke,
            Output = output ?? (smoke || only.Count > 0 ? null : fullOutput),
            Rendered = rendered,
        };
    }

    private static Side? Find(string name) => Side.All.FirstOrDefault(side => side.Name == name);
}
