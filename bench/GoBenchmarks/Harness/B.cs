using System.Diagnostics;
using System.Reflection;

namespace Goroutines.GoBenchmarks;

/// <summary>What a benchmark is given: Go's <c>testing.B</c>, with the same meaning of each member.</summary>
/// <remarks>
/// A benchmark runs with a growing <see cref="N"/> until it lasts for the time asked for; the last run counts. Before the first run that
/// may count, <see cref="Runner"/> runs it until the JIT has come to its last tier.
/// </remarks>
internal sealed class B(Runner runner, string name, Func<B, ValueTask> body, MethodInfo method)
{
    private readonly Dictionary<string, double> _metrics = [];
    private bool _timerOn;
    private long _start;
    private long _startBytes;
    private long _bytes;
    private int _parallelism;
    private long _previousN;
    private TimeSpan _previousDuration;
    private long _loopTarget;
    private long _loopDone;
    private BenchTime _time;

    /// <summary>The number of operations of this run.</summary>
    public int N { get; private set; }

    public string Name => name;

    /// <summary>The method that tells bodies apart whose code is the same.</summary>
    public MethodInfo Method => method;

    public TimeSpan Duration { get; private set; }

    public bool HasSub { get; private set; }

    public bool IsSkipped { get; private set; }

    /// <summary>Whether the body uses <see cref="Loop"/>, which finds the number of operations itself.</summary>
    public bool UsesLoop { get; private set; }

    public IReadOnlyDictionary<string, double> Metrics => _metrics;

    public double NanosecondsPerOperation => N == 0 ? 0 : Duration.TotalNanoseconds / N;

    public double BytesPerOperation => N == 0 ? 0 : (double)_bytes / N;

    public void StartTimer()
    {
        if (!_timerOn)
        {
            _startBytes = GC.GetTotalAllocatedBytes();
            _start = Stopwatch.GetTimestamp();
            _timerOn = true;
        }
    }

    public void StopTimer()
    {
        if (_timerOn)
        {
            Duration += Stopwatch.GetElapsedTime(_start);
            _bytes += GC.GetTotalAllocatedBytes() - _startBytes;
            _timerOn = false;
        }
    }

    public void ResetTimer()
    {
        _metrics.Clear();
        if (_timerOn)
        {
            _startBytes = GC.GetTotalAllocatedBytes();
            _start = Stopwatch.GetTimestamp();
        }
        Duration = TimeSpan.Zero;
        _bytes = 0;
    }

    /// <summary>Adds a figure to the result. 0 for "ns/op" leaves that one out.</summary>
    public void ReportMetric(double value, string unit) => _metrics[unit] = value;

    /// <summary>Says how many goroutines for each P a parallel benchmark starts.</summary>
    public void SetParallelism(int parallelism) => _parallelism = parallelism;

    /// <summary>Leaves the benchmark out, as Go does under the same condition.</summary>
    public void Skip() => IsSkipped = true;

    /// <summary>Runs a body in GOMAXPROCS goroutines at once, which share the operations.</summary>
    public async ValueTask RunParallelAsync(Func<PB, ValueTask> parallelBody)
    {
        // As many operations at a time as take 100 µs, but at most 10,000.
        long grain = 1;
        if (_previousN > 0 && _previousDuration > TimeSpan.Zero)
        {
            grain = Math.Clamp((long)(100_000 * _previousN / _previousDuration.TotalNanoseconds), 1, 10_000);
        }

        var counter = new SharedCounter();
        var wg = new WaitGroup();
        var goroutines = _parallelism * Go.MaxProcs;
        wg.Add(goroutines);
        for (var i = 0; i < goroutines; i++)
        {
            Go.Spawn(async () =>
            {
                await parallelBody(new PB(counter, grain, N));
                wg.Done();
            });
        }
        await wg.WaitAsync();
        if (counter.Taken <= N)
        {
            throw new InvalidOperationException($"{name}: a parallel body returned before Next did");
        }
    }

    /// <summary>The same for a body that waits for nothing.</summary>
    public ValueTask RunParallelAsync(Action<PB> parallelBody) => RunParallelAsync(pb =>
    {
        parallelBody(pb);
        return ValueTask.CompletedTask;
    });

    /// <summary>Runs a part of the benchmark as one of its own.</summary>
    public ValueTask RunAsync(string part, Func<B, ValueTask> partBody)
    {
        HasSub = true;
        return runner.MeasureAsync(new B(runner, $"{name}/{part}", partBody, partBody.Method));
    }

    /// <summary>The same for a body that waits for nothing.</summary>
    public ValueTask RunAsync(string part, Action<B> partBody)
    {
        HasSub = true;
        return runner.MeasureAsync(new B(runner, $"{name}/{part}", AsAsync, partBody.Method));

        ValueTask AsAsync(B b)
        {
            partBody(b);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Returns true for as long as the benchmark shall go on.</summary>
    public bool Loop()
    {
        if (_loopDone < _loopTarget)
        {
            _loopDone++;
            return true;
        }
        return LoopOn();
    }

    /// <summary>Runs the body once with a number of operations.</summary>
    /// <param name="n">The number of operations; one that uses <see cref="Loop"/> ignores it.</param>
    /// <param name="time">How long a body that uses <see cref="Loop"/> goes on.</param>
    /// <param name="collect">Whether the garbage of earlier runs is collected first.</param>
    public async ValueTask RunOnceAsync(int n, BenchTime time, bool collect)
    {
        if (collect)
        {
            GC.Collect();
        }
        N = n;
        _time = time;
        _loopTarget = 0;
        _loopDone = 0;
        _parallelism = 1;
        ResetTimer();
        StartTimer();
        await body(this);
        StopTimer();
        _previousN = N;
        _previousDuration = Duration;
    }

    /// <summary>Predicts how many operations last for a time.</summary>
    public static int Predict(TimeSpan goal, long n, TimeSpan duration, long last)
    {
        var predicted = goal.Ticks * n / Math.Max(duration.Ticks, 1);
        predicted += predicted / 5;
        predicted = Math.Min(predicted, 100 * last);
        predicted = Math.Max(predicted, last + 1);
        return (int)Math.Min(predicted, 1_000_000_000);
    }

    private bool LoopOn()
    {
        if (_loopTarget == 0)
        {
            UsesLoop = true;
            _loopTarget = Math.Max(_time.Operations, 1);
            ResetTimer();
            _loopDone = 1;
            return true;
        }
        var elapsed = Duration + (_timerOn ? Stopwatch.GetElapsedTime(_start) : TimeSpan.Zero);
        if (_time.Operations == 0 && elapsed < _time.Duration)
        {
            _loopTarget = Predict(_time.Duration, _loopTarget, elapsed, _loopTarget);
            _loopDone++;
            return true;
        }
        StopTimer();
        N = (int)_loopTarget;
        return false;
    }
}
