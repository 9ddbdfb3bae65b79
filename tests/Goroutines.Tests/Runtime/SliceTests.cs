using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>
/// Goroutines that make each other ready pass the P on by <c>runnext</c>, before everything in the ring and in the global queue. They
/// have one time slice together: whatever they are and however they hand over, the others have their turns.
/// </summary>
[Collection(StressCollection.Name)]
public class SliceTests
{
    /// <summary>How two goroutines, or a chain of them, make each other ready for as long as they are asked to.</summary>
    public enum Kind
    {
        AsyncPair,
        AsyncPairBuffered,
        SynchronousPair,
        SynchronousPairBuffered,
        AsyncToSynchronous,
        SynchronousToAsync,
        Selects,
        Locks,
        SynchronousLocks,
        Timers,
        ForeignTasks,
        Joins,
        SpawnChain,
        SynchronousSpawnChain,
        ShortRegions,
        RegionsInSynchronousBodies,
        SleepingRegions,
        RegionsAndTimers,
        ManagedWaits,
    }

    public static TheoryData<Kind, int> Everything
    {
        get
        {
            TheoryData<Kind, int> all = [];
            foreach (Kind kind in Enum.GetValues<Kind>())
            {
                all.Add(kind, 1);
                all.Add(kind, 2);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public Task Pairs_BesideAYielder_ItHasItsTurns(Kind kind, int procs)
        => BesideAsync(kind, procs, runtime => runtime.Run(async () =>
        {
            for (int i = 0; i < 5; i++)
            {
                await Go.Yield();
            }
        }));

    [Theory]
    [MemberData(nameof(Everything))]
    public Task Pairs_BesideASynchronousYielder_ItHasItsTurns(Kind kind, int procs)
        => BesideAsync(kind, procs, runtime => runtime.Run(() =>
        {
            for (int i = 0; i < 5; i++)
            {
                Go.Wait(Go.Yield());
            }
        }));

    /// <summary>The global queue has its turn, too, where chains keep ending their slices: what a plain thread queues is run.</summary>
    [Theory]
    [InlineData(Kind.AsyncPair)]
    [InlineData(Kind.SynchronousPair)]
    [InlineData(Kind.SpawnChain)]
    public Task Pairs_BesideSpawnsFromOutside_EachIsRun(Kind kind) => BesideAsync(kind, 1, runtime => runtime.Run(async () =>
    {
        for (int i = 0; i < 20; i++)
        {
            await Task.Run(() => runtime.Run(static () => default(ValueTask)).JoinAsync().AsTask());
        }
    }));

    /// <summary>The other way round: goroutines that plain threads queue without end, each with a chain of its own, leave the ring its turns.</summary>
    [Fact]
    public Task ChainsFromOutsideWithoutEnd_BesideAYielder_ItHasItsTurns() => Isolated.RunAsync(1, async runtime =>
    {
        bool stop = false;
        long chains = 0;
        Task outside = PlainThread.Run(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                if (runtime.Count < 1000)
                {
                    runtime.Spawn(async () =>
                    {
                        Interlocked.Increment(ref chains);
                        for (int i = 0; i < 2000 && !Volatile.Read(ref stop); i++)
                        {
                            await Go.Run(static () => default(ValueTask));
                        }
                    });
                }
            }
        });
        await Poll.UntilAsync(() => Volatile.Read(ref chains) > 100, "the chains to run");
        await runtime.Run(async () =>
        {
            for (int i = 0; i < 5; i++)
            {
                await Go.Yield();
            }
        });
        Volatile.Write(ref stop, true);
        await outside;
        await Poll.UntilAsync(() => runtime.Count == 0, "the chains to end");
    });

    private static Task BesideAsync(Kind kind, int procs, Func<GoRuntime, Goroutine> start) => Isolated.RunAsync(procs, async runtime =>
    {
        // As many as there are Ps, so that none is left for the others.
        Pairs pairs = new(runtime);
        for (int i = 0; i < procs; i++)
        {
            pairs.Start(kind);
        }

        long begun = pairs.HandOvers;
        await Poll.UntilAsync(() => pairs.HandOvers > begun + 100, "the pairs to hand over");
        await start(runtime);
        pairs.Stop();
        await Poll.UntilAsync(() => runtime.Count == 0, "the pairs to end");
    });

    /// <summary>Starts pairs, counts what they do, and ends them.</summary>
    private sealed class Pairs(GoRuntime runtime)
    {
        private long _handOvers;
        private volatile bool _stopped;

        public long HandOvers => Volatile.Read(ref _handOvers);

        public void Stop() => _stopped = true;

        public void Start(Kind kind)
        {
            switch (kind)
            {
                case Kind.AsyncPair or Kind.AsyncPairBuffered:
                    Chan<int> between = new(kind == Kind.AsyncPair ? 0 : 10);
                    runtime.Spawn(() => SendAsync(between));
                    runtime.Spawn(() => ReceiveAsync(between));
                    break;
                case Kind.SynchronousPair or Kind.SynchronousPairBuffered:
                    Chan<int> values = new(kind == Kind.SynchronousPair ? 0 : 10);
                    runtime.Spawn(() => Send(values));
                    runtime.Spawn(() => Receive(values));
                    break;
                case Kind.AsyncToSynchronous:
                    Chan<int> down = new();
                    runtime.Spawn(() => SendAsync(down));
                    runtime.Spawn(() => Receive(down));
                    break;
                case Kind.SynchronousToAsync:
                    Chan<int> up = new();
                    runtime.Spawn(() => Send(up));
                    runtime.Spawn(() => ReceiveAsync(up));
                    break;
                case Kind.Selects:
                    Chan<int> selected = new();
                    Chan<int> never = new();
                    runtime.Spawn(() => SendAsync(selected));
                    runtime.Spawn(() => SelectAsync(selected, never));
                    break;
                case Kind.Locks:
                    (WeightedSemaphore ours, WeightedSemaphore theirs) = Semaphores();
                    runtime.Spawn(() => AcquireAndReleaseAsync(ours, theirs));
                    runtime.Spawn(() => AcquireAndReleaseAsync(theirs, ours));
                    break;
                case Kind.SynchronousLocks:
                    (WeightedSemaphore mine, WeightedSemaphore yours) = Semaphores();
                    runtime.Spawn(() => AcquireAndRelease(mine, yours));
                    runtime.Spawn(() => AcquireAndRelease(yours, mine));
                    break;
                case Kind.Timers:
                    runtime.Spawn(() => SleepAsync(inRegion: false));
                    runtime.Spawn(() => SleepAsync(inRegion: false));
                    break;
                case Kind.RegionsAndTimers:
                    runtime.Spawn(() => SleepAsync(inRegion: true));
                    runtime.Spawn(() => SleepAsync(inRegion: true));
                    break;
                case Kind.ForeignTasks:
                    runtime.Spawn(() => AwaitTasksAsync(new TaskCompletionSource()));
                    break;
                case Kind.Joins:
                    runtime.Spawn(JoinAsync);
                    break;
                case Kind.SpawnChain:
                    Next();
                    break;
                case Kind.SynchronousSpawnChain:
                    NextSynchronous();
                    break;
                case Kind.ShortRegions or Kind.SleepingRegions or Kind.ManagedWaits:
                    Chan<int> announced = new();
                    Action region = kind switch
                    {
                        Kind.ShortRegions => static () => Go.Blocking(static () => { }),
                        Kind.SleepingRegions => static () => Go.Blocking(static () => Thread.Sleep(1)),
                        _ => static () => new ManualResetEventSlim().Wait(1),
                    };
                    runtime.Spawn(() => SendAsync(announced, region));
                    runtime.Spawn(() => ReceiveAsync(announced, region));
                    break;
                case Kind.RegionsInSynchronousBodies:
                    Chan<int> blocked = new();
                    runtime.Spawn(() => Send(blocked, static () => Go.Blocking(static () => { })));
                    runtime.Spawn(() => Receive(blocked, static () => Go.Blocking(static () => { })));
                    break;
            }
        }

        private static (WeightedSemaphore First, WeightedSemaphore Second) Semaphores()
        {
            WeightedSemaphore second = new(1);
            Assert.True(second.TryAcquire(1));
            return (new WeightedSemaphore(1), second);
        }

        private async ValueTask SendAsync(Chan<int> channel, Action? between = null)
        {
            while (!_stopped)
            {
                await channel.SendAsync(1);
                between?.Invoke();
                Interlocked.Increment(ref _handOvers);
            }

            channel.Close();
        }

        private static async ValueTask ReceiveAsync(Chan<int> channel, Action? between = null)
        {
            while ((await channel.ReceiveAsync()).Ok)
            {
                between?.Invoke();
            }
        }

        private static async ValueTask SelectAsync(Chan<int> channel, Chan<int> never)
        {
            Select select = new();
            ReceiveCase<int> value = select.Receive(channel);
            select.Receive(never);
            do
            {
                await select.WaitAsync();
            }
            while (value.Ok);
        }

        private void Send(Chan<int> channel, Action? between = null)
        {
            while (!_stopped)
            {
                channel.Send(1);
                between?.Invoke();
                Interlocked.Increment(ref _handOvers);
            }

            channel.Close();
        }

        private static void Receive(Chan<int> channel, Action? between = null)
        {
            while (channel.Receive().Ok)
            {
                between?.Invoke();
            }
        }

        private async ValueTask AcquireAndReleaseAsync(WeightedSemaphore acquired, WeightedSemaphore released)
        {
            while (!_stopped)
            {
                await acquired.AcquireAsync(1);
                Interlocked.Increment(ref _handOvers);
                released.Release(1);
            }
        }

        private void AcquireAndRelease(WeightedSemaphore acquired, WeightedSemaphore released)
        {
            while (!_stopped)
            {
                acquired.Acquire(1);
                Interlocked.Increment(ref _handOvers);
                released.Release(1);
            }
        }

        private async ValueTask SleepAsync(bool inRegion)
        {
            while (!_stopped)
            {
                if (inRegion)
                {
                    Go.Blocking(static () => Thread.Sleep(1));
                }

                await Go.SleepAsync(TimeSpan.FromTicks(1));
                Interlocked.Increment(ref _handOvers);
            }
        }

        /// <summary>Each waits for a task that the next one completes.</summary>
        private async ValueTask AwaitTasksAsync(TaskCompletionSource completes)
        {
            while (!_stopped)
            {
                TaskCompletionSource next = new();
                Go.Spawn(() => AwaitOnceAsync(next));
                await next.Task;
                Interlocked.Increment(ref _handOvers);
            }

            completes.SetResult();

            static ValueTask AwaitOnceAsync(TaskCompletionSource source)
            {
                source.SetResult();
                return default;
            }
        }

        private async ValueTask JoinAsync()
        {
            while (!_stopped)
            {
                await Go.Run(static () => default(ValueTask));
                Interlocked.Increment(ref _handOvers);
            }
        }

        private void Next() => runtime.Spawn(() =>
        {
            Interlocked.Increment(ref _handOvers);
            if (!_stopped)
            {
                Next();
            }

            return default(ValueTask);
        });

        private void NextSynchronous() => runtime.Spawn(() =>
        {
            Interlocked.Increment(ref _handOvers);
            if (!_stopped)
            {
                NextSynchronous();
            }
        });
    }
}
