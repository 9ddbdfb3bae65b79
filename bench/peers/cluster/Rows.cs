using System.Diagnostics;
using System.Runtime;

namespace Goroutines.ClusterPeer;

/// <summary>The rows that one process runs alone.</summary>
internal sealed class Rows(Side side, string url, string queue, bool smoke)
{
    internal static readonly string[] Names = ["send", "send64", "receive", "receive64", "call", "lock"];

    private const int Bytes = 100;

    // A wait that takes longer has failed.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly byte[] _value = new byte[Bytes];
    private int _queues;

    /// <returns>The figures by name; null if the side does not have the row.</returns>
    internal Task<Dictionary<string, double>?> RunAsync(string row) => row switch
    {
        "send" => SendAsync(),
        "send64" => SendManyAsync(),
        "receive" => ReceiveAsync(1),
        "receive64" => ReceiveAsync(64),
        "call" => CallAsync(),
        "lock" => LockAsync(),
        _ => throw new ArgumentException($"no row {row}", nameof(row)),
    };

    private async Task<Dictionary<string, double>?> SendAsync()
    {
        await using Queue opened = await OpenAsync();
        return await LatenciesAsync(() => opened.SendAsync(_value), smoke ? 50 : 3_000);
    }

    private async Task<Dictionary<string, double>?> CallAsync()
    {
        Func<byte[], ValueTask<byte[]>>? call = await side.OpenCallAsync(url, queue).AsTask().Within(s_limit, () => "a served function");
        return call is null ? null : await LatenciesAsync(
            async () =>
            {
                if ((await call(_value)).Length != Bytes)
                {
                    throw new InvalidOperationException("a call returned something else than its argument");
                }
            },
            smoke ? 50 : 5_000);
    }

    private async Task<Dictionary<string, double>?> LockAsync()
    {
        Func<ValueTask>? takes = await side.OpenLockAsync(url, queue).AsTask().Within(s_limit, () => "a lock");
        return takes is null ? null : await LatenciesAsync(takes, smoke ? 20 : 1_500);
    }

    private async Task<Dictionary<string, double>?> SendManyAsync()
    {
        await using Queue opened = await OpenAsync();
        return await RepeatedAsync(smoke ? 200 : 20_000, count => new Round(() => SendAllAsync(opened, count)));
    }

    private async Task<Dictionary<string, double>?> ReceiveAsync(int concurrency)
    {
        await using Queue opened = await OpenAsync();
        return await RepeatedAsync(
            smoke ? 200 : concurrency == 1 ? 3_000 : 20_000,
            count => new Round(() => WorkAllAsync(opened, concurrency, count), () => SendAllAsync(opened, count)));
    }

    private async Task<Queue> OpenAsync() => await side.OpenAsync(url, $"{queue}-{_queues++}").AsTask().Within(s_limit, () => "an open queue");

    private async Task<Dictionary<string, double>> LatenciesAsync(Func<ValueTask> operation, int count)
    {
        await WarmUpAsync(async small =>
        {
            for (int i = 0; i < small; i++)
            {
                await operation().AsTask().Within(s_limit, () => "one operation");
            }
        });
        double[] microseconds = new double[count];
        Usage usage = Usage.Begin();
        for (int i = 0; i < count; i++)
        {
            long begun = Stopwatch.GetTimestamp();
            await operation(); // the comparison ends a process that stays here, and says so
            microseconds[i] = Stopwatch.GetElapsedTime(begun).TotalMicroseconds;
        }

        Dictionary<string, double> figures = usage.End(count);
        Array.Sort(microseconds);
        figures["us_p50"] = microseconds[count / 2];
        figures["us_p99"] = microseconds[count * 99 / 100];
        return figures;
    }

    private async Task<Dictionary<string, double>> RepeatedAsync(int count, Func<int, Round> roundOf)
    {
        await WarmUpAsync(async small =>
        {
            Round round = roundOf(small);
            await round.Before();
            await round.Measured();
        });
        List<double> each = [];
        List<Dictionary<string, double>> usages = [];
        for (int repetition = 0; repetition < (smoke ? 1 : 3); repetition++)
        {
            Round round = roundOf(count);
            await round.Before();
            Usage usage = Usage.Begin();
            long begun = Stopwatch.GetTimestamp();
            await round.Measured();
            each.Add(Stopwatch.GetElapsedTime(begun).TotalMicroseconds / count);
            usages.Add(usage.End(count));
        }

        return new Dictionary<string, double>
        {
            ["us"] = Median(each),
            [Usage.Processor] = Median(usages.Select(static figures => figures[Usage.Processor])),
            [Usage.Allocated] = Median(usages.Select(static figures => figures[Usage.Allocated])),
        };
    }

    /// <summary>Runs small rounds for a second, and then until the JIT has compiled nothing more.</summary>
    private async Task WarmUpAsync(Func<int, Task> body)
    {
        if (smoke)
        {
            return;
        }

        await ForAsync(TimeSpan.FromSeconds(1));
        Stopwatch patience = Stopwatch.StartNew();
        for (int quiet = 0; quiet < 3 && patience.Elapsed < TimeSpan.FromSeconds(8);)
        {
            long compiled = JitInfo.GetCompiledMethodCount();
            await Task.Delay(150); // longer than the JIT waits without new methods before it compiles anew
            await ForAsync(TimeSpan.FromMilliseconds(150));
            quiet = JitInfo.GetCompiledMethodCount() == compiled ? quiet + 1 : 0;
        }

        async Task ForAsync(TimeSpan duration)
        {
            long begun = Stopwatch.GetTimestamp();
            do
            {
                await body(50);
            }
            while (Stopwatch.GetElapsedTime(begun) < duration);
        }
    }

    private async Task SendAllAsync(Queue opened, int count)
    {
        int left = count;
        await side.AllAsync(64, async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await opened.SendAsync(_value);
            }
        }).Within(s_limit, () => $"{count} values to be stored, of which {Math.Max(left, 0)} were not begun");
    }

    /// <summary>Works until as many values are handled as were sent.</summary>
    private async Task WorkAllAsync(Queue opened, int concurrency, int count)
    {
        int handled = 0;
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenSource stop = new();
        Task works = opened.WorkAsync(
            concurrency,
            _ =>
            {
                if (Interlocked.Increment(ref handled) == count)
                {
                    all.SetResult();
                }

                return default;
            },
            stop.Token);
        await all.Task.Within(s_limit, () => $"{count} values to be handled, of which {handled} were");
        await stop.CancelAsync();
        await works.Within(s_limit, () => "the end of the workers");
    }

    private static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>What is measured, and what comes before it.</summary>
    private sealed class Round(Func<Task> measured, Func<Task>? before = null)
    {
        internal Func<Task> Measured { get; } = measured;

        internal Func<Task> Before { get; } = before ?? (static () => Task.CompletedTask);
    }

    /// <summary>What the process uses.</summary>
    private readonly struct Usage(TimeSpan processor, long allocated)
    {
        internal const string Processor = "cpu_us";
        internal const string Allocated = "alloc_bytes";

        internal static Usage Begin() => new(Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));

        internal Dictionary<string, double> End(int count) => new()
        {
            [Processor] = (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / count,
            [Allocated] = (double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / count,
        };
    }
}
