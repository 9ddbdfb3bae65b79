using System.Runtime.CompilerServices;

namespace Goroutines.Programs;

/// <summary>Programs in which nothing can ever happen again.</summary>
internal static class Deadlocked
{
    private static readonly Chan<int> s_channel = new();

    internal static (string Name, Action Run)[] All { get; } =
    [
        ("local-channel", static () => Go.Main(static async () => await new Chan<int>().ReceiveAsync())),
        ("nested-methods", static () => Go.Main(static async () => await OuterAsync(new Chan<int>()))),
        ("captured-channel", CapturedChannel),
        ("static-channel-nobody-uses", static () => Go.Main(static async () => await s_channel.ReceiveAsync())),
        ("synchronous-body", static () => Go.Main(static () => { new Chan<int>().Receive(); })),
        ("synchronous-in-async-body", static () => Go.Main(static async () =>
        {
            await Go.Yield();
            new Chan<int>().Receive();
        })),
        ("synchronous-workers", SynchronousWorkers),
        ("when-all-of-joins", static () => Go.Main(static async () =>
        {
            Goroutine left = Go.Run(static async () => { await new Chan<int>().ReceiveAsync(); });
            Goroutine right = Go.Run(static async () => await new Chan<int>().SendAsync(1));
            await Task.WhenAll(left.JoinAsync().AsTask(), right.JoinAsync().AsTask());
        })),
        ("async-iterator", static () => Go.Main(static async () =>
        {
            await foreach (int value in Values(new Chan<int>()))
            {
                Console.WriteLine(value);
            }
        })),
        ("as-task", static () => Go.Main(static async () => await new Chan<int>().ReceiveAsync().AsTask())),
        ("task-that-forgets", static () => Go.Main(static async () =>
        {
            var ch = new Chan<int>();
            _ = Task.Run(async () =>
            {
                await Task.Delay(300);
                GC.KeepAlive(ch);
            });
            await ch.ReceiveAsync();
        })),
        ("after-a-timer-and-a-task", static () => Go.Main(static async () =>
        {
            await Task.Delay(20);
            await Go.SleepAsync(TimeSpan.FromMilliseconds(20));
            await Task.Run(static () => Thread.Sleep(20));
            await new Chan<int>().ReceiveAsync();
        })),
        ("unreachable-token", static () => Go.Main(static async () =>
        {
            using var source = new CancellationTokenSource();
            await new Chan<int>().ReceiveAsync(source.Token);
        })),
        ("two-runtimes", TwoRuntimes),
        ("culprits-collected", CulpritsCollected),
        ("synchronous-mutex", static () => Go.Main(static () =>
        {
            var mutex = new GoMutex();
            mutex.Lock();
            mutex.Lock();
        })),
        ("synchronous-waitgroup", static () => Go.Main(static () =>
        {
            var group = new WaitGroup();
            group.Add(1);
            group.Wait();
        })),
        ("synchronous-errgroup", static () => Go.Main(static () =>
        {
            var group = new ErrGroup();
            group.Spawn(static () => { new Chan<int>().Receive(); });
            group.Wait();
        })),
        ("synchronous-once", SynchronousOnce),
        ("synchronous-singleflight", SynchronousSingleFlight),
        ("all-threads-taken", static () => new GoRuntime(new GoRuntimeOptions { MaxThreads = 1 }).Main(static () =>
        {
            Chan<int> channel = new();
            Go.Spawn(() => channel.Send(1));
            channel.Receive();
        })),
    ];

    private static void CapturedChannel()
    {
        var ch = new Chan<int>();
        Go.Main(async () => await ch.ReceiveAsync());
        GC.KeepAlive(ch);
    }

    private static void SynchronousWorkers() => Go.Main(static async () =>
    {
        var jobs = new Chan<int>();
        var done = new WaitGroup();
        for (int i = 0; i < 3; i++)
        {
            done.Spawn(() =>
            {
                while (jobs.Receive() is (_, true))
                {
                }
            });
        }

        await jobs.SendAsync(1);
        await done.WaitAsync();
    });

    private static void SynchronousOnce() => Go.Main(static () =>
    {
        var begun = new Chan<bool>();
        var value = new OnceValue<int>(() =>
        {
            begun.Send(true);
            return new Chan<int>().Receive().Value;
        });
        Go.Spawn(() => { value.Get(); });
        begun.Receive();
        value.Get();
    });

    private static void SynchronousSingleFlight() => Go.Main(static () =>
    {
        var begun = new Chan<bool>();
        var flights = new SingleFlight<int, int>();
        Go.Spawn(() => { flights.Do(1, NeverEnds); });
        begun.Receive();
        flights.Do(1, NeverEnds);

        int NeverEnds()
        {
            begun.Send(true);
            return new Chan<int>().Receive().Value;
        }
    });

    private static void TwoRuntimes()
    {
        var other = new GoRuntime(new GoRuntimeOptions { Name = "other" });
        Go.Main(async () =>
        {
            var ch = new Chan<int>();
            var back = new Chan<int>();
            other.Spawn(async () =>
            {
                await back.ReceiveAsync();
                await ch.SendAsync(1);
            });
            await ch.ReceiveAsync();
        });
    }

    /// <summary>Those that should have called Done wait for channels that nobody holds, and a collection came before.</summary>
    private static void CulpritsCollected() => Go.Main(static async () =>
    {
        var group = new WaitGroup();
        group.Add(5);
        Lose(group);
        await Go.SleepAsync(TimeSpan.FromMilliseconds(50));
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        await group.WaitAsync();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Lose(WaitGroup group)
        {
            for (int i = 0; i < 5; i++)
            {
                Go.Spawn(static async () => await CulpritAsync());
            }

            GC.KeepAlive(group);
        }
    });

    private static async Task CulpritAsync()
    {
        await new Chan<int>().ReceiveAsync();
        await Go.Yield();
    }

    private static async Task OuterAsync(Chan<int> ch)
    {
        await Go.Yield();
        await InnerAsync(ch);
        await Go.Yield();
    }

    private static async ValueTask<int> InnerAsync(Chan<int> ch)
    {
        await Go.Yield();
        return (await ch.ReceiveAsync()).Value;
    }

    private static async IAsyncEnumerable<int> Values(Chan<int> ch)
    {
        while (await ch.ReceiveAsync() is (int value, true))
        {
            yield return value;
        }
    }
}
