using System.Globalization;

namespace Goroutines.Comparison;

/// <summary>The command line of <c>bench/compare</c>, and what the script adds to it.</summary>
internal sealed record Options
{
    public const string Usage =
        """
        usage: bench/compare [--rounds R] [--smoke] [--warm] [--out DIR] [--scaling | WORKLOAD ...]
          --rounds R   how often each workload runs on each side; medians are taken (default 3)
          --smoke      few operations, one round, no warm-up: does everything run; the figures mean nothing
          --warm       the warm column only, in less than half of the time
          --scaling    how costs grow with goroutines, channels, timers, connections and GOMAXPROCS, instead of the table:
                       writes scaling.json and a picture of each curve
          --out DIR    where latest.md, latest.json and latest.svg go (default: docs/benchmarks for a full run;
                       with --smoke or some workloads only, nothing is written unless DIR is given)
        """;

    public IReadOnlyList<string> Workloads { get; private init; } = Catalogue.Workloads;

    public int Rounds { get; private init; } = 3;

    public bool Smoke { get; private init; }

    /// <summary>Without the columns for default settings, cold starts and native AOT.</summary>
    public bool Warm { get; private init; }

    public bool Scaling { get; private init; }

    /// <summary>Null: write no files.</summary>
    public string? Output { get; private init; }

    public required IReadOnlyList<Peer> Peers { get; init; }

    /// <summary>Null when the command line is wrong.</summary>
    public static Options? Parse(string[] args)
    {
        var rounds = 3;
        var smoke = false;
        var scaling = false;
        var warm = false;
        string? output = null, fullOutput = null;
        List<string> workloads = [];
        List<Peer> peers = [];
        var remaining = new Queue<string>(args);
        while (remaining.TryDequeue(out var arg))
        {
            switch (arg)
            {
                case "--smoke":
                    smoke = true;
                    break;
                case "--warm":
                    warm = true;
                    break;
                case "--scaling":
                    scaling = true;
                    break;
                case "--rounds" when remaining.TryDequeue(out var value) && int.TryParse(value, CultureInfo.InvariantCulture, out rounds) && rounds > 0:
                    break;
                case "--out" when remaining.TryDequeue(out output):
                case "--full-out" when remaining.TryDequeue(out fullOutput):
                    break;
                case "--peer" when remaining.TryDequeue(out var name) && remaining.TryDequeue(out var program):
                    peers.Add(name == Peer.OursAot ? new Peer(name, program, cold: true, defaults: true) : new Peer(name, program));
                    break;
                default:
                    if (!Catalogue.Workloads.Contains(arg))
                    {
                        return null;
                    }
                    workloads.Add(arg);
                    break;
            }
        }
        if (!warm && !smoke && !scaling)
        {
            peers.AddRange([.. peers.SelectMany(Columns)]);
        }
        else if (!smoke)
        {
            peers.RemoveAll(static peer => peer.IsColumn);
        }

        return new Options
        {
            Workloads = workloads.Count > 0 ? workloads : Catalogue.Workloads,
            Rounds = smoke ? 1 : rounds,
            Smoke = smoke,
            Scaling = scaling,
            Warm = warm,
            Output = output ?? (smoke || workloads.Count > 0 ? null : fullOutput),
            Peers = peers,
        };
    }

    /// <summary>The other ways in which a side is measured.</summary>
    private static IEnumerable<Peer> Columns(Peer side) => side.Name switch
    {
        Peer.Ours => [new Peer(Peer.OursDefault, side.Program, defaults: true), new Peer(Peer.OursCold, side.Program, cold: true, defaults: true)],
        Peer.Go => [new Peer(Peer.GoCold, side.Program, cold: true)],
        _ => [],
    };
}
