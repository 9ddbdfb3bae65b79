using System.Globalization;

namespace Goroutines.ClusterComparison;

/// <summary>The command line of <c>bench/cluster</c>, and what the script adds to it.</summary>
internal sealed record Options
{
    public static readonly string Usage =
        $"""
        usage: bench/cluster [--rounds R] [--turns T] [--smoke] [--only NAME,...] [--out DIR] [--add] [--render FILE]
          --rounds R   how often each row is run with new processes (default 3)
          --turns T    how many turns each side has in a round of a row that one process runs (default 7)
          --smoke      few values, one round, without Go, Redis and RabbitMQ: does everything run; the figures mean nothing
          --only NAMES rows and sides, with commas between; without a row among them, all rows; without a side, all sides
          --out DIR    where cluster.md and cluster.json go (default: docs/benchmarks for a full run;
                       with --smoke or --only, nothing is written unless DIR is given)
          --add        adds what is measured to the cluster.json in that folder; a row that has other sides there is replaced, so that
                       the sides of each row have always taken turns
          --render FILE  measures nothing: writes the page anew from a cluster.json, for texts that have changed
        rows: {string.Join(' ', Line.Rows)}
        sides: {string.Join(' ', Side.All.Select(static side => side.Name))}
        """;

    public required IReadOnlyList<string> Rows { get; init; }

    public required IReadOnlyList<Peer> Peers { get; init; }

    /// <summary>The programs of the servers, by engine.</summary>
    public required IReadOnlyDictionary<string, string> Servers { get; init; }

    public int Rounds { get; init; }

    public int Turns { get; init; }

    public bool Smoke { get; init; }

    public bool Adds { get; init; }

    /// <summary>Null: write no files.</summary>
    public string? Output { get; private init; }

    /// <summary>The file that is rendered instead of measuring.</summary>
    public string? Rendered { get; private init; }

    /// <summary>Null when the command line is wrong.</summary>
    public static Options? Parse(string[] args)
    {
        int rounds = 3, turns = 7;
        bool smoke = false, adds = false;
        string? output = null, fullOutput = null, rendered = null;
        List<string> only = [];
        List<Peer> peers = [];
        Dictionary<string, string> servers = [];
        Queue<string> remaining = new(args);
        while (remaining.TryDequeue(out string? arg))
        {
            switch (arg)
            {
                case "--smoke":
                    smoke = true;
                    break;
                case "--add":
                    adds = true;
                    break;
                case "--rounds" when remaining.TryDequeue(out string? value) && int.TryParse(value, CultureInfo.InvariantCulture, out rounds) && rounds > 0:
                    break;
                case "--turns" when remaining.TryDequeue(out string? value) && int.TryParse(value, CultureInfo.InvariantCulture, out turns) && turns > 0:
                    break;
                case "--only" when remaining.TryDequeue(out string? names):
                    only.AddRange(names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                    break;
                case "--out" when remaining.TryDequeue(out output):
                case "--full-out" when remaining.TryDequeue(out fullOutput):
                case "--render" when remaining.TryDequeue(out rendered):
                    break;
                case "--server" when remaining.TryDequeue(out string? engine) && remaining.TryDequeue(out string? program):
                    servers[engine] = program;
                    break;
                case "--dotnet" when remaining.TryDequeue(out string? program):
                    peers.AddRange(Side.All.Where(static side => side.IsDotNet).Select(side => new Peer(side, program)));
                    break;
                case "--peer" when remaining.TryDequeue(out string? name) && remaining.TryDequeue(out string? program) && Side.All.FirstOrDefault(side => side.Name == name) is { } side:
                    peers.Add(new Peer(side, program));
                    break;
                default:
                    return null;
            }
        }

        string[] rows = [.. Line.Rows.Where(only.Contains)];
        string[] sides = [.. Side.All.Select(static side => side.Name).Where(only.Contains)];
        if (rows.Length + sides.Length != only.Distinct().Count())
        {
            return null;
        }

        return new Options
        {
            Rows = rows.Length > 0 ? rows : Line.Rows,
            Peers =
            [
                .. peers
                    .Where(peer => (sides.Length == 0 || sides.Contains(peer.Side.Name)) && servers.ContainsKey(peer.Side.Engine))
                    .OrderBy(static peer => Side.All.ToList().IndexOf(peer.Side)),
            ],
            Servers = servers,
            Rounds = smoke ? 1 : rounds,
            Turns = smoke ? 1 : turns,
            Smoke = smoke,
            Adds = adds,
            Output = output ?? (smoke || only.Count > 0 ? null : fullOutput),
            Rendered = rendered,
        };
    }
}
