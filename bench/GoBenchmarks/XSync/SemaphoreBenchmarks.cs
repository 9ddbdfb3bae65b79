using System.Globalization;

namespace Goroutines.GoBenchmarks;

/// <summary>Semaphores: <c>golang.org/x/sync/semaphore</c>.</summary>
internal static class SemaphoreBenchmarks
{
    private static readonly (long Cap, long Size, int N)[] s_cases =
    [
        (1, 1, 1), (2, 1, 1), (16, 1, 1), (128, 1, 1), (2, 2, 1), (16, 2, 8), (128, 2, 64), (2, 1, 2), (16, 8, 2), (128, 64, 2),
    ];

    public static IEnumerable<Benchmark> All =>
    [
        new("x/sync/semaphore", "NewSeq", NewSeqAsync),
        new("x/sync/semaphore", "AcquireSeq", AcquireSeqAsync),
    ];

    private static async ValueTask NewSeqAsync(B b)
    {
        foreach (var cap in (int[])[1, 128])
        {
            await b.RunAsync(string.Create(CultureInfo.InvariantCulture, $"Weighted-{cap}"), b =>
            {
                for (var i = 0; i < b.N; i++)
                {
                    _ = new WeightedSemaphore(cap);
                }
            });
            await b.RunAsync(string.Create(CultureInfo.InvariantCulture, $"semChan-{cap}"), b =>
            {
                for (var i = 0; i < b.N; i++)
                {
                    _ = new Chan<Unit>(cap);
                }
            });
        }
    }

    private static async ValueTask AcquireSeqAsync(B b)
    {
        foreach (var (cap, size, n) in s_cases)
        {
            var sizes = string.Create(CultureInfo.InvariantCulture, $"{cap}-{size}-{n}");
            var weighted = new WeightedSemaphore(cap);
            var semChan = new ChanSemaphore((int)cap);
            await b.RunAsync($"Weighted-acquire-{sizes}", async b =>
            {
                for (var i = 0; i < b.N; i++)
                {
                    for (var j = 0; j < n; j++)
                    {
#pragma warning disable GOR301 // given back by Release below
                        await weighted.AcquireAsync(size);
#pragma warning restore GOR301
                    }
                    for (var j = 0; j < n; j++)
                    {
                        weighted.Release(size);
                    }
                }
            });
            await b.RunAsync($"Weighted-tryAcquire-{sizes}", b =>
            {
                for (var i = 0; i < b.N; i++)
                {
                    for (var j = 0; j < n; j++)
                    {
                        Expect(weighted.TryAcquire(size));
                    }
                    for (var j = 0; j < n; j++)
                    {
                        weighted.Release(size);
                    }
                }
            });
            await b.RunAsync($"semChan-acquire-{sizes}", async b =>
            {
                for (var i = 0; i < b.N; i++)
                {
                    for (var j = 0; j < n; j++)
                    {
                        await semChan.AcquireAsync(size);
                    }
                    for (var j = 0; j < n; j++)
                    {
                        await semChan.ReleaseAsync(size);
                    }
                }
            });
            await b.RunAsync($"semChan-tryAcquire-{sizes}", async b =>
            {
                for (var i = 0; i < b.N; i++)
                {
                    for (var j = 0; j < n; j++)
                    {
                        Expect(await semChan.TryAcquireAsync(size));
                    }
                    for (var j = 0; j < n; j++)
                    {
                        await semChan.ReleaseAsync(size);
                    }
                }
            });
        }
    }

    private static void Expect(bool acquired)
    {
        if (!acquired)
        {
            throw new InvalidOperationException("the semaphore has no room");
        }
    }

    /// <summary><c>semChan</c>: a semaphore made of a channel.</summary>
    private readonly struct ChanSemaphore(int capacity)
    {
        private readonly Chan<Unit> _held = new(capacity);

        public async ValueTask AcquireAsync(long n)
        {
            for (var i = 0L; i < n; i++)
            {
                await _held.SendAsync(default);
            }
        }

        public async ValueTask<bool> TryAcquireAsync(long n)
        {
            if (_held.Count + n > _held.Capacity)
            {
                return false;
            }
            for (var i = 0L; i < n; i++)
            {
                await _held.SendAsync(default);
            }
            return true;
        }

        public async ValueTask ReleaseAsync(long n)
        {
            for (var i = 0L; i < n; i++)
            {
                await _held.ReceiveAsync();
            }
        }
    }
}
