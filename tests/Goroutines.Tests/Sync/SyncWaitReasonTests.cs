using Goroutines.Tests.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>Dumps tell in Go's words what a goroutine waits for.</summary>
public class SyncWaitReasonTests
{
    [Fact]
    public Task Snapshot_NamesEachWait() => Isolated.GoAsync(1, async () =>
    {
        var mutex = new GoMutex();
        var rwMutex = new GoRWMutex();
        var group = new WaitGroup();
        var condMutex = new GoMutex();
        var cond = new GoCond(condMutex);
        var once = new Once();
        var semaphore = new WeightedSemaphore(1);
        var errGroup = new ErrGroup { Limit = 1 };
        var flights = new SingleFlight<int, int>();
        var barrier = new GoBarrier(2);
        var end = new Chan<bool>();
        Holder mutexHolder = await mutex.LockAsync();
        Holder writeHolder = await rwMutex.LockAsync();
        group.Add(1);
        await semaphore.AcquireAsync();
        errGroup.Spawn(async () => await end.ReceiveAsync());

        List<Goroutine> waiters =
        [
            Go.Run(async () => (await mutex.LockAsync()).Dispose()),
            Go.Run(async () => (await rwMutex.LockAsync()).Dispose()),
            Go.Run(async () => (await rwMutex.ReadLockAsync()).Dispose()),
            Go.Run(async () => await group.WaitAsync()),
            Go.Run(async () =>
            {
                using (await condMutex.LockAsync())
                {
                    await cond.WaitAsync();
                }
            }),
            Go.Run(async () => await once.DoAsync(async () => await end.ReceiveAsync())),
            Go.Run(async () => await once.DoAsync(async () => await end.ReceiveAsync())),
            Go.Run(async () => { await semaphore.AcquireAsync(); }),
            Go.Run(async () => { await barrier.WaitAsync(); }),
            Go.Run(async () => await errGroup.SpawnAsync(() => default(ValueTask))),
            Go.Run(async () => { await flights.DoAsync(1, async () => (await end.ReceiveAsync()).Ok ? 1 : 0); }),
            Go.Run(async () => { await flights.DoAsync(1, async () => (await end.ReceiveAsync()).Ok ? 1 : 0); }),
        ];
        string[] reasons = [];
        await Poll.UntilAsync(
            () =>
            {
                reasons = [.. Go.Snapshot().Where(info => info.Status == GoroutineStatus.Waiting).Select(info => info.WaitReason).Order(StringComparer.Ordinal)];
                return reasons.Length == waiters.Count + 1;
            },
            "all to wait");
        Assert.Equal(
            [
                "barrier wait",
                "chan receive",
                "chan receive",
                "chan receive",
                "errgroup.Group.Go",
                "semacquire",
                "singleflight.Group.Do",
                "sync.Cond.Wait",
                "sync.Mutex.Lock",
                "sync.Once.Do",
                "sync.RWMutex.Lock",
                "sync.RWMutex.RLock",
                "sync.WaitGroup.Wait",
            ],
            reasons);

        end.Close();
        mutexHolder.Dispose();
        writeHolder.Dispose();
        group.Done();
        cond.Signal();
        semaphore.Release();
        await barrier.WaitAsync();
        foreach (Goroutine waiter in waiters)
        {
            await waiter;
        }

        await errGroup.WaitAsync();
    });
}

/// <summary>A deadlock over a primitive is found.</summary>
[Collection(AloneCollection.Name)]
public class SyncDeadlockTests
{
    [Theory]
    [InlineData("sync.Mutex.Lock")]
    [InlineData("sync.RWMutex.Lock")]
    [InlineData("sync.WaitGroup.Wait")]
    [InlineData("sync.Cond.Wait")]
    [InlineData("semacquire")]
    [InlineData("barrier wait")]
    public async Task Main_EverybodyWaits_IsADeadlock(string reason)
    {
        await using var runtime = new GoRuntime(new GoRuntimeOptions { MaxProcs = 1 });
        DeadlockException deadlock = await Assert.ThrowsAsync<DeadlockException>(() => PlainThread.Run(() => runtime.Main(async () =>
        {
            var mutex = new GoMutex();
            var rwMutex = new GoRWMutex();
            var group = new WaitGroup();
            var semaphore = new WeightedSemaphore(1);
            switch (reason)
            {
                case "sync.Mutex.Lock":
                    await mutex.LockAsync();
                    await mutex.LockAsync();
                    break;
                case "sync.RWMutex.Lock":
                    await rwMutex.ReadLockAsync();
                    await rwMutex.LockAsync();
                    break;
                case "sync.WaitGroup.Wait":
                    group.Add(1);
                    await group.WaitAsync();
                    break;
                case "sync.Cond.Wait":
                    await mutex.LockAsync();
                    await new GoCond(mutex).WaitAsync();
                    break;
                case "barrier wait":
                    await new GoBarrier(2).WaitAsync();
                    break;
                default:
                    await semaphore.AcquireAsync();
                    await semaphore.AcquireAsync();
                    break;
            }
        })));
        Assert.Contains($"[{reason}]", deadlock.Dump, StringComparison.Ordinal);
    }
}
