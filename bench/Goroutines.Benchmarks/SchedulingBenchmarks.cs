using BenchmarkDotNet.Attributes;

namespace Goroutines.Benchmarks;

/// <summary>Giving way, and starting a goroutine and waiting for its end.</summary>
[MemoryDiagnoser]
public class SchedulingBenchmarks
{
    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public void Yield() => Go.Main(async () =>
    {
        for (var i = 0; i < Batch.Operations; i++)
        {
            await Go.Yield();
        }
    });

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public async Task Yield_Tasks()
    {
        for (var i = 0; i < Batch.Operations; i++)
        {
            await Task.Yield();
        }
    }

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public void SleepZero() => Go.Main(async () =>
    {
        for (var i = 0; i < Batch.Operations; i++)
        {
            await Go.SleepAsync(TimeSpan.Zero);
        }
    });

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public void RunAndJoin() => Go.Main(async () =>
    {
        for (var i = 0; i < Batch.Operations; i++)
        {
            await Go.Run(static () => ValueTask.CompletedTask);
        }
    });

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public async Task RunAndJoin_Tasks()
    {
        for (var i = 0; i < Batch.Operations; i++)
        {
            await Task.Run(static () => { });
        }
    }

    /// <summary>Spawned all at once and awaited together: what a goroutine costs when nobody waits for it alone.</summary>
    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public void Spawn() => Go.Main(async () =>
    {
        var last = new Chan<bool>();
        var running = new Countdown(Batch.Operations, last);
        for (var i = 0; i < Batch.Operations; i++)
        {
            Go.Spawn(static running => running.DoneAsync(), running);
        }
        await last.ReceiveAsync();
    });

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public async Task Spawn_Tasks()
    {
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Batch.Operations;
        for (var i = 0; i < Batch.Operations; i++)
        {
            _ = Task.Run(() =>
            {
                if (Interlocked.Decrement(ref running) == 0)
                {
                    last.SetResult();
                }
            });
        }
        await last.Task;
    }

    private sealed class Countdown(int count, Chan<bool> last)
    {
        private int _count = count;

        public ValueTask DoneAsync() =>
            Interlocked.Decrement(ref _count) == 0 ? last.SendAsync(true) : ValueTask.CompletedTask;
    }
}
