using System.Diagnostics;

namespace Goroutines.Peers;

/// <summary>
/// What the parked are measured by: resident bytes each; time to spawn one; time to wake one by sending it a value.
/// </summary>
/// <remarks>
/// The first round in a process takes its memory from the system, which costs more than all else and says how much a
/// goroutine needs; the times of the later rounds, which find that memory there, are given apart.
/// </remarks>
internal static class ParkedMeasure
{
    /// <summary>One round: spawn them and wait until they wait; then wake them and wait until they have ended.</summary>
    public interface IRound
    {
        ValueTask SpawnAsync();

        ValueTask WakeAsync();
    }

    public static async ValueTask<Result> RunAsync(int n, Mode mode, Func<int, IRound> newRound)
    {
        var small = mode with { FullRounds = TimeSpan.Zero };
        await Measure.WarmUpAsync(n, 1000, small, async few =>
        {
            var round = newRound(few);
            await round.SpawnAsync();
            await round.WakeAsync();
        });

        var before = Measure.SettledBytes();
        double bytesEach = 0;
        var (spawnFirst, wakeFirst) = await RoundAsync(n, newRound(n), () => bytesEach = (double)(Measure.SettledBytes() - before) / n);

        List<double> spawns = [], wakes = [];
        var allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        while (spawns.Count < Math.Min(mode.MinRepetitions, 3))
        {
            var (spawn, wake) = await RoundAsync(n, newRound(n), null);
            spawns.Add(spawn);
            wakes.Add(wake);
        }
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
        return new Result
        {
            ["ns_per_op"] = Measure.Quantile(spawns, 0.5) + Measure.Quantile(wakes, 0.5),
            ["bytes_each"] = bytesEach,
            ["spawn_ns"] = Measure.Quantile(spawns, 0.5),
            ["wake_ns"] = Measure.Quantile(wakes, 0.5),
            ["spawn_first_ns"] = spawnFirst,
            ["wake_first_ns"] = wakeFirst,
            ["alloc_bytes_per_op"] = (double)allocated / ((long)n * spawns.Count),
            ["repetitions"] = spawns.Count,
        };
    }

    private static async ValueTask<(double SpawnNs, double WakeNs)> RoundAsync(int n, IRound round, Action? whileParked)
    {
        var start = Stopwatch.GetTimestamp();
        await round.SpawnAsync();
        var spawnNs = Measure.NanosecondsSince(start) / n;

        whileParked?.Invoke();

        start = Stopwatch.GetTimestamp();
        await round.WakeAsync();
        return (spawnNs, Measure.NanosecondsSince(start) / n);
    }
}
