using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Goroutines.GoBenchmarks;

/// <summary>Runs benchmarks as <c>go test -bench</c> does, and prints their results in its format.</summary>
/// <remarks>
/// Go's code is compiled before it runs. For ours to be compared with it, a benchmark is warmed up first: many short runs, since the JIT
/// compiles a method anew after a number of calls and not after a long loop, with pauses in which it can do so; then runs of half of the
/// time until two in a row agree.
/// </remarks>
internal sealed class Runner(BenchTime time, bool warm, TextWriter output)
{
    // A method is compiled anew after 30 calls, first to learn from it and then for good.
    private const int ShortRuns = 40;
    private const int Tiers = 3;

    private static readonly TimeSpan s_shortRun = TimeSpan.FromMilliseconds(0.5);
    private static readonly TimeSpan s_compiling = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan s_warmUpLimit = TimeSpan.FromSeconds(1.5);

    private readonly HashSet<MethodInfo> _warmed = [];

    public ValueTask RunAsync(Benchmark benchmark) => MeasureAsync(new B(this, benchmark.Name, benchmark.Body, benchmark.Body.Method));

    public async ValueTask MeasureAsync(B b)
    {
        await b.RunOnceAsync(1, new BenchTime(s_shortRun, 0), collect: true);
        if (b.HasSub || b.IsSkipped)
        {
            return;
        }
        if (warm)
        {
            if (_warmed.Add(b.Method))
            {
                await RunShortlyAsync(b);
            }
            await RunUntilSteadyAsync(b);
        }
        await LaunchAsync(b);
        Print(b);
    }

    private static async ValueTask RunShortlyAsync(B b)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var tier = 0; tier < Tiers; tier++)
        {
            for (var runs = 0; runs < ShortRuns && Stopwatch.GetElapsedTime(begin) < s_warmUpLimit; runs++)
            {
                var n = Math.Clamp(s_shortRun.Ticks * b.N / Math.Max(b.Duration.Ticks, 1), 1, 100L * b.N);
                await b.RunOnceAsync((int)Math.Min(n, 1_000_000), new BenchTime(s_shortRun, 0), collect: false);
            }
            await Go.SleepAsync(s_compiling);
        }
    }

    private async ValueTask RunUntilSteadyAsync(B b)
    {
        var half = time.Operations > 0 ? new BenchTime(TimeSpan.Zero, Math.Max(time.Operations / 2, 1)) : new BenchTime(time.Duration / 2, 0);
        var begin = Stopwatch.GetTimestamp();
        var last = double.MaxValue;
        var steady = false;
        while (!steady && Stopwatch.GetElapsedTime(begin) < s_warmUpLimit)
        {
            var n = half.Operations > 0 ? half.Operations : B.Predict(half.Duration, b.N, b.Duration, b.N);
            if (b.N >= n)
            {
                n = (int)Math.Max(half.Duration.Ticks * (long)b.N / Math.Max(b.Duration.Ticks, 1), 1);
            }
            await b.RunOnceAsync(n, half, collect: true);
            steady = b.Duration >= half.Duration / 2 && Math.Abs(b.NanosecondsPerOperation - last) <= last / 10;
            last = b.NanosecondsPerOperation;
        }
    }

    private async ValueTask LaunchAsync(B b)
    {
        if (time.Operations > 0 || b.UsesLoop)
        {
            await b.RunOnceAsync(Math.Max(time.Operations, 1), time, collect: true);
            return;
        }
        do
        {
            await b.RunOnceAsync(B.Predict(time.Duration, b.N, b.Duration, b.N), time, collect: true);
        }
        while (b.Duration < time.Duration && b.N < 1_000_000_000);
    }

    private void Print(B b)
    {
        List<string> figures = [];
        if (!b.Metrics.TryGetValue("ns/op", out var reported) || reported != 0)
        {
            figures.Add(Figure(b.Metrics.ContainsKey("ns/op") ? reported : b.NanosecondsPerOperation, "ns/op"));
        }
        figures.AddRange(b.Metrics.Where(static metric => metric.Key != "ns/op").Select(static metric => Figure(metric.Value, metric.Key)));
        figures.Add(Figure(b.BytesPerOperation, "B/op"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Benchmark{b.Name}-{Go.MaxProcs}\t{b.N}\t{string.Join('\t', figures)}"));
        output.Flush();
    }

    private static string Figure(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value:0.###} {unit}");
}
