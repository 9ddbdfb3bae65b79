using Goroutines.Testing;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>The framework's means of ordering: each is silent where it is used, and the race is reported where it is left out.</summary>
public sealed class FrameworkTests
{
    [Fact]
    public void Lock_OnObject_Orders() => Silent(static () => Threads(new object(), static (gate, counter) =>
    {
        lock (gate)
        {
            counter.Value++;
        }
    }));

    [Fact]
    public void Lock_OnTwoObjects_ReportsRace() => Races(static () => Threads(new ThreadLocal<object>(static () => new object()), static (gate, counter) =>
    {
        lock (gate.Value!)
        {
            counter.Value++;
        }
    }));

    [Fact]
    public void Lock_OnLock_Orders() => Silent(static () => Threads(new Lock(), static (gate, counter) =>
    {
        lock (gate)
        {
            counter.Value++;
        }
    }));

    [Fact]
    public void Lock_EnteredAndExited_Orders() => Silent(static () => Threads(new Lock(), static (gate, counter) =>
    {
        gate.Enter();
        counter.Value++;
        gate.Exit();
    }));

    [Fact]
    public void Thread_TwoWithoutLock_ReportsRace()
    {
        string report = Races(static () => Threads(0, static (_, counter) => counter.Value++));

        Assert.Contains("Counter.Value (int)", report, StringComparison.Ordinal);
        Assert.Contains("by thread ", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Thread_StartedAfterAndJoinedBefore_Orders() => Silent(static () =>
    {
        Counter counter = new() { Value = 1 };
        Thread thread = new(() => counter.Value++);
        thread.Start();
        thread.Join();
        counter.Value++;
    });

    [Fact]
    public void Thread_NotJoined_ReportsRace() => Races(static () =>
    {
        Counter counter = new();
        using ManualResetEventSlim ended = new();
        Thread thread = new(() => counter.Value++);
        thread.Start();
        counter.Value++;
        thread.Join();
    });

    [Fact]
    public void Task_RunAndAwaited_Orders() => Silent(static async () =>
    {
        Counter counter = new() { Value = 1 };
        await Task.Run(() => counter.Value++);
        counter.Value++;
        await Task.Run(async () =>
        {
            await Task.Yield();
            counter.Value++;
        });
        counter.Value++;
        counter.Value = await Task.Run(() => counter.Value + 1);
    });

    [Fact]
    public void Task_RunTwice_ReportsRace()
    {
        string report = Races(static async () =>
        {
            Counter counter = new();
            Task first = Task.Run(() => counter.Value++);
            Task second = Task.Run(() => counter.Value++);
            await Task.WhenAll(first, second);
        });

        Assert.Contains("by task ", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Task_RunTwiceAsync_ReportsRaceAfterAwaits() => Races(static async () =>
    {
        Counter counter = new();
        Task first = Task.Run(Increment);
        Task second = Task.Run(Increment);
        await Task.WhenAll(first, second);

        async Task Increment()
        {
            await Task.Yield();
            counter.Value++;
        }
    });

    [Fact]
    public void Task_WhenAll_OrdersAll() => Silent(static async () =>
    {
        int[] values = new int[4];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => values[i]++)));
        for (int i = 0; i < 4; i++)
        {
            values[i]++;
        }
    });

    [Fact]
    public void Task_WaitAndResult_Order() => Silent(static () =>
    {
        Counter counter = new();
        Task.Run(() => counter.Value++).Wait();
        counter.Value++;
        Task<int> answer = Task.Run(() => counter.Value++);
        Assert.Equal(2, answer.Result);
        counter.Value++;
    });

    [Fact]
    public void TaskCompletionSource_Set_OrdersSetterBeforeAwaiter() => Silent(static async () =>
    {
        Counter counter = new();
        TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task task = Task.Run(() =>
        {
            counter.Value++;
            source.SetResult();
        });
        await source.Task;
        counter.Value++;
        await task;
    });

    [Fact]
    public void TaskCompletionSource_SetBeforeTheAccess_ReportsRace() => Races(static async () =>
    {
        Counter counter = new();
        TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task task = Task.Run(() =>
        {
            source.SetResult();
            counter.Value++;
        });
        await source.Task;
        counter.Value++;
        await task;
    });

    [Fact]
    public void SemaphoreSlim_AsMutex_Orders() => Silent(static async () =>
    {
        Counter counter = new();
        using SemaphoreSlim semaphore = new(1);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await semaphore.WaitAsync();
            await Task.Yield();
            counter.Value++;
            semaphore.Release();
        })));
    });

    [Fact]
    public void Await_AsyncMethodOnThePool_OrdersItsStepsAndItsCaller() => Silent(static async () =>
    {
        Counter counter = new();
        counter.Value++;
        await Step(counter).ConfigureAwait(false);
        counter.Value++;
        await Answer(counter);
        counter.Value++;

        static async Task Step(Counter counter)
        {
            counter.Value++;
            await Task.Delay(1).ConfigureAwait(false);
            counter.Value++;
        }

        static async ValueTask<int> Answer(Counter counter)
        {
            await Task.Delay(1).ConfigureAwait(false);
            return counter.Value++;
        }
    });

    [Fact]
    public void Unknown_Event_IsTakenToOrder() => Silent(static () =>
    {
        Counter counter = new();
        using ManualResetEventSlim set = new();
        Thread thread = new(() =>
        {
            counter.Value++;
            set.Set();
        });
        thread.Start();
        set.Wait();
        counter.Value++;
        thread.Join();
    });

    [Fact]
    public void Dictionary_ChangedByTwo_ReportsRaceThoughTheCallsDoNotOverlap()
    {
        string report = Races(static () =>
        {
            Dictionary<string, int> map = [];
            Thread first = new(() => map["a"] = 1);
            first.Start();
            Thread.Sleep(20);
            map["b"] = 2;
            first.Join();
        });

        Assert.Contains("Dictionary<string, int>", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Dictionary_ReadByTwo_IsSilent() => Silent(static () =>
    {
        Dictionary<string, int> map = new() { ["a"] = 1 };
        Thread first = new(() => Assert.True(map.ContainsKey("a")));
        first.Start();
        Assert.Equal(1, map["a"]);
        first.Join();
    });

    [Fact]
    public void List_DifferentElements_IsSilentAndSameElementIsReported()
    {
        Silent(static () => Elements(0, 1));
        Races(static () => Elements(2, 2));

        static void Elements(int one, int other)
        {
            List<int> list = [0, 0, 0];
            Thread first = new(() => list[one]++);
            first.Start();
            list[other]++;
            first.Join();
        }
    }

    [Fact]
    public void Volatile_FieldAsFlag_Orders() => Silent(static () =>
    {
        Flagged flagged = new();
        Thread writer = new(() =>
        {
            flagged.Data = 1;
            flagged.Ready = true;
        });
        writer.Start();
        while (!flagged.Ready)
        {
            Thread.Yield();
        }

        Assert.Equal(1, flagged.Data);
        writer.Join();
    });

    [Fact]
    public void Plain_FieldAsFlag_ReportsRace() => Races(static () =>
    {
        Flagged flagged = new();
        Thread writer = new(() =>
        {
            flagged.Data = 1;
            flagged.PlainReady = true;
        });
        writer.Start();
        for (int i = 0; i < 1000 && !flagged.PlainReady; i++)
        {
            Thread.Yield();
        }

        writer.Join();
    });

    [Fact]
    public void RaceIgnore_OnField_IsSilent() => Silent(static () =>
    {
        Ignored ignored = new();
        Thread first = new(() => ignored.Value++);
        first.Start();
        ignored.Value++;
        first.Join();
    });

    private static void Threads<T>(T gate, Action<T, Counter> step)
    {
        Counter counter = new();
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(_ => new Thread(() => step(gate, counter)))];
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

    private static string Races(Action body) => Find(() => GoTest.Run(body));

    private static string Races(Func<Task> body) => Find(() => GoTest.Run(body));

    /// <summary>A collection between the two accesses hides a race: several runs must not all have one there.</summary>
    private static string Find(Action run)
    {
        Exception? found = null;
        for (int i = 0; i < 10 && found is null; i++)
        {
            found = Record.Exception(run);
        }

        DataRaceException race = Assert.IsType<DataRaceException>(found);
        Assert.Contains("FrameworkTests.cs:", race.Message, StringComparison.Ordinal);
        return race.Reports[0];
    }

    private sealed class Counter
    {
        internal int Value;
    }

    private sealed class Flagged
    {
        internal int Data;
        internal bool PlainReady;
        internal volatile bool Ready;
    }

    private sealed class Ignored
    {
        [RaceIgnore("A test of the attribute.")]
        internal int Value;
    }
}
