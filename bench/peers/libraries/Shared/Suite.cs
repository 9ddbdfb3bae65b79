namespace Goroutines.Peers;

/// <summary>The rows of bench/libraries: their names, and how many operations each has on every side.</summary>
internal static class Suite
{
    /// <summary>Messages under way at a time in <c>pingpong100</c>.</summary>
    public const int InFlight = 100;

    /// <summary>Workers of <c>forkjoin</c>, as in the Savina suite.</summary>
    public const int Workers = 60;

    /// <summary>Members of <c>big</c>, as in the Savina suite.</summary>
    public const int Members = 120;

    /// <summary>Places of the buffer of <c>bounded</c>, its producers and its consumers, as in the Savina suite.</summary>
    public const int Places = 50;

    /// <inheritdoc cref="Places"/>
    public const int Producers = 40;

    /// <inheritdoc cref="Places"/>
    public const int Consumers = 40;

    /// <summary>Goroutines, tasks or actors in the ring of <c>ring</c>.</summary>
    public const int RingSize = 503;

    /// <summary>Creatures of <c>chameneos</c>.</summary>
    public const int Creatures = 4;

    /// <summary>Contenders of <c>mutex8</c>.</summary>
    public const int Contenders = 8;

    /// <summary>Children of a node of <c>skynet</c>.</summary>
    public const int Branches = 10;

    /// <summary>As in the comparison with Go; fewer small rounds, whole ones and measured ones, since there are many sides.</summary>
    public static Mode Mode { get; } = Mode.Thorough with
    {
        SmallRounds = TimeSpan.FromSeconds(0.3),
        MinSmallRounds = 60,
        FullRounds = TimeSpan.FromSeconds(0.3),
        Measured = TimeSpan.FromSeconds(0.3),
        MinRepetitions = 3,
    };

    public static KeyValuePair<string, Workload> PingPong(Func<int, ValueTask> body) => new("pingpong", Workload.Repeated(100_000, body));

    public static KeyValuePair<string, Workload> PingPong100(Func<int, ValueTask> body) => new("pingpong100", Workload.Repeated(200_000, body));

    public static KeyValuePair<string, Workload> Yield(Func<int, ValueTask> body) => new("yield", Workload.Repeated(400_000, body, unit: 4));

    public static KeyValuePair<string, Workload> Skynet(Func<int, ValueTask> body) => new("skynet", Workload.Repeated(100_000, body, small: 1000));

    public static KeyValuePair<string, Workload> Mutex1(Func<int, ValueTask> body) => new("mutex1", Workload.Repeated(1_000_000, body));

    public static KeyValuePair<string, Workload> Mutex8(Func<int, ValueTask> body) => new("mutex8", Workload.Repeated(200_000, body, unit: Contenders));

    /// <summary>One later round in each process, since the first of them takes long on some sides.</summary>
    public static KeyValuePair<string, Workload> Parked(Func<int, Mode, ValueTask<Result>> run) =>
        new("parked", new Workload(1_000_000, 1000, (n, mode) => run(n, mode with { MinRepetitions = 1 })));

    public static KeyValuePair<string, Workload> Ring(Func<int, ValueTask> body) => new("ring", Workload.Repeated(200_000, body));

    public static KeyValuePair<string, Workload> Chameneos(Func<int, ValueTask> body) => new("chameneos", Workload.Repeated(100_000, body));

    public static KeyValuePair<string, Workload> Counting(Func<int, ValueTask> body) => new("counting", Workload.Repeated(1_000_000, body));

    public static KeyValuePair<string, Workload> ForkJoin(Func<int, ValueTask> body) => new("forkjoin", Workload.Repeated(600_000, body, unit: Workers));

    public static KeyValuePair<string, Workload> Big(Func<int, ValueTask> body) => new("big", Workload.Repeated(120_000, body, unit: Members));

    public static KeyValuePair<string, Workload> Bounded(Func<int, ValueTask> body) => new("bounded", Workload.Repeated(200_000, body, unit: Producers));
}
