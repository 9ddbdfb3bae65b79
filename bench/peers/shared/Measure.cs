using System.Diagnostics;
using System.Globalization;
using System.Runtime;

namespace Goroutines.Peers;

internal static class Measure
{
    private static readonly TimeSpan s_warmUpLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_settleLimit = TimeSpan.FromSeconds(4);

    // Longer than the 100 ms without new methods after which the JIT counts calls and compiles anew.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(150);

    public static async ValueTask<Result> RepeatedAsync(int n, int unit, int small, Mode mode, Func<int, ValueTask> body)
    {
        await WarmUpAsync(n, small, mode, body);
        if (mode.Fresh)
        {
            await body(Math.Max(n / 10 / unit * unit, unit));
        }

        var each = new List<double>();
        long allocated = 0;
        var begin = Stopwatch.GetTimestamp();
        while (each.Count < mode.MinRepetitions || Stopwatch.GetElapsedTime(begin) < mode.Measured)
        {
            var allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
            var start = Stopwatch.GetTimestamp();
            await body(n);
            each.Add(NanosecondsSince(start) / n);
            allocated += GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
        }
        return new Result
        {
            ["ns_per_op"] = mode.Fresh ? each.Average() : Quantile(each, 0.5),
            ["alloc_bytes_per_op"] = (double)allocated / ((long)n * each.Count),
            ["repetitions"] = each.Count,
        };
    }

    /// <summary>Brings all code to the JIT's last tier.</summary>
    /// <remarks>
    /// Many small rounds first, since a method is compiled anew after a number of calls, not after a long loop; then
    /// then pauses with a few rounds after each, until the JIT has compiled nothing more (what keeps every processor busy keeps
    /// the JIT's thread from them); then whole rounds until two in a row take the same time within a tenth.
    /// </remarks>
    public static async ValueTask WarmUpAsync(int n, int small, Mode mode, Func<int, ValueTask> body)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var rounds = 0; rounds < mode.MinSmallRounds || Stopwatch.GetElapsedTime(begin) < mode.SmallRounds; rounds++)
        {
            await body(small);
            if (Stopwatch.GetElapsedTime(begin) > s_warmUpLimit)
            {
                break;
            }
        }

        if (mode.MinSmallRounds > 0)
        {
            await SettleAsync(small, body);
        }

        begin = Stopwatch.GetTimestamp();
        var last = double.MaxValue;
        var steady = false;
        while (mode.FullRounds > TimeSpan.Zero && !(steady && Stopwatch.GetElapsedTime(begin) >= mode.FullRounds) &&
               Stopwatch.GetElapsedTime(begin) < s_warmUpLimit)
        {
            var start = Stopwatch.GetTimestamp();
            await body(n);
            var now = NanosecondsSince(start);
            steady = Math.Abs(now - last) <= last / 10;
            last = now;
        }
    }

    private static async ValueTask SettleAsync(int small, Func<int, ValueTask> body)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var quiet = 0; quiet < 2 && Stopwatch.GetElapsedTime(begin) < s_settleLimit;)
        {
            var compiled = JitInfo.GetCompiledMethodCount();
            await Task.Delay(s_pause);
            for (var rounds = 0; rounds < 40; rounds++)
            {
                await body(small);
            }
            quiet = JitInfo.GetCompiledMethodCount() == compiled ? quiet + 1 : 0;
        }
    }

    public static double NanosecondsSince(long start) => Stopwatch.GetElapsedTime(start).TotalNanoseconds;

    public static double Quantile(IEnumerable<double> values, double q)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Min((int)(q * sorted.Length), sorted.Length - 1)];
    }

    /// <summary>The resident memory (VmRSS) after a full collection that gives back to the system what it can.</summary>
    public static long SettledBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        const string Field = "VmRSS:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        var kib = line[Field.Length..].Replace("kB", "", StringComparison.Ordinal);
        return long.Parse(kib, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) << 10;
    }
}
