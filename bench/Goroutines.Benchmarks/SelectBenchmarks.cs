using BenchmarkDotNet.Attributes;

namespace Goroutines.Benchmarks;

/// <summary>One select over two receive cases. The framework has nothing to set beside it.</summary>
[MemoryDiagnoser]
public class SelectBenchmarks
{
    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public bool TryWait_NothingReady() => Go.Main(() =>
    {
        var select = new Select();
        select.Receive(new Chan<int>());
        select.Receive(new Chan<int>());
        var any = false;
        for (var i = 0; i < Batch.Operations; i++)
        {
            any |= select.TryWait(out _);
        }
        return ValueTask.FromResult(any);
    });

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public int Wait_OneReady() => Go.Main(async () =>
    {
        var ready = new Chan<int>(1);
        var select = new Select();
        var received = select.Receive(ready);
        select.Receive(new Chan<int>());
        var sum = 0;
        for (var i = 0; i < Batch.Operations; i++)
        {
            ready.TrySend(i);
            await select.WaitAsync();
            sum += received.Value;
        }
        return sum;
    });

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public int Wait_TwoSenders() => Go.Main(async () =>
    {
        var a = new Chan<int>();
        var b = new Chan<int>();
        foreach (var ch in (Chan<int>[])[a, b])
        {
            Go.Spawn(async () =>
            {
                for (var i = 0; i < Batch.Operations / 2; i++)
                {
                    await ch.SendAsync(i);
                }
            });
        }
        var select = new Select();
        var fromA = select.Receive(a);
        var fromB = select.Receive(b);
        var sum = 0;
        for (var i = 0; i < Batch.Operations; i++)
        {
            sum += await select.WaitAsync() == 0 ? fromA.Value : fromB.Value;
        }
        return sum;
    });
}
