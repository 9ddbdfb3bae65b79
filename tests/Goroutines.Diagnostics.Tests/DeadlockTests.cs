using Goroutines.Tests.Support;
using Xunit;

#pragma warning disable GOR302 // planted

namespace Goroutines.Diagnostics.Tests;

/// <summary>Deadlocks of some goroutines, while others go on.</summary>
[Collection(nameof(Tracking))]
public sealed class DeadlockTests : IDisposable
{
    public DeadlockTests() => GoTracking.Holders = true;

    public void Dispose() => GoTracking.Holders = false;

    [Fact]
    public Task FindAsync_CircleOfThreeLocks_NamesItProved() => Isolated.RunAsync(async runtime =>
    {
        GoMutex[] locks = [new(), new(), new()];
        await Planted.CircleAsync(runtime, locks, inOrder: false);
        await Planted.ParkedAsync(runtime, "sync.Mutex.Lock", 3);

        Finding found = Assert.Single(await Planted.FindAsync(runtime, "deadlock"));

        Assert.Equal(FindingCertainty.Proved, found.Certainty);
        Assert.Equal(3, found.Goroutines.Distinct().Count());
        Assert.Equal(3, found.Detail.Split('\n').Length);
        Assert.All(found.Goroutines, id => Assert.Contains($"held by goroutine {id}", found.Detail, StringComparison.Ordinal));
    });

    [Fact]
    public Task FindAsync_SameLocksInOneOrder_FindsNothing() => Isolated.RunAsync(async runtime =>
    {
        GoMutex[] locks = [new(), new(), new()];
        await Planted.CircleAsync(runtime, locks, inOrder: true);
        await Poll.UntilAsync(() => runtime.Count == 0, "the goroutines to end");

        Assert.Empty(await GoFindings.FindAsync(runtime, Planted.AtOnce));
    });

    [Fact]
    public Task FindAsync_CircleThroughALockAndAJoin_NamesItProved() => Isolated.RunAsync(async runtime =>
    {
        var mutex = new GoMutex();
        Holder outer = await mutex.LockAsync(); // by no goroutine: its holder is not known
        runtime.Spawn(async () =>
        {
            using (await mutex.LockAsync())
            {
                Goroutine child = runtime.Run(async () =>
                {
                    using (await mutex.LockAsync())
                    {
                    }
                });
                await child;
            }
        });
        await Planted.ParkedAsync(runtime, "sync.Mutex.Lock", 1);
        Assert.Empty(await Planted.FindAsync(runtime, "deadlock"));
        outer.Dispose();
        await Planted.ParkedAsync(runtime, "join", 1);
        await Planted.ParkedAsync(runtime, "sync.Mutex.Lock", 1);

        Finding found = Assert.Single(await Planted.FindAsync(runtime, "deadlock"));

        Assert.Equal(2, found.Count);
        Assert.Contains("waits for the end of goroutine", found.Detail, StringComparison.Ordinal);
    });

    [Fact]
    public Task FindAsync_GoroutineThatLocksTwice_WaitsForItself() => Isolated.RunAsync(async runtime =>
    {
        var mutex = new GoMutex();
        runtime.Spawn(async () =>
        {
            using (await mutex.LockAsync())
            using (await mutex.LockAsync())
            {
            }
        });
        await Planted.ParkedAsync(runtime, "sync.Mutex.Lock", 1);

        Finding found = Assert.Single(await Planted.FindAsync(runtime, "deadlock"));

        Assert.Contains("waits for itself", found.Title, StringComparison.Ordinal);
    });

    [Fact]
    public Task FindAsync_ReaderThatWantsToWrite_IsNamed() => Isolated.RunAsync(async runtime =>
    {
        var mutex = new GoRWMutex();
        runtime.Spawn(async () =>
        {
            using (await mutex.ReadLockAsync())
            using (await mutex.LockAsync())
            {
            }
        });
        await Planted.ParkedAsync(runtime, "sync.RWMutex.Lock", 1);

        Assert.Single(await Planted.FindAsync(runtime, "deadlock"));
    });

    [Fact]
    public Task FindAsync_CircleThatATokenMayEnd_IsNoProof() => Isolated.RunAsync(async runtime =>
    {
        var mutex = new GoMutex();
        using var cancel = new CancellationTokenSource();
        runtime.Spawn(async () =>
        {
            using (await mutex.LockAsync())
            using (await mutex.LockAsync(cancel.Token))
            {
            }
        });
        await Planted.ParkedAsync(runtime, "sync.Mutex.Lock", 1);

        Assert.Empty(await Planted.FindAsync(runtime, "deadlock"));
        await cancel.CancelAsync();
    });

    /// <summary>A wait group waits for its goroutines; one of them waits for what the waiter holds.</summary>
    [Fact]
    public Task FindAsync_CircleThroughAWaitGroup_NamesItProved() => Isolated.RunAsync(async runtime =>
    {
        var mutex = new GoMutex();
        runtime.Spawn(async () =>
        {
            var group = new WaitGroup();
            using (await mutex.LockAsync())
            {
                group.Spawn(async () =>
                {
                    using (await mutex.LockAsync())
                    {
                    }
                });
                await group.WaitAsync();
            }
        });
        await Planted.ParkedAsync(runtime, "sync.WaitGroup.Wait", 1);
        await Planted.ParkedAsync(runtime, "sync.Mutex.Lock", 1);

        Assert.Equal(2, Assert.Single(await Planted.FindAsync(runtime, "deadlock")).Count);
    });

    [Fact]
    public Task FindAsync_LocksUnderLoad_NeverClaimsADeadlock() => Isolated.RunAsync(async runtime =>
    {
        GoMutex[] locks = [new(), new(), new()];
        bool stop = false;
        var ended = new WaitGroup();
        ended.Add(12);
        for (int i = 0; i < 12; i++)
        {
            int at = i;
            runtime.Spawn(async () =>
            {
                while (!Volatile.Read(ref stop))
                {
                    using (await locks[at % 3].LockAsync())
                    {
                        await Go.Yield();
                    }

                    await Go.Yield();
                }

                ended.Done();
            });
        }

        for (int i = 0; i < 100; i++)
        {
            IReadOnlyList<Finding> found = await GoFindings.FindAsync(runtime, new FindingOptions { BetweenLooks = TimeSpan.FromMilliseconds(1) });
            Assert.DoesNotContain(found, static finding => finding.Kind == "deadlock");
        }

        Volatile.Write(ref stop, true);
        await ended.WaitAsync();
    });

    [Fact]
    public Task FindAsync_LockHeldByAGoroutineThatSleeps_NamesTheHolder() => Isolated.RunAsync(async runtime =>
    {
        var mutex = new GoMutex();
        Goroutine holder = runtime.Run(async () =>
        {
            using (await mutex.LockAsync())
            {
                await Go.SleepAsync(TimeSpan.FromHours(1));
            }
        });
        await Planted.ParkedAsync(runtime, "sleep", 1);
        for (int i = 0; i < 12; i++)
        {
            runtime.Spawn(async () =>
            {
                using (await mutex.LockAsync())
                {
                }
            });
        }

        await Planted.ParkedAsync(runtime, "sync.Mutex.Lock", 12);

        Finding held = Assert.Single(await Planted.FindAsync(runtime, "held-while-waiting"));
        Assert.Equal(holder.Id, held.Goroutines[0]);
        Assert.Equal(12, held.Count);
        Assert.Single(await Planted.FindAsync(runtime, "hot-lock"));
        GoroutineInfo waiter = runtime.Snapshot().First(static info => info.WaitReason == "sync.Mutex.Lock");
        Assert.Equal([holder.Id], waiter.WaitsFor!.Holders);
    });
}
