using System.Buffers;
using Goroutines.Net;
using Goroutines.Testing;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>What the framework runs beside its caller, or later, and what it initializes or hands on: each is silent where it orders, and the race is reported where nothing does.</summary>
public sealed class FrameworkBodiesTests
{
    [Fact]
    public void ParallelFor_OwnElements_OrdersWithCaller() => Silent(static () =>
    {
        int[] items = new int[20];
        items[3] = 1;
        Parallel.For(0, items.Length, i => items[i]++);
        items[7]++;
    });

    [Fact]
    public void ParallelFor_SharedCounter_ReportsRace()
        => Assert.Contains("by parallel body ", Races(static () =>
        {
            Counter counter = new();
            Parallel.For(0, 20, _ => counter.Value++);
        }), StringComparison.Ordinal);

    [Fact]
    public void ParallelFor_InGoroutineOnOneThread_ReportsRace() => Races(static () =>
    {
        Counter counter = new();
        Parallel.For(0, 2, new ParallelOptions { MaxDegreeOfParallelism = 1 }, _ => counter.Value++);
    });

    [Fact]
    public void ParallelForEach_WithLock_Orders() => Silent(static () =>
    {
        Counter counter = new();
        Lock gate = new();
        Parallel.ForEach(Enumerable.Range(0, 20), _ =>
        {
            lock (gate)
            {
                counter.Value++;
            }
        });
        counter.Value++;
    });

    [Fact]
    public void ParallelForEach_SharedList_ReportsRace() => Races(static () =>
    {
        List<int> list = [];
        Parallel.ForEach(Enumerable.Range(0, 20), new ParallelOptions { MaxDegreeOfParallelism = 1 }, i => list.Insert(0, i));
    });

    [Fact]
    public void ParallelInvoke_TwoBodies_OrdersWithCallerOnly()
    {
        Silent(static () =>
        {
            Counter first = new() { Value = 1 };
            Counter second = new();
            Parallel.Invoke(() => first.Value++, () => second.Value++);
            first.Value += second.Value;
        });
        Races(static () =>
        {
            Counter counter = new();
            Parallel.Invoke(() => counter.Value++, () => counter.Value++);
        });
    }

    [Fact]
    public void ParallelForEachAsync_Bodies_OrderWithCallerOnly()
    {
        Silent(static async () =>
        {
            int[] items = new int[10];
            await Parallel.ForEachAsync(Enumerable.Range(0, 10), async (i, _) =>
            {
                await Task.Yield();
                items[i]++;
            });
            items[3]++;
        });
        Races(static async () =>
        {
            Counter counter = new();
            await Parallel.ForEachAsync(Enumerable.Range(0, 10), async (_, _) =>
            {
                await Task.Yield();
                counter.Value++;
            });
        });
    }

    [Fact]
    public void StartNew_Awaited_OrdersAndTwoRace()
    {
        Silent(static async () =>
        {
            Counter counter = new() { Value = 1 };
            await Task.Factory.StartNew(() => counter.Value++);
            counter.Value++;
        });
        Races(static async () =>
        {
            Counter counter = new();
            Task first = Task.Factory.StartNew(() => { counter.Value++; });
            Task second = Task.Factory.StartNew(() => { counter.Value++; });
            await Task.WhenAll(first, second);
        });
    }

    [Fact]
    public void ThreadPool_QueuedAndSignalled_OrdersAndBesideCallerRaces()
    {
        Silent(static () =>
        {
            Counter counter = new() { Value = 1 };
            using ManualResetEventSlim ended = new();
            ThreadPool.QueueUserWorkItem(_ =>
            {
                counter.Value++;
                ended.Set();
            });
            ended.Wait();
            counter.Value++;
        });
        Assert.Contains("by work item ", Races(static () =>
        {
            Counter counter = new();
            using ManualResetEventSlim ended = new();
            ThreadPool.QueueUserWorkItem(_ =>
            {
                counter.Value++;
                ended.Set();
            });
            counter.Value++;
            ended.Wait();
        }) + Races(static () =>
        {
            Counter counter = new();
            using CountdownEvent ended = new(2);
            for (int i = 0; i < 2; i++)
            {
                ThreadPool.QueueUserWorkItem(_ =>
                {
                    counter.Value++;
                    ended.Signal();
                });
            }

            ended.Wait();
        }), StringComparison.Ordinal);
    }

    [Fact]
    public void Timer_SignalsCaller_Orders() => Silent(static () =>
    {
        Counter counter = new() { Value = 1 };
        using ManualResetEventSlim ended = new();
        using Timer timer = new(
            _ =>
            {
                counter.Value++;
                ended.Set();
            },
            null,
            TimeSpan.FromMilliseconds(1),
            Timeout.InfiniteTimeSpan);
        ended.Wait();
        counter.Value++;
    });

    [Fact]
    public void Timer_BesideCaller_ReportsRace() => Races(static () =>
    {
        Counter counter = new();
        using ManualResetEventSlim ended = new();
        using Timer timer = new(
            _ =>
            {
                counter.Value++;
                ended.Set();
            },
            null,
            TimeSpan.FromMilliseconds(1),
            Timeout.InfiniteTimeSpan);
        counter.Value++;
        ended.Wait();
    });

    [Fact]
    public void Cancellation_ObservedByPolling_Orders() => Silent(static () =>
    {
        Counter counter = new();
        using CancellationTokenSource source = new();
        CancellationToken token = source.Token;
        Thread thread = new(() =>
        {
            counter.Value++;
            source.Cancel();
        });
        thread.Start();
        while (!token.IsCancellationRequested)
        {
            Thread.Yield();
        }

        counter.Value++;
        thread.Join();
    });

    [Fact]
    public void Lazy_ValueMadeByOther_Orders() => Silent(static () =>
    {
        Lazy<List<int>> lazy = new(static () =>
        {
            List<int> made = [];
            made.Add(1);
            return made;
        });
        Threads(() => Assert.Single(lazy.Value));
    });

    [Fact]
    public void StaticConstructor_RunByOther_Orders()
    {
        Silent(static () => Threads(static () => Assert.Equal(3, Table.Count())));
        Silent(static () => Threads(static () => Assert.Equal(2, ReadOnlyTable.Items[0].Value)));
    }

    [Fact]
    public void StaticField_ChangedAfterConstructor_ReportsRace() => Races(static () => Threads(Table.Change));

    [Fact]
    public void ArrayPool_ReturnedAndRented_OrdersAndLateUseRaces()
    {
        Silent(static () =>
        {
            ArrayPool<int> pool = ArrayPool<int>.Create(16, 1);
            Threads(() =>
            {
                int[] rented = pool.Rent(16);
                rented[0]++;
                pool.Return(rented);
            });
        });
        Races(static () =>
        {
            ArrayPool<int> pool = ArrayPool<int>.Create(16, 1);
            int[] rented = pool.Rent(16);
            pool.Return(rented);
            Thread thread = new(() => pool.Rent(16)[0]++);
            thread.Start();
            rented[0] = 1;
            thread.Join();
        });
    }

    [Fact]
    public void Conn_WhatIsSent_OrdersAndWhatIsNotRaces()
    {
        Silent(static () => Exchange(static (client, counter) =>
        {
            counter.Value++;
            client.Write([1]);
        }));
        Races(static () => Exchange(static (client, counter) =>
        {
            client.Write([1]);
            counter.Value++;
        }));
    }

    [Fact]
    public void Conn_BufferWrittenWhileRead_ReportsRace() => Races(static async () =>
    {
        (Conn client, Conn server) = Conn.Pipe();
        await using Conn first = client;
        await using Conn second = server;
        byte[] buffer = new byte[8];
        WaitGroup done = new();
        done.Spawn(async () => await server.ReadExactlyAsync(buffer));
        done.Spawn(() => { buffer[0] = 7; });
        await client.WriteAsync(new byte[8]);
        await done.WaitAsync();
    });

    private static async Task Exchange(Action<Conn, Counter> send)
    {
        (Conn client, Conn server) = Conn.Pipe();
        await using Conn first = client;
        await using Conn second = server;
        Counter counter = new();
        WaitGroup done = new();
        done.Spawn(async () =>
        {
            byte[] buffer = new byte[1];
            await server.ReadExactlyAsync(buffer);
            counter.Value++;
        });
        done.Spawn(async () =>
        {
            await Go.Yield();
            send(client, counter);
        });
        await done.WaitAsync();
    }

    private static void Threads(Action step)
    {
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(_ => new Thread(() => step()))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }
    }

    private static void Silent(Action body) => GoTest.Run(body);

    private static void Silent(Func<Task> body) => GoTest.Run(body);

    private static string Races(Action body) => RaceFinder.Find(() => GoTest.Run(body), "FrameworkBodiesTests.cs:");

    private static string Races(Func<Task> body) => RaceFinder.Find(() => GoTest.Run(body), "FrameworkBodiesTests.cs:");

    private sealed class Counter
    {
        internal int Value;
    }

    private static class Table
    {
        private static readonly Dictionary<int, int> s_items = Make();
        private static int s_changes;

        internal static int Count() => s_items.Count;

        internal static void Change() => s_changes++;

        private static Dictionary<int, int> Make()
        {
            Dictionary<int, int> made = [];
            for (int i = 0; i < 3; i++)
            {
                made.Add(i, i);
            }

            return made;
        }
    }

    private static class ReadOnlyTable
    {
        internal static readonly Counter[] Items = [new()];

        static ReadOnlyTable() => Items[0].Value = 2;
    }
}
