using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Ends;

/// <summary>Goroutines of a runtime that was disposed of leave the queues of what is shared with others: nothing is handed to the dead.</summary>
public sealed class OrphanTests : IAsyncDisposable
{
    private readonly GoRuntime _dead = new(new GoRuntimeOptions { MaxProcs = 2 });

    public ValueTask DisposeAsync() => _dead.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chan_Receiver_GetsNoValue(bool synchronous)
    {
        var values = new Chan<int>();
        Park(synchronous, async () => await values.ReceiveAsync(), () => values.Receive());
        await EndAsync("chan receive");
        Assert.False(values.TrySend(1));
        ValueTask sending = values.SendAsync(2);
        Assert.False(sending.IsCompleted);
        Assert.Equal(new Received<int>(2, true), await values.ReceiveAsync());
        await sending;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chan_Sender_GivesNoValue(bool synchronous)
    {
        var values = new Chan<int>(1);
        values.TrySend(1);
        Park(synchronous, async () => await values.SendAsync(2), () => values.Send(2));
        await EndAsync("chan send");
        Assert.True(values.TryReceive(out Received<int> first));
        Assert.Equal(1, first.Value);
        Assert.False(values.TryReceive(out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chan_LiveReceiverBehindTheDead_GetsTheValue(bool synchronous)
    {
        var values = new Chan<int>();
        Park(synchronous, async () => await values.ReceiveAsync(), () => values.Receive());
        await Ended.ParkedAsync(_dead, "chan receive");
        ValueTask<Received<int>> live = values.ReceiveAsync();
        await Ended.DisposeAsync(_dead);
        await GoneAsync();
        Assert.True(values.TrySend(1));
        Assert.Equal(1, (await live).Value);
    }

    /// <summary>The task belongs to its holder, also outside of the runtime in which the operation was begun.</summary>
    [Fact]
    public async Task Chan_OperationAwaitedOutside_IsServed()
    {
        var values = new Chan<int>();
        Task<Received<int>> received = await _dead.Run(() => new ValueTask<Task<Received<int>>>(values.ReceiveAsync().AsTask()));
        await Ended.DisposeAsync(_dead);
        Assert.True(values.TrySend(3));
        Assert.Equal(3, (await received.WaitAsync(Limits.Wait)).Value);
    }

    [Fact]
    public async Task Chan_TwoOperationsAtOnceOfTheDead_GetNothing()
    {
        var first = new Chan<int>();
        var second = new Chan<int>();
        async Task Take(Chan<int> from) => await from.ReceiveAsync();
        _dead.Spawn(async () => await Task.WhenAll(Take(first), Take(second)));
        await Poll.UntilAsync(() => _dead.Snapshot() is [{ Status: GoroutineStatus.Waiting }], "the goroutine to park");
        await Ended.DisposeAsync(_dead);
        Assert.False(first.TrySend(1));
        Assert.False(second.TrySend(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Select_OfTheDead_TakesNothing(bool synchronous)
    {
        var first = new Chan<int>();
        var second = new Chan<int>(1);
        second.TrySend(1);
        Select Make() => new Select().Receive(first, out _).Send(second, 2, out _);
        Park(synchronous, async () => await Make().WaitAsync(), () => Make().Wait());
        await EndAsync("select");
        Assert.False(first.TrySend(1));
        Assert.True(second.TryReceive(out _));
        Assert.False(second.TryReceive(out _));
    }

    [Fact]
    public async Task Chan_Close_PassesTheDeadBy()
    {
        var values = new Chan<int>();
        Park(false, async () => await values.ReceiveAsync(), () => { });
        Park(true, () => Task.CompletedTask, () => values.Receive());
        await EndAsync("chan receive", 2);
        values.Close();
        Assert.Equal(default, await values.ReceiveAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GoMutex_DeadWaiter_IsPassedBy(bool synchronous)
    {
        var mutex = new GoMutex();
        Holder hold = await mutex.LockAsync();
        Park(synchronous, async () => await mutex.LockAsync(), () => mutex.Lock());
        await Ended.ParkedAsync(_dead, "sync.Mutex.Lock");
        ValueTask<Holder> behind = mutex.LockAsync();
        await Ended.DisposeAsync(_dead);
        await GoneAsync();
        Goroutine live = Go.Run(async () =>
        {
            using (await mutex.LockAsync())
            {
            }
        });
        hold.Dispose();
        (await behind.AsTask().WaitAsync(Limits.Wait)).Dispose();
        await live.JoinAsync().AsTask().WaitAsync(Limits.Wait);
        Assert.True(mutex.TryLock(out _));
    }

    /// <summary>The unlock wakes or hands over, and then the runtime is stopped before the goroutine has its turn.</summary>
    [Theory]
    [InlineData("mutex")]
    [InlineData("write")]
    [InlineData("read")]
    [InlineData("semaphore")]
    [InlineData("cond")]
    public async Task Grant_OnItsWayToTheDead_ComesBack(string kind)
    {
        using var release = new ManualResetEventSlim();
        var running = new TaskCompletionSource();
        var dead = new GoRuntime(new GoRuntimeOptions { MaxProcs = 1, MaxThreads = 1 });
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        var rw = new GoRWMutex();
        var semaphore = new WeightedSemaphore(1);
        Holder hold = kind == "mutex" ? await mutex.LockAsync() : kind is "read" or "write" ? await rw.LockAsync() : default;
        if (kind == "semaphore")
        {
            await semaphore.AcquireAsync();
        }

        dead.Spawn(async () =>
        {
            switch (kind)
            {
                case "mutex":
                    await mutex.LockAsync();
                    break;
                case "write":
                    await rw.LockAsync();
                    break;
                case "read":
                    await rw.ReadLockAsync();
                    break;
                case "cond":
                    await mutex.LockAsync();
                    await cond.WaitAsync();
                    break;
                default:
                    await semaphore.AcquireAsync();
                    break;
            }
        });
        await Poll.UntilAsync(() => dead.Snapshot() is [{ Status: GoroutineStatus.Waiting }], "the goroutine to wait");
        dead.Spawn(() =>
        {
            running.SetResult();
            while (!release.IsSet)
            {
                Thread.SpinWait(100);
            }

            return default(ValueTask);
        });
        await running.Task.WaitAsync(Limits.Wait);
        switch (kind)
        {
            case "semaphore":
                semaphore.Release();
                break;
            case "cond":
                cond.Signal();
                break;
            default:
                hold.Dispose();
                break;
        }

        Task disposing = Ended.DisposeAsync(dead);
        Task live = kind switch
        {
            "mutex" or "cond" => LockedAsync(mutex.LockAsync()),
            "read" or "write" => LockedAsync(rw.LockAsync()),
            _ => semaphore.AcquireAsync().AsTask(),
        };
        await live.WaitAsync(Limits.Wait);
        release.Set();
        await disposing;

        static async Task LockedAsync(ValueTask<Holder> locking) => (await locking).Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GoRWMutex_DeadWriterBetweenReaders_LetsThemIn(bool synchronous)
    {
        var rw = new GoRWMutex();
        using Holder reading = await rw.ReadLockAsync();
        Park(synchronous, async () => await rw.LockAsync(), () => rw.Lock());
        await Ended.ParkedAsync(_dead, "sync.RWMutex.Lock");
        ValueTask<Holder> behind = rw.ReadLockAsync();
        Assert.False(behind.IsCompleted);
        await Ended.DisposeAsync(_dead);
        (await behind.AsTask().WaitAsync(Limits.Wait)).Dispose(); // though the first reader goes on
    }

    [Fact]
    public async Task GoRWMutex_DeadReader_DoesNotHold()
    {
        var rw = new GoRWMutex();
        Holder writing = await rw.LockAsync();
        Park(false, async () => await rw.ReadLockAsync(), () => { });
        await EndAsync("sync.RWMutex.RLock");
        writing.Dispose();
        Assert.True(rw.TryLock(out Holder again));
        again.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WeightedSemaphore_DeadHead_LetsTheOthersIn(bool synchronous)
    {
        var semaphore = new WeightedSemaphore(10);
        await semaphore.AcquireAsync(5);
        Park(synchronous, async () => await semaphore.AcquireAsync(8), () => semaphore.Acquire(8));
        await Ended.ParkedAsync(_dead, "semacquire");
        ValueTask<Holder> behind = semaphore.AcquireAsync(3);
        Assert.False(behind.IsCompleted);
        await Ended.DisposeAsync(_dead);
        await behind.AsTask().WaitAsync(Limits.Wait); // though nothing was released
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GoCond_Signal_WakesTheLiving(bool synchronous)
    {
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        Park(
            synchronous,
            async () =>
            {
                await mutex.LockAsync();
                await cond.WaitAsync();
            },
            () =>
            {
                mutex.Lock();
                cond.Wait();
            });
        await Ended.ParkedAsync(_dead, "sync.Cond.Wait");
        Holder hold = await mutex.LockAsync();
        ValueTask live = cond.WaitAsync();
        await Ended.DisposeAsync(_dead);
        await GoneAsync();
        cond.Signal();
        await live.AsTask().WaitAsync(Limits.Wait);
        hold.Dispose();
        Assert.True(mutex.TryLock(out _));
    }

    [Fact]
    public async Task ErrGroup_DeadGoroutine_GivesItsPlaceBack()
    {
        var group = new ErrGroup { Limit = 1 };
        var never = new Chan<int>();
        await _dead.Run(() =>
        {
            group.Spawn(async () => await never.ReceiveAsync());
            return default(ValueTask);
        });
        await EndAsync("chan receive");
        await group.SpawnAsync(() => default(ValueTask)).AsTask().WaitAsync(Limits.Wait);
    }

    /// <summary>Its place was asked for, and counted, so the group would wait for what is never started.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ErrGroup_SpawnerDiesWaitingForAPlace_IsNotCounted(bool synchronous)
    {
        var group = new ErrGroup { Limit = 1 };
        var go = new Chan<Unit>();
        group.Spawn(async () => await go.ReceiveAsync());
        Park(synchronous, async () => await group.SpawnAsync(() => default(ValueTask)), () => group.Spawn(() => default(ValueTask)));
        await EndAsync("errgroup.Group.Go");
        go.Close();
        Task waiting = group.WaitAsync().AsTask();
        Assert.True(await Task.WhenAny(waiting, Task.Delay(Limits.Wait)) == waiting, "The group waits for what is never started.");
        Assert.True(waiting.Exception?.InnerException is null or ObjectDisposedException);
    }

    /// <summary>Two at once: one of them is awaited beside the goroutine's own flow.</summary>
    [Fact]
    public async Task TwoLocksAtOnceOfTheDead_GoToTheLiving()
    {
        GoMutex[] locks = [new(), new()];
        Holder[] holds = [await locks[0].LockAsync(), await locks[1].LockAsync()];
        async Task Take(GoMutex mutex) => (await mutex.LockAsync()).Dispose();
        _dead.Spawn(async () => await Task.WhenAll(Take(locks[0]), Take(locks[1])));
        await Poll.UntilAsync(() => _dead.Snapshot() is [{ Status: GoroutineStatus.Waiting }], "the goroutine to park");
        await Ended.DisposeAsync(_dead);
        foreach (Holder hold in holds)
        {
            hold.Dispose();
        }

        foreach (GoMutex mutex in locks)
        {
            (await mutex.LockAsync().AsTask().WaitAsync(Limits.Wait)).Dispose();
        }
    }

    [Fact]
    public async Task WaitGroupAndJoin_DeadWaiters_HarmNobody()
    {
        var group = new WaitGroup();
        group.Add(1);
        var go = new Chan<Unit>();
        Goroutine joined = Go.Run(async () => { await go.ReceiveAsync(); });
        Park(false, async () => await group.WaitAsync(), () => { });
        Park(false, async () => await joined.JoinAsync(), () => { });
        await Ended.ParkedAsync(_dead, "sync.WaitGroup.Wait");
        await EndAsync("join");
        ValueTask live = group.WaitAsync();
        group.Done();
        await live;
        go.Close();
        await joined;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GoBarrier_DeadParticipant_TakesItsArrivalBack(bool synchronous)
    {
        var barrier = new GoBarrier(2);
        Park(synchronous, async () => await barrier.WaitAsync(), () => barrier.Wait());
        await EndAsync("barrier wait");
        ValueTask<bool> live = barrier.WaitAsync();
        Assert.False(live.IsCompleted);
        Assert.True(await barrier.WaitAsync());
        Assert.False(await live);
        Assert.Equal(1, barrier.Phase);
    }

    private void Park(bool synchronous, Func<Task> asynchronously, Action synchronously)
    {
        if (synchronous)
        {
            _dead.Spawn(synchronously);
        }
        else
        {
            _dead.Spawn(asynchronously);
        }
    }

    private async Task EndAsync(string reason, int count = 1)
    {
        await Ended.ParkedAsync(_dead, reason, count);
        await Ended.DisposeAsync(_dead);
        await GoneAsync();
    }

    /// <summary>Waits until the threads of synchronous bodies have been unwound.</summary>
    private Task GoneAsync() => Poll.UntilAsync(() => _dead.Scheduler.Stacks.Threads.Length == 0, "the threads to end");
}
