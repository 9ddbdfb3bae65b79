using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Stress.Tests;

/// <summary>
/// Everything at once: values go random ways through goroutines of two runtimes, blocked threads, framework types and tasks,
/// beside collections. Each arrives once, and nothing is left.
/// </summary>
[Collection(StressCollection.Name)]
public class MixedStressTests
{
    private const int Stations = 16;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(2, 8)]
    public async Task ValuesOnRandomWays_EachArrivesOnceAndNothingIsLeft(int firstProcs, int secondProcs)
    {
        int seed = Seed.Get(nameof(ValuesOnRandomWays_EachArrivesOnceAndNothingIsLeft));
        int values = Load.Times(4000);
        bool done = false;
        Task collections = PlainThread.Run(() =>
        {
            for (var random = new Random(seed); !Volatile.Read(ref done); Thread.Sleep(random.Next(4)))
            {
                GC.Collect(random.Next(10) == 0 ? 2 : 0);
            }
        });
        try
        {
            await Isolated.RunAsync(firstProcs, first => Isolated.RunAsync(secondProcs, async second =>
            {
                using var ways = new Ways(first, second);
                Tally sent = new(), received = new();
                Chan<long> input = new(), output = new(4);
                Goroutine[] stations = [.. Enumerable.Range(0, Stations).Select(i => (i % 2 == 0 ? first : second).Run(async () =>
                {
                    var random = new Random(seed + i);
                    await foreach (long value in input)
                    {
                        long at = value;
                        for (int hops = random.Next(1, 5); hops > 0; hops--)
                        {
                            at = await ways.GoAsync(at, random, i % 2 == 0 ? second : first);
                        }

                        await output.SendAsync(at);
                    }
                }))];
                Task feeding = Task.Run(async () =>
                {
                    for (long value = 1; value <= values; value++)
                    {
                        sent.Add(value);
                        await input.SendAsync(value);
                    }

                    input.Close();
                });
                for (int i = 0; i < values; i++)
                {
                    received.Add((await output.ReceiveAsync()).Value);
                }

                await feeding;
                foreach (Goroutine station in stations)
                {
                    await station.JoinAsync();
                }

                ways.Close();
                await Poll.UntilAsync(() => first.Count == 0 && second.Count == 0, "every goroutine to end");
                Assert.Equal(values, received.Count);
                sent.AssertSame(received);
            }));
        }
        finally
        {
            Volatile.Write(ref done, true);
            await collections;
        }
    }

    /// <summary>What a value may go through. Each way gives back one value for each that it is given, not always the same one.</summary>
    private sealed class Ways : IDisposable
    {
        private readonly object _lock = new();
        private readonly GoMutex _mutex = new();
        private readonly SemaphoreSlim _few = new(2);
        private readonly SemaphoreSlim _one = new(1);
        private readonly Channel<long> _bounded = Channel.CreateBounded<long>(Stations);
        private readonly Chan<(long Value, Chan<long> Reply)> _echo = new();
        private int _inside;

        internal Ways(GoRuntime first, GoRuntime second)
        {
            foreach (GoRuntime runtime in (GoRuntime[])[first, second])
            {
                runtime.Spawn(async () =>
                {
                    await foreach ((long value, Chan<long> reply) in _echo)
                    {
                        await reply.SendAsync(value);
                    }
                });
            }
        }

        internal void Close() => _echo.Close();

        public void Dispose()
        {
            _few.Dispose();
            _one.Dispose();
        }

        internal async ValueTask<long> GoAsync(long value, Random random, GoRuntime other)
        {
            switch (random.Next(13))
            {
                case 0:
                    lock (_lock)
                    {
                        Alone();
                    }

                    return value;
                case 1:
                    return Go.Blocking(() =>
                    {
                        Thread.Sleep(0);
                        return value;
                    });
                case 2:
                    // Sync over async: the thread blocks until the pool has been there.
                    return Task.Run(() => value).GetAwaiter().GetResult();
                case 3:
                    await Task.Delay(random.Next(2));
                    return value;
                case 4:
                    await _few.WaitAsync();
                    await Task.Yield();
                    _few.Release();
                    return value;
                case 5:
                    _one.Wait();
                    Thread.SpinWait(50);
                    _one.Release();
                    return value;
                case 6:
                    await _bounded.Writer.WriteAsync(value);
                    return await _bounded.Reader.ReadAsync();
                case 7:
                    using (await _mutex.LockAsync())
                    {
                        await Go.Yield();
                    }

                    return value;
                case 8:
                    await Go.SleepAsync(TimeSpan.FromMicroseconds(random.Next(300)));
                    return value;
                case 9:
                    return await other.Run(async ValueTask<long> () =>
                    {
                        await Task.Yield();
                        return value;
                    });
                case 10:
                    // A stack of its own, in the other runtime, that blocks in the framework and in the library.
                    return await other.Run(() =>
                    {
                        lock (_lock)
                        {
                            Alone();
                        }

                        var reply = new Chan<long>();
                        _echo.Send((value, reply));
                        return reply.Receive().Value;
                    });
                case 11:
                    return await Task.Run(async () =>
                    {
                        var reply = new Chan<long>();
                        await _echo.SendAsync((value, reply));
                        return (await reply.ReceiveAsync()).Value;
                    });
                default:
                    // The synchronous forms in an asynchronous body.
                    var answer = new Chan<long>(1);
                    _echo.Send((value, answer));
                    return answer.Receive().Value;
            }
        }

        private void Alone()
        {
            Assert.Equal(1, Interlocked.Increment(ref _inside));
            Thread.SpinWait(20);
            Interlocked.Decrement(ref _inside);
        }
    }
}
