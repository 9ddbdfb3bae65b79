using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Stress.Tests;

/// <summary>Runtimes that end in the middle of mixed work, which they share with others that go on.</summary>
[Collection(StressCollection.Name)]
public class EndsStressTests
{
    /// <summary>The last goroutines end at once, on several workers: one of them has to notice.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(64)]
    public async Task StopAsync_ManyEndAtOnce_AlwaysEnds(int goroutines)
    {
        for (int round = 0; round < 150; round++)
        {
            var runtime = new GoRuntime(new GoRuntimeOptions { MaxProcs = 2 });
            using var release = new Barrier(2);
            for (int i = 0; i < 2; i++)
            {
                runtime.Spawn(() =>
                {
                    release.SignalAndWait();
                    return default(ValueTask);
                });
            }

            for (int i = 0; i < goroutines; i++)
            {
                runtime.Spawn(static () => default(ValueTask));
            }

            Assert.Equal(0, await StopAsync(runtime));
        }
    }

    [Fact]
    public async Task Spawn_WhileTheRuntimeStops_RunsOrIsRefused()
    {
        for (int round = 0; round < 100; round++)
        {
            var runtime = new GoRuntime(new GoRuntimeOptions { MaxProcs = 2 });
            int accepted = 0;
            int ran = 0;
            using var begin = new Barrier(4);
            Task[] spawners =
            [
                .. Enumerable.Range(0, 3).Select(kind => PlainThread.Run(() =>
                {
                    begin.SignalAndWait();
                    try
                    {
                        while (true)
                        {
                            switch (kind)
                            {
                                case 0:
                                    runtime.Spawn(() => { Interlocked.Increment(ref ran); });
                                    break;
                                case 1:
                                    runtime.Spawn(() =>
                                    {
                                        Interlocked.Increment(ref ran);
                                        return default(ValueTask);
                                    });
                                    break;
                                default:
                                    runtime.Spawn(async () =>
                                    {
                                        Interlocked.Increment(ref accepted);
                                        try
                                        {
                                            Go.Spawn(async () =>
                                            {
                                                await Go.Yield();
                                                Interlocked.Increment(ref ran);
                                            });
                                        }
                                        catch (ObjectDisposedException)
                                        {
                                            Interlocked.Decrement(ref accepted);
                                        }

                                        await Go.Yield();
                                        Interlocked.Increment(ref ran);
                                    });
                                    break;
                            }

                            Interlocked.Increment(ref accepted);
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                        // Refused: from now on all are.
                    }
                })),
            ];
            begin.SignalAndWait();
            Assert.Equal(0, await StopAsync(runtime));
            await Task.WhenAll(spawners).WaitAsync(Limits.Wait);
            Assert.Equal(accepted, ran);
        }
    }

    /// <summary>
    /// Two runtimes work on the same channels, locks and semaphores. One is disposed of in the middle; the other, and tasks outside, go on, and
    /// in the end nothing is held, nobody waits in a queue, and every handle has an outcome. (The doomed hold nothing while they wait.)
    /// </summary>
    [Fact]
    public async Task Dispose_InTheMiddleOfSharedWork_HarmsNobody()
    {
        int seed = Seed.Get(nameof(Dispose_InTheMiddleOfSharedWork_HarmsNobody));
        for (int round = 0; round < 40; round++)
        {
            await new SharedWork(seed + round).RunAsync();
        }
    }

    private static Task<int> StopAsync(GoRuntime runtime)
        => runtime.StopAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limits.Wait);

    private sealed class SharedWork
    {
        private const int Size = 3;
        private readonly Random _random;
        private readonly int _round;
        private readonly Chan<int>[] _channels = [new(), new(1), new(4)];
        private readonly GoMutex _mutex = new();
        private readonly GoCond _cond;
        private readonly GoRWMutex _rw = new();
        private readonly WeightedSemaphore _semaphore = new(Size);
        private readonly SingleFlight<int, int> _flights = new();
        private long _done;
        private volatile bool _over;

        internal SharedWork(int seed)
        {
            _round = seed;
            _random = new Random(seed);
            _cond = new GoCond(_mutex);
        }

        internal async Task RunAsync()
        {
            var doomed = new GoRuntime(new GoRuntimeOptions { MaxProcs = _random.Next(1, 4), Name = $"doomed {_round}" });
            var living = new GoRuntime(new GoRuntimeOptions { MaxProcs = _random.Next(1, 4), Name = $"living {_round}" });
            using var over = new CancellationTokenSource();
            List<Task> dead = [];
            List<Task> alive = [];
            for (int i = 0; i < 24; i++)
            {
                int seed = _random.Next();
                (GoRuntime runtime, List<Task> list) = i % 2 == 0 ? (doomed, dead) : (living, alive);
                list.Add(i % 3 == 0
                    ? runtime.Run(() => WorkSynchronously(new Random(seed))).AsTask()
                    : runtime.Run(async () => await WorkAsync(new Random(seed), over.Token)).AsTask());
            }

            alive.Add(Task.Run(() => WorkAsync(new Random(_round), over.Token)));
            Task help = Task.Run(() => HelpAsync(alive));
            long before = _random.Next(2000);
            await Poll.UntilAsync(() => Interlocked.Read(ref _done) >= before, $"work to be done (seed {_round})");
            if (_random.Next(2) == 0)
            {
                await doomed.DisposeAsync().AsTask().WaitAsync(Limits.Wait);
            }
            else
            {
                using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(_random.Next(3)));
                await doomed.StopAsync(soon.Token).AsTask().WaitAsync(Limits.Wait);
            }

            // Told, or ended in the last turn.
            foreach (Task goroutine in dead)
            {
                await EndedAsync(goroutine, "a goroutine of the dead");
            }

            long then = Interlocked.Read(ref _done);
            await Poll.UntilAsync(() => Interlocked.Read(ref _done) >= then + 200, $"the living to go on (seed {_round})");
            _over = true;
            await over.CancelAsync();
            foreach (Task goroutine in alive)
            {
                await EndedAsync(goroutine, "one of the living");
            }

            await help;
            Assert.Equal(0, await StopAsync(living));
            (await _mutex.LockAsync().AsTask().WaitAsync(Limits.Wait)).Dispose();
            (await _rw.LockAsync().AsTask().WaitAsync(Limits.Wait)).Dispose();
            await _semaphore.AcquireAsync(Size).AsTask().WaitAsync(Limits.Wait);
            foreach (Chan<int> channel in _channels)
            {
                while (channel.TryReceive(out _))
                {
                    // What was left in the buffer.
                }

                Assert.False(channel.Capacity == 0 && channel.TrySend(1), $"Somebody still waits for a value (seed {_round}).");
            }
        }

        private async Task EndedAsync(Task goroutine, string what)
        {
            Assert.True(await Task.WhenAny(goroutine, Task.Delay(Limits.Wait)) == goroutine, $"Waited in vain for {what} (seed {_round}).");
            Assert.True(goroutine.Exception?.InnerException is null or ObjectDisposedException or OperationCanceledException, $"{goroutine.Exception} (seed {_round})");
        }

        /// <summary>Serves those who wait on the channels: they may all be sending, and no token ends a synchronous form.</summary>
        private async Task HelpAsync(List<Task> alive)
        {
            while (!alive.TrueForAll(static task => task.IsCompleted))
            {
                foreach (Chan<int> channel in _channels)
                {
                    channel.TrySend(0);
                    channel.TryReceive(out _);
                }

                await Task.Delay(1);
            }
        }

        private async Task WorkAsync(Random random, CancellationToken over)
        {
            var select = new Select();
            ReceiveCase<int> first = select.Receive(_channels[0]);
            SendCase<int> second = select.Send(_channels[1].Sender, 1);
            TimeoutCase time = select.Timeout(TimeSpan.FromMilliseconds(1));
            while (!_over)
            {
                switch (random.Next(12))
                {
                    case 0:
                        await _channels[random.Next(3)].SendAsync(1, over);
                        break;
                    case 1:
                        await _channels[random.Next(3)].ReceiveAsync(over);
                        break;
                    case 2:
                        (await _mutex.LockAsync(over)).Dispose();
                        break;
                    case 3:
                        (await _rw.LockAsync(over)).Dispose();
                        break;
                    case 4:
                        (await _rw.ReadLockAsync(over)).Dispose();
                        break;
                    case 5:
                        await _semaphore.AcquireAsync(2, over);
                        _semaphore.Release(2);
                        break;
                    case 6:
                        await select.WaitAsync(over);
                        _ = first.Selected || second.Selected || time.Selected;
                        break;
                    case 7:
                        await Go.SleepAsync(TimeSpan.FromTicks(random.Next(5000)), over);
                        break;
                    case 8:
                        using (await _mutex.LockAsync(over))
                        {
                            _cond.Signal();
                        }

                        await Go.Yield();
                        break;
                    case 9:
                        Go.Blocking(static () => Thread.Yield());
                        break;
                    case 10:
                        // A runtime that dies while it leads has its passengers told.
                        try
                        {
                            await _flights.DoAsync(random.Next(2), static async () =>
                            {
                                await Go.Yield();
                                return 1;
                            });
                        }
                        catch (ObjectDisposedException)
                        {
                            // By the leader's end.
                        }

                        break;
                    default:
                        using (CancelContext context = GoContext.From(over).WithTimeout(TimeSpan.FromMilliseconds(1)))
                        {
                            await new Select().Receive(_channels[2], out _).Receive(context.Done, out _).WaitAsync(CancellationToken.None);
                        }

                        break;
                }

                Interlocked.Increment(ref _done);
            }
        }

        private void WorkSynchronously(Random random)
        {
            while (!_over)
            {
                switch (random.Next(7))
                {
                    case 0:
                        _channels[random.Next(3)].Send(1);
                        break;
                    case 1:
                        _channels[random.Next(3)].Receive();
                        break;
                    case 2:
                        _mutex.Lock().Dispose();
                        break;
                    case 3:
                        _rw.ReadLock().Dispose();
                        break;
                    case 4:
                        _semaphore.Acquire();
                        _semaphore.Release();
                        break;
                    case 5:
                        Go.Sleep(TimeSpan.FromTicks(random.Next(5000)));
                        break;
                    default:
                        Go.Wait(Go.Yield());
                        break;
                }

                Interlocked.Increment(ref _done);
            }
        }
    }
}
