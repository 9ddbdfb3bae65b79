using System.Buffers;
using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What pool_test.go of Go's race detector checks of sync.Pool, with the framework's pools of arrays.</summary>
[GoFile("pool_test.go")]
internal static class PoolCases
{
    internal static async Task RacePool()
    {
        ArrayPool<byte> pool = ArrayPool<byte>.Create(16, 1);
        byte[] x = pool.Rent(10);
        x[0] = 1;
        pool.Return(x);
        await Beside(
            () =>
            {
                byte[] y = pool.Rent(10);
                y[0] = 2;
            },
            () => x[0] = 3);
    }

    internal static async Task NoRacePool()
    {
        ArrayPool<byte> pool = ArrayPool<byte>.Create(16, 1);
        byte[] x = pool.Rent(10);
        x[0] = 1;
        pool.Return(x);
        Go.Spawn(() =>
        {
            byte[] y = pool.Rent(10);
            y[0] = 2;
            pool.Return(y);
        });
        await Go.SleepAsync(Moment);
        x = pool.Rent(10);
        x[0] = 3;
    }
}
