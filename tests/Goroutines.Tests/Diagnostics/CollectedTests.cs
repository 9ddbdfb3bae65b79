using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Diagnostics;

/// <summary>Goroutines that the collector takes while they are parked: the count, and the notice.</summary>
public class CollectedTests
{
    [Fact]
    public Task Count_AfterACollection_LeavesOutTheCollected() => Isolated.RunAsync(async runtime =>
    {
        var gate = new Chan<int>();
        runtime.Spawn(async () => await gate.ReceiveAsync());
        runtime.Scheduler.Registry.Hold(existing: true); // so that all of them can be seen parked
        SpawnUnreachable(runtime, 100);
        await Parked(runtime, 101);
        runtime.Scheduler.Registry.Release();
        await Poll.UntilAsync(
            () =>
            {
                Collect();
                return runtime.Count == 1;
            },
            "the count to fall to 1, without a snapshot");
        Assert.Equal(100, runtime.Scheduler.Collected);
        gate.Close();
    });

    /// <summary>A worker that sleeps because it gave its P to another thread has forgotten the goroutine that it ran before.</summary>
    [Fact]
    public Task Count_OneThatRanBeforeASynchronousOneTookTheP_IsCollected() => Isolated.RunAsync(1, async runtime =>
    {
        bool collected = false;
        var looked = new Chan<int>(1);
        runtime.Spawn(async () =>
        {
            Go.Spawn(() =>
            {
                collected = SpinWait.SpinUntil(
                    () =>
                    {
                        Collect();
                        return runtime.Count == 1;
                    },
                    Limits.Wait);
                looked.TrySend(1);
            });
            await new Chan<int>().ReceiveAsync();
        });
        await looked.ReceiveAsync();
        Assert.True(collected, "The goroutine was kept alive.");
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Handler_CollectedGoroutines_AreToldOnceWithWhereAndWhy(bool setLate) => Isolated.RunAsync(async runtime =>
    {
        var told = new ConcurrentBag<GoroutineInfo>();
        if (!setLate)
        {
            runtime.Scheduler.CollectedHandler = told.Add;
        }

        var gate = new Chan<int>();
        runtime.Spawn(async () => await gate.ReceiveAsync());
        await RunAndEnd(runtime);
        long[] ids = await SpawnHeld();
        Collect();

        for (int i = 0; i < 3; i++)
        {
            await Poll.UntilAsync(
                () =>
                {
                    Collect();
                    return told.Count >= ids.Length;
                },
                "every goroutine to be reported");
        }

        Assert.Equal(ids.Order(), told.Select(static info => info.Id).Order());
        Assert.All(told, static info =>
        {
            Assert.Equal(GoroutineStatus.Waiting, info.Status);
            Assert.Equal("chan receive", info.WaitReason);
            Assert.Contains(nameof(CollectedTests) + ".cs:", info.CreatedAt, StringComparison.Ordinal);
            Assert.Contains(nameof(SpawnUnreachable), info.Name, StringComparison.Ordinal);
        });
        gate.Close();

        async Task<long[]> SpawnHeld()
        {
            runtime.Scheduler.Registry.Hold(existing: false);
            SpawnUnreachable(runtime, 20);
            await Parked(runtime, 21);
            long[] ids = [.. runtime.Snapshot().Where(static info => info.Name.Contains(nameof(SpawnUnreachable), StringComparison.Ordinal)).Select(static info => info.Id)];
            Assert.Equal(20, ids.Length);
            if (setLate)
            {
                runtime.Scheduler.CollectedHandler = told.Add;
                runtime.Scheduler.CollectedHandler = told.Add; // again: a goroutine is told of once
            }

            Collect();
            Assert.Empty(told);
            runtime.Scheduler.Registry.Release();
            return ids;
        }
    });

    /// <summary>A goroutine gets its notice between two turns, and all of them get it from one table of the framework, which has a lock.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Handler_ManyThatParkAtOnceForTheFirstTime_AreEachParkedOnce(bool synchronous) => Isolated.RunAsync(8, async runtime =>
    {
        int bodies = synchronous ? 200 : 20_000;
        runtime.Scheduler.CollectedHandler = static _ => { };
        var gate = new Chan<int>();
        for (int i = 0; i < bodies; i++)
        {
            if (synchronous)
            {
                runtime.Spawn(() => gate.Receive());
            }
            else
            {
                runtime.Spawn(async () => await gate.ReceiveAsync());
            }
        }

        await Parked(runtime, bodies);
        long[] ids = [.. runtime.Snapshot().Select(static info => info.Id)];
        Assert.Equal(bodies, ids.Distinct().Count());
        Assert.Equal(bodies, ids.Length);
        gate.Close();
        await Poll.UntilAsync(() => runtime.Count == 0, "all of them to end");
    });

    [Fact]
    public async Task Handler_OfAStoppedRuntime_IsNotCalled()
    {
        int told = 0;
        WeakReference state = await Stopped();
        await Poll.UntilAsync(
            () =>
            {
                Collect();
                return !state.IsAlive;
            },
            "the runtime's goroutine to be collected");
        Assert.Equal(0, told);

        async Task<WeakReference> Stopped()
        {
            await using var runtime = new GoRuntime();
            runtime.Scheduler.CollectedHandler = _ => told++;
            object held = new();
            var gate = new Chan<int>();
            runtime.Spawn(async () =>
            {
                await gate.ReceiveAsync();
                GC.KeepAlive(held);
            });
            await Parked(runtime, 1);
            GC.KeepAlive(gate);
            return new WeakReference(held);
        }
    }

    [Fact]
    public Task Handler_ThatThrows_IsCalledForTheOthersToo() => Isolated.RunAsync(async runtime =>
    {
        int told = 0;
        runtime.Scheduler.CollectedHandler = _ =>
        {
            Interlocked.Increment(ref told);
            throw new FormatException("a handler that fails, on purpose");
        };
        SpawnUnreachable(runtime, 2);
        await Poll.UntilAsync(
            () =>
            {
                Collect();
                return Volatile.Read(ref told) == 2;
            },
            "both to be reported");
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SpawnUnreachable(GoRuntime runtime, int count)
    {
        for (int i = 0; i < count; i++)
        {
            runtime.Spawn(static async () => await new Chan<int>().ReceiveAsync());
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task RunAndEnd(GoRuntime runtime) => runtime.Run(static async () =>
    {
        await Go.Yield();
        await Go.SleepAsync(TimeSpan.FromTicks(1));
    }).JoinAsync().AsTask();

    private static Task Parked(GoRuntime runtime, int count)
        => Poll.UntilAsync(() => runtime.Snapshot().Count(static info => info.Status == GoroutineStatus.Waiting) >= count, $"{count} goroutines to park");

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
