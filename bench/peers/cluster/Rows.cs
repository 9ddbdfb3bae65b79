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

    /// <summary>Prepares a row, and warms it up.</summary>
    /// <returns>What measures one turn, and returns its figures by name; null if the side does not have the row.</returns>
    internal Task<Func<Task<Dictionary<string, double>>>?> PrepareAsync(string row) => row switch
    {
        "send" => SendAsync(),
        "send64" => SendManyAsync(),
        "receive" => ReceiveAsync(1),
        "receive64" => ReceiveAsync(64),
        "call" => CallAsync(),
        "lock" => LockAsync(),
        _ => throw new ArgumentException($"no row {row}", nameof(row)),
    };

    private async Task<Func<Task<Dictionary<string, double>>>?> SendAsync()
    {
        Queue opened = await OpenAsync();
        return await LatenciesAsync(() => opened.SendAsync(_value), smoke ? 50 : 1_000);
    }

    private async Task<Func<Task<Dictionary<string, double>>>?> CallAsync()
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
            smoke ? 50 : 1_000);
    }

    private async Task<Func<Task<Dictionary<string, double>>>?> LockAsync()
    {
        Func<ValueTask>? takes = await side.OpenLockAsync(url, queue).AsTask().Within(s_limit, () => "a lock");
        return takes is null ? null : await LatenciesAsync(takes, smoke ? 20 : 300);
    }

    private async Task<Func<Task<Dictionary<string, double>>>?> SendManyAsync()
    {
        Queue opened = await OpenAsync();
        return await WholesAsync(smoke ? 200 : 5_000, static _ => Task.CompletedTask, count => SendAllAsync(opened, count));
    }

    private async Task<Func<Task<Dictionary<string, double>>>?> ReceiveAsync(int concurrency)
    {
        Queue opened = await OpenAsync();
        return await WholesAsync(
            smoke ? 200 : concurrency == 1 ? 1_000 : 5_000, count => SendAllAsync(opened, count), count => WorkAllAsync(opened, concurrency, count));
    }

    private async Task<Queue> OpenAsync() => await side.OpenAsync(url, queue).AsTask().Within(s_limit, () => "an open queue");

    /// <summary>A turn is so many operations, one after the other.</summary>
    private async Task<Func<Task<Dictionary<string, double>>>> LatenciesAsync(Func<ValueTask> operation, int count)
    {
        await WarmUpAsync(async small =>
        {
            for (int i = 0; i < small; i++)
            {
                await operation().AsTask().Within(s_limit, () => "one operation");
            }
        });
        double[] microseconds = new double[count];
        return async () =>
        {
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
        };
    }

    /// <summary>A turn is so many operations, several at a time.</summary>
    private async Task<Func<Task<Dictionary<string, double>>>> WholesAsync(int count, Func<int, Task> before, Func<int, Task> measured)
    {
        await WarmUpAsync(async small =>
        {
            await before(small);
            await measured(small);
        });
        return async () =>
        {
            await before(count);
            Usage usage = Usage.Begin();
            long begun = Stopwatch.GetTimestamp();
            await measured(count);
            double microseconds = Stopwatch.GetElapsedTime(begun).TotalMicroseconds / count;
            Dictionary<string, double> figures = usage.End(count);
            figures["us"] = microseconds;
            return figures;
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
