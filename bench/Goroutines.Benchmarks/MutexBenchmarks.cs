using BenchmarkDotNet.Attributes;

namespace Goroutines.Benchmarks;

/// <summary>A lock around an increment, free or wanted by eight, beside <see cref="SemaphoreSlim"/>.</summary>
[MemoryDiagnoser]
public class MutexBenchmarks
{
    private const int Users = 8;

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public int Uncontended() => Go.Main(async () =>
    {
        var mutex = new GoMutex();
        var count = 0;
        for (var i = 0; i < Batch.Operations; i++)
        {
            using (await mutex.LockAsync())
            {
                count++;
            }
        }
        return count;
    });

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public async Task<int> Uncontended_SemaphoreSlim()
    {
        using var semaphore = new SemaphoreSlim(1, 1);
        var count = 0;
        for (var i = 0; i < Batch.Operations; i++)
        {
            await semaphore.WaitAsync();
            count++;
            semaphore.Release();
        }
        return count;
    }

    /// <summary>Every holder gives way while it holds the lock, so that all the others queue.</summary>
    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public int HeldAcrossYield() => Go.Main(async () =>
    {
        var mutex = new GoMutex();
        var group = new WaitGroup();
        var count = 0;
        for (var user = 0; user < Users; user++)
        {
            group.Spawn(async () =>
            {
                for (var i = 0; i < Batch.Operations / Users; i++)
                {
                    using (await mutex.LockAsync())
                    {
                        count++;
                        await Go.Yield();
                    }
                }
            });
        }
        await group.WaitAsync();
        return count;
    });

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public async Task<int> HeldAcrossYield_SemaphoreSlim()
    {
        using var semaphore = new SemaphoreSlim(1, 1);
        var count = 0;
        await Task.WhenAll(Enumerable.Range(0, Users).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Batch.Operations / Users; i++)
            {
                await semaphore.WaitAsync();
                count++;
                await Task.Yield();
                semaphore.Release();
            }
        })));
        return count;
    }

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public int ReadLock() => Go.Main(async () =>
    {
        var mutex = new GoRWMutex();
        var count = 0;
        for (var i = 0; i < Batch.Operations; i++)
        {
            using (await mutex.ReadLockAsync())
            {
                count++;
            }
        }
        return count;
    });

    [Benchmark(OperationsPerInvoke = Batch.Operations)]
    public int WriteLock() => Go.Main(async () =>
    {
        var mutex = new GoRWMutex();
        var count = 0;
        for (var i = 0; i < Batch.Operations; i++)
        {
            using (await mutex.LockAsync())
            {
                count++;
            }
        }
        return count;
    });
}
