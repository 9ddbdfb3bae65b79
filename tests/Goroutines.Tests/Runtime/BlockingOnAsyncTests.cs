using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>
/// A body blocks on code that has to go on in the same goroutine. All forms of blocking, all kinds of what they wait for, in every
/// kind of body: the goroutine goes on in side turns, one at a time.
/// </summary>
public class BlockingOnAsyncTests
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(2);

    /// <summary>What the method waits for that is blocked on.</summary>
    public enum Inner
    {
        TaskDelay,
        TaskYield,
        TaskRun,
        GoSleep,
        GoSleepZero,
        GoYield,
        Receive,
        Select,
        Mutex,
        Join,
        Semaphore,
        Everything,
    }

    /// <summary>How the body blocks.</summary>
    public enum Form
    {
        Result,
        GetAwaiter,
        Wait,
        WaitAll,
        WaitAny,
        InsideLock,
        GoWait,
        GoWaitValueTask,
        InBlockingRegion,
        InNestedRegions,
    }

    public enum Body
    {
        Async,
        AsyncAfterAwait,
        Synchronous,
        SynchronousInRegion,
        Scope,
        ErrGroup,
        WaitGroup,
        TimerCallback,
        ContextCallback,
        PostedCallback,
    }

    public static TheoryData<Form, Inner> FormsAndInners()
    {
        TheoryData<Form, Inner> data = [];
        foreach (Form form in Enum.GetValues<Form>())
        {
            foreach (Inner inner in Enum.GetValues<Inner>())
            {
                data.Add(form, inner);
            }
        }

        return data;
    }

    public static TheoryData<Body, Inner> BodiesAndInners()
    {
        TheoryData<Body, Inner> data = [];
        foreach (Body body in Enum.GetValues<Body>())
        {
            foreach (Inner inner in Enum.GetValues<Inner>())
            {
                data.Add(body, inner);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(FormsAndInners))]
    public Task Block_OnAsyncCode_EveryForm(Form form, Inner inner) => Isolated.GoAsync(1, async () =>
    {
        Assert.Equal(1, Block(form, inner)); // in the body's first turn
        await Go.Yield();
        long id = Go.CurrentId;
        Assert.Equal(1, Block(form, inner)); // and in a later one
        Assert.Equal(id, Go.CurrentId);
        await Go.Yield();
        Assert.Equal(id, Go.CurrentId);
    });

    [Theory]
    [MemberData(nameof(BodiesAndInners))]
    public Task Block_OnAsyncCode_EveryBody(Body body, Inner inner) => Isolated.GoAsync(1, async () =>
    {
        var result = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await RunIn(body, () =>
        {
            try
            {
                result.SetResult(Block(Form.Result, inner));
            }
            catch (Exception exception)
            {
                result.SetException(exception);
            }
        });
        Assert.Equal(1, await result.Task);
    });

    [Fact]
    public Task Block_InMain_GoesOn() => Isolated.RunAsync(
        1,
        async runtime => Assert.Equal(2, await PlainThread.Run(() => runtime.Main(async () =>
        {
            int first = Work(Inner.Everything).Result;
            await Go.Yield();
            return first + Work(Inner.Everything).Result;
        })).WaitAsync(Limits.Wait)));

    [Fact]
    public Task Block_FourLevelsDeep_GoesOn() => Isolated.GoAsync(1, async () =>
    {
        Assert.Equal(4, Nested(4).Result);
        await Go.Yield();
        Assert.Equal(4, Go.Wait(Nested(4)));

        static async Task<int> Nested(int depth)
        {
            await Go.SleepAsync(s_moment);
            int below = depth == 1 ? 0 : Nested(depth - 1).Result;
            await Task.Delay(1);
            return below + 1;
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Block_TwentyGoroutinesAtOnce_AllGoOn(int maxProcs) => Isolated.GoAsync(maxProcs, async () =>
    {
        Goroutine<int>[] blocked = [.. Enumerable.Range(0, 20).Select(_ => Go.Run(async () =>
        {
            await Go.Yield();
            return Block(Form.Result, Inner.Everything) + Block(Form.GoWait, Inner.Everything);
        }))];
        foreach (Goroutine<int> goroutine in blocked)
        {
            Assert.Equal(2, await goroutine);
        }
    });

    [Fact]
    public Task Block_WithoutAContext_GoesOnOnTheThreadPool() => Isolated.GoAsync(1, async () =>
    {
        await Go.Yield();
        SynchronizationContext? mine = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Assert.Equal(1, Work(Inner.Everything).Result);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(mine);
        }

        long id = Go.CurrentId;
        await Go.Yield();
        Assert.Equal(id, Go.CurrentId);
    });

    [Fact]
    public Task Block_InANestedPump_GoesOnInThePump() => Isolated.GoAsync(1, async () =>
    {
        await Go.Yield();
        using var pump = new Pump();
        Assert.Equal(1, pump.Run(() => Work(Inner.Everything)));
        await Go.Yield();
    });

    private static int Block(Form form, Inner inner)
    {
        switch (form)
        {
            case Form.Result:
                return Work(inner).Result;
            case Form.GetAwaiter:
                return Work(inner).GetAwaiter().GetResult();
            case Form.Wait:
                Work(inner).Wait();
                return 1;
            case Form.WaitAll:
                Task.WaitAll(Work(inner), Work(inner));
                return 1;
            case Form.WaitAny:
                return Task.WaitAny(new TaskCompletionSource().Task, Work(inner));
            case Form.InsideLock:
                lock (new object())
                {
                    return Work(inner).Result;
                }

            case Form.GoWait:
                return Go.Wait(Work(inner));
            case Form.GoWaitValueTask:
                return Go.Wait(new ValueTask<int>(Work(inner)));
            case Form.InBlockingRegion:
                return Go.Blocking(() => Work(inner).Result);
            default:
                using (Go.EnterBlocking())
                using (Go.EnterBlocking())
                {
                    return Go.Wait(Work(inner)) + Work(inner).Result - 1;
                }
        }
    }

    private static async Task<int> Work(Inner inner)
    {
        switch (inner)
        {
            case Inner.TaskDelay:
                await Task.Delay(1);
                break;
            case Inner.TaskYield:
                await Task.Yield();
                break;
            case Inner.TaskRun:
                await Task.Run(() => { });
                break;
            case Inner.GoSleep:
                await Go.SleepAsync(s_moment);
                break;
            case Inner.GoSleepZero:
                await Go.SleepAsync(TimeSpan.Zero);
                break;
            case Inner.GoYield:
                await Go.Yield();
                break;
            case Inner.Receive:
                var ch = new Chan<int>();
                Go.Spawn(async () => await ch.SendAsync(1));
                await ch.ReceiveAsync();
                break;
            case Inner.Select:
                var other = new Chan<int>();
                Go.Spawn(async () => await other.SendAsync(1));
                await new Select().Receive(other, out _).Receive(new Chan<int>(), out _).WaitAsync();
                break;
            case Inner.Mutex:
                var mutex = new GoMutex();
                Holder holder = await mutex.LockAsync();
                Go.Spawn(async () =>
                {
                    await Go.Yield();
                    holder.Dispose();
                });
                using (await mutex.LockAsync())
                {
                }

                break;
            case Inner.Join:
                await Go.Run(async () => await Go.SleepAsync(s_moment));
                break;
            case Inner.Semaphore:
                using (var semaphore = new SemaphoreSlim(0))
                {
                    Task released = Task.Run(() => semaphore.Release());
                    await semaphore.WaitAsync();
                    await released;
                }

                break;
            default:
                foreach (Inner each in Enum.GetValues<Inner>())
                {
                    if (each != Inner.Everything)
                    {
                        await Work(each);
                    }
                }

                break;
        }

        return 1;
    }

    private static async Task RunIn(Body body, Action blocks)
    {
        switch (body)
        {
            case Body.Async:
                await Go.Run(() =>
                {
                    blocks();
                    return default(ValueTask);
                });
                break;
            case Body.AsyncAfterAwait:
                await Go.Run(async () =>
                {
                    await Go.Yield();
                    blocks();
                });
                break;
            case Body.Synchronous:
                await Go.Run(blocks);
                break;
            case Body.SynchronousInRegion:
                await Go.Run(() => Go.Blocking(blocks));
                break;
            case Body.Scope:
                await Go.ScopeAsync(scope =>
                {
                    scope.Spawn(async () =>
                    {
                        await Go.Yield();
                        blocks();
                    });
                    return default;
                });
                break;
            case Body.ErrGroup:
                var group = new ErrGroup();
                group.Spawn(async () =>
                {
                    await Go.Yield();
                    blocks();
                });
                await group.WaitAsync();
                break;
            case Body.WaitGroup:
                var wait = new WaitGroup();
                wait.Spawn(async () =>
                {
                    await Go.Yield();
                    blocks();
                });
                await wait.WaitAsync();
                break;
            case Body.TimerCallback:
                GoTimer.AfterFunc(s_moment, async () =>
                {
                    await Go.Yield();
                    blocks();
                });
                break;
            case Body.ContextCallback:
                using (CancelContext context = GoContext.Background.WithCancel())
                {
                    context.AfterFunc(async () =>
                    {
                        await Go.Yield();
                        blocks();
                    });
                }

                break;
            default:
                SynchronizationContext.Current!.Post(_ => blocks(), null);
                break;
        }
    }

    /// <summary>A message loop on the calling thread.</summary>
    private sealed class Pump : SynchronizationContext, IDisposable
    {
        private readonly System.Collections.Concurrent.BlockingCollection<(SendOrPostCallback, object?)> _queue = [];

        public override void Post(SendOrPostCallback d, object? state) => _queue.Add((d, state));

        internal T Run<T>(Func<Task<T>> start)
        {
            SynchronizationContext? before = Current;
            SetSynchronizationContext(this);
            try
            {
                Task<T> task = start();
                task.ContinueWith(_ => _queue.CompleteAdding(), TaskScheduler.Default);
                foreach ((SendOrPostCallback callback, object? state) in _queue.GetConsumingEnumerable())
                {
                    callback(state);
                }

                return task.GetAwaiter().GetResult();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }

        public void Dispose() => _queue.Dispose();
    }
}
