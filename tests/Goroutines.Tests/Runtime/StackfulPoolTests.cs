using System.Collections.Concurrent;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>The threads of stackful goroutines: reuse, the bound, and a system that refuses.</summary>
[Collection(AloneCollection.Name)]
public class StackfulPoolTests
{
    [Fact]
    public Task Threads_AreReused() => Isolated.RunAsync(1, async runtime =>
    {
        HashSet<int> threads = [];
        for (int i = 0; i < 50; i++)
        {
            threads.Add(await runtime.Run(() => Environment.CurrentManagedThreadId));

            // A goroutine's handle ends a moment before its thread is back in the pool.
            await Poll.UntilAsync(() => runtime.Scheduler.Stacks.Threads.All(thread => thread.IsIdle), "the thread to come back");
        }

        Assert.Single(threads);
    });

    [Fact]
    public Task PastTheBound_GoroutinesWaitForAThread_AndTheDumpSaysSo() => Isolated.RunAsync(
        async runtime =>
        {
            Chan<int> gate = new();
            ConcurrentBag<int> done = [];
            Goroutine[] all = [.. Enumerable.Range(0, 6).Select(number => runtime.Run(() =>
            {
                gate.Receive();
                done.Add(number);
            }))];
            await Poll.UntilAsync(() => runtime.Snapshot().Count(info => info.WaitReason == "chan receive") == 2, "two to park");
            Assert.Equal(6, runtime.Count);

            await Poll.UntilAsync(() => Dump(runtime).Split("waiting for a thread: all 2 are taken (MaxThreads)").Length == 1 + 4, "four to wait for a thread");
            for (int i = 0; i < 6; i++)
            {
                await gate.SendAsync(i);
            }

            foreach (Goroutine goroutine in all)
            {
                await goroutine;
            }

            Assert.Equal(6, done.Count);
            Assert.Equal(2, runtime.Scheduler.Stacks.Threads.Length);
        },
        new GoRuntimeOptions { MaxThreads = 2 });

    /// <summary>Bodies that never park need no thread each: the thread that has run one runs the next.</summary>
    [Fact]
    public Task BodiesThatNeverPark_NeedNoThreadEach() => Isolated.RunAsync(2, async runtime =>
    {
        const int Bodies = 10_000;
        WaitGroup ended = new();
        int running = 0, ran = 0, overlapping = 0;
        ended.Add(Bodies);
        for (int i = 0; i < Bodies; i++)
        {
            runtime.Spawn(() =>
            {
                overlapping |= Interlocked.Increment(ref running) > 64 ? 1 : 0;
                Interlocked.Increment(ref ran);
                Interlocked.Decrement(ref running);
                ended.Done();
            });
        }

        await ended.WaitAsync();
        Assert.Equal(Bodies, ran);
        Assert.Equal(0, overlapping);
        Assert.InRange(runtime.Scheduler.Stacks.Threads.Length, 1, 64);
    });

    /// <summary>The threads that wait are not in each other's way: a body that parks gives the one that it waits for a thread, however late it comes.</summary>
    [Fact]
    public Task BodyThatWaitsForALaterOne_GoesOn() => Isolated.RunAsync(1, async runtime =>
    {
        for (int round = 0; round < 200; round++)
        {
            Chan<int> chan = new();
            Goroutine first = runtime.Run(() => { chan.Receive(); });
            Goroutine filler = runtime.Run(() => { });
            Goroutine second = runtime.Run(() => chan.Send(1));
            await first;
            await filler;
            await second;
        }
    });

    /// <summary>The system refuses a thread at a goroutine's turn, when its spawner is gone: it waits until there is one.</summary>
    [Fact]
    public Task ThreadRefusedAtItsTurn_TheGoroutineWaitsForOne() => Isolated.RunAsync(1, async runtime =>
    {
        Goroutines.Runtime.StackfulPool stacks = runtime.Scheduler.Stacks;
        Action<Goroutines.Runtime.StackfulThread, int> start = stacks.StartThread;
        Chan<int> gate = new();
        Goroutine[] all = await runtime.Run(() =>
        {
            // In one turn on the only P: none of them begins before all are queued, so one idle thread was enough for all spawns.
            Goroutine[] spawned = [.. Enumerable.Range(0, 4).Select(_ => runtime.Run(() => { gate.Receive(); }))];
            stacks.StartThread = static (_, _) => throw new OutOfMemoryException("no more threads");
            return new ValueTask<Goroutine[]>(spawned);
        });
        await Poll.UntilAsync(() => Dump(runtime).Contains("waiting for a thread: the system refuses one", StringComparison.Ordinal), "a thread to be refused");
        stacks.StartThread = start;
        await Poll.UntilAsync(() => runtime.Snapshot().Count(info => info.WaitReason == "chan receive") == 4, "all to park");
        gate.Close();
        foreach (Goroutine one in all)
        {
            await one;
        }
    });

    [Fact]
    public Task RefusedThread_TheSpawnerIsTold_AndNothingElseIsHarmed() => Isolated.RunAsync(1, async runtime =>
    {
        Chan<int> gate = new();
        Goroutine parked = runtime.Run(() => { gate.Receive(); });
        await Poll.UntilAsync(() => runtime.Snapshot() is [{ WaitReason: "chan receive" }], "the first to park");

        Action<Goroutines.Runtime.StackfulThread, int> start = runtime.Scheduler.Stacks.StartThread;
        runtime.Scheduler.Stacks.StartThread = static (_, _) => throw new OutOfMemoryException("no more threads");
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => runtime.Spawn(() => { }));
        Assert.Contains("has 1 of them", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ulimit -u", refused.Message, StringComparison.Ordinal);
        Assert.IsType<OutOfMemoryException>(refused.InnerException);
        Assert.Equal(1, runtime.Count);

        runtime.Scheduler.Stacks.StartThread = start;
        Assert.Equal(2, await runtime.Run(() => 2));
        await gate.SendAsync(1);
        await parked;
    });

    [Fact]
    public async Task Dispose_UnwindsParkedBodies_SoThatTheirThreadsEnd()
    {
        GoRuntime runtime = new();
        bool unwound = false;
        runtime.Spawn(() =>
        {
            try
            {
                new Chan<int>().Receive();
            }
            finally
            {
                unwound = true;
            }
        });
        await Poll.UntilAsync(() => runtime.Snapshot() is [{ WaitReason: "chan receive" }], "the body to park");
        await runtime.DisposeAsync();
        await Poll.UntilAsync(() => Volatile.Read(ref unwound) && runtime.Scheduler.Stacks.Threads.Length == 0, "the thread to end");
    }

    [Fact]
    public async Task StoppedWhileAGoroutineGetsItsThread_ItIsCountedOnce()
    {
        GoRuntime runtime = new();
        Action<Goroutines.Runtime.StackfulThread, int> start = runtime.Scheduler.Stacks.StartThread;
        Task ended = Task.CompletedTask;
        runtime.Scheduler.Stacks.StartThread = (thread, size) =>
        {
            start(thread, size);
            ended = runtime.DisposeAsync().AsTask();
        };
        Assert.Throws<ObjectDisposedException>(() => runtime.Spawn(() => { }));
        await ended.WaitAsync(Limits.Wait);
        Assert.Equal(0, runtime.Count);
    }

    /// <summary>
    /// Threads that park at the same time meet at the pool, and where threads are counted and started. None of that may wait by the framework's
    /// means: the goroutine, whose status says Waiting by then, would be told of the wait, and be lost.
    /// </summary>
    [Fact]
    public Task HundredsThatParkAtOnce_AllPark_AndAllGoOn() => Isolated.RunAsync(2, async runtime =>
    {
        const int Bodies = 500; // more threads than are started without a look at the system's limits
        for (int round = 0; round < 20; round++)
        {
            Chan<int> values = new();
            Goroutine[] all = [.. Enumerable.Range(0, Bodies).Select(number => runtime.Run(() => values.Send(number)))];
            await Poll.UntilAsync(() => runtime.Snapshot().Count(static info => info.WaitReason == "chan send") == Bodies, "all to park");
            long sum = 0;
            for (int i = 0; i < Bodies; i++)
            {
                sum += await values.TakeAsync();
            }

            Assert.Equal(Bodies * (Bodies - 1L) / 2, sum);
            foreach (Goroutine one in all)
            {
                await one;
            }
        }
    });

    /// <summary>Between the queue, the waiting ones and a thread that ends no goroutine is lost: each handle ends, and so does the stop.</summary>
    [Fact]
    public async Task StoppedWhileBodiesStart_EachEndsOnce()
    {
        for (int round = 0; round < 300; round++)
        {
            GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2, MaxThreads = 1 + (round % 4) });
            Chan<int> never = new();
            List<Goroutine> spawned = [];
            for (int i = 0; i < 20; i++)
            {
                spawned.Add(i % 3 == 0 ? runtime.Run(() => { never.Receive(); }) : runtime.Run(static () => { }));
            }

            await runtime.DisposeAsync().AsTask().WaitAsync(Limits.Wait);
            foreach (Goroutine one in spawned)
            {
                await one.AsTask().ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(Limits.Wait);
            }

            await Poll.UntilAsync(() => runtime.Count == 0 && runtime.Scheduler.Stacks.Threads.Length == 0, "all to be gone");
        }
    }

    private static string Dump(GoRuntime runtime)
    {
        using StringWriter dump = new();
        runtime.Dump(dump);
        return dump.ToString();
    }
}
