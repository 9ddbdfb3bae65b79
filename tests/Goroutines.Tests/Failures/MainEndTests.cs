using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Failures;

/// <summary>What has failed by the time the main body ends is told before Main returns.</summary>
public class MainEndTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task Main_BodyLetsItGoOnFromFinally_PanicIsToldFirst(int procs) => Told(procs, runtime =>
    {
        runtime.Main(async () =>
        {
            var group = new WaitGroup();
            group.Add(1);
            Go.Spawn(async () =>
            {
                try
                {
                    await Go.Yield();
                    throw new FormatException("boom");
                }
                finally
                {
                    group.Done();
                }
            });
            await group.WaitAsync();
        });
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task Main_WithResult_PanicIsToldFirst(int procs) => Told(procs, runtime =>
    {
        Assert.Equal(5, runtime.Main(async () =>
        {
            var done = new Chan<int>();
            Go.Spawn(async () =>
            {
                try
                {
                    await Go.Yield();
                    throw new FormatException("boom");
                }
                finally
                {
                    done.Close();
                }
            });
            await done.ReceiveAsync();
            return 5;
        }));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Main_SynchronousBodies_PanicIsToldFirst(int procs) => Told(procs, runtime =>
    {
        runtime.Main(() =>
        {
            var done = new Chan<int>();
            Action body = () =>
            {
                try
                {
                    throw new FormatException("boom");
                }
                finally
                {
                    done.Close();
                }
            };
            Go.Spawn(body);
            done.Receive();
        });
    });

    [Fact]
    public Task Main_PanicInATurnThatLasts_IsToldFirst() => Told(2, runtime =>
    {
        // As the first exception of a process, which takes some tens of milliseconds until it has reached the handler.
        runtime.Main(async () =>
        {
            var started = new Chan<int>();
            Go.Spawn(() =>
            {
                started.Close();
                Thread.Sleep(30);
                throw new FormatException("boom");
            });
            await started.ReceiveAsync();
        });
    });

    [Fact]
    public Task Main_Failing_PanicIsToldAllTheSame() => Told(2, runtime =>
    {
        Assert.Throws<InvalidDataException>(() => runtime.Main(async () =>
        {
            var done = new Chan<int>();
            Go.Spawn(async () =>
            {
                try
                {
                    await Go.Yield();
                    throw new FormatException("boom");
                }
                finally
                {
                    done.Close();
                }
            });
            await done.ReceiveAsync();
            throw new InvalidDataException("the main body fails, too");
        }));
    });

    [Fact]
    public async Task Main_HandlerRuns_IsWaitedFor()
    {
        using var mayReturn = new ManualResetEventSlim();
        using var inHandler = new ManualResetEventSlim();
        bool handled = false;
        await using var runtime = new GoRuntime(new GoRuntimeOptions
        {
            MaxProcs = 2,
            PanicHandler = _ =>
            {
                inHandler.Set();
                mayReturn.Wait();
                Volatile.Write(ref handled, true);
            },
        });
        Task main = PlainThread.Run(() => runtime.Main(async () =>
        {
            Go.Spawn(new Func<ValueTask>(static () => throw new FormatException("boom")));
            await Go.Yield();
            Go.Blocking(inHandler.Wait);
        }));
        await Poll.UntilAsync(() => inHandler.IsSet, "the handler to be called");
        Assert.NotSame(main, await Task.WhenAny(main, Task.Delay(400))); // longer than goroutines in a turn are waited for
        mayReturn.Set();
        await main.WaitAsync(Limits.Wait);
        Assert.True(handled);
    }

    [Fact]
    public async Task Main_GoroutineInAnEndlessTurn_ReturnsAllTheSame()
    {
        bool stop = false;
        await using var runtime = new GoRuntime(new GoRuntimeOptions { MaxProcs = 2 });
        try
        {
            await PlainThread.Run(() => runtime.Main(async () =>
            {
                var started = new Chan<int>();
                Go.Spawn(() =>
                {
                    started.Close();
                    while (!Volatile.Read(ref stop))
                    {
                    }

                    return default;
                });
                await started.ReceiveAsync();
            })).WaitAsync(Limits.Wait);
        }
        finally
        {
            Volatile.Write(ref stop, true);
        }
    }

    [Fact]
    public async Task Main_InAHandler_DoesNotWaitForItself()
    {
        var ended = new TaskCompletionSource();
        await using var other = new GoRuntime();
        await using var runtime = new GoRuntime();
        runtime.PanicHandler = _ => PlainThread.Run(() => runtime.Main(static () => default(ValueTask))).ContinueWith(_ => ended.SetResult(), TaskScheduler.Default);
        runtime.Spawn(new Func<ValueTask>(static () => throw new FormatException("boom")));
        await ended.Task.WaitAsync(Limits.Wait);
    }

    [Fact]
    public Task Main_HandleDropped_FailureIsToldFirst() => Told(2, static runtime => runtime.Main(static async () =>
    {
        await Drop();
        await Go.Yield();
    }));

    [Fact]
    public async Task Main_HandleStillThere_FailureIsLeftToItsJoin()
    {
        int panics = 0;
        await using var runtime = new GoRuntime(new GoRuntimeOptions { PanicHandler = _ => Interlocked.Increment(ref panics) });
        Goroutine? handle = null;
        await PlainThread.Run(() => runtime.Main(async () =>
        {
            handle = Go.Run(new Func<ValueTask>(static () => throw new FormatException("boom")));
            await Poll.UntilAsync(() => Go.Count == 1, "it to have failed");
        }));
        Assert.Equal(0, panics);
        await Assert.ThrowsAsync<FormatException>(async () => await handle!);
        handle = null;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(0, panics);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async ValueTask Drop()
    {
        _ = Go.Run(new Func<ValueTask>(static () => throw new FormatException("boom")));
        await Poll.UntilAsync(static () => Go.Count == 1, "it to have failed");
    }

    private static async Task Told(int procs, Action<GoRuntime> main)
    {
        for (int i = 0; i < 20; i++)
        {
            int panics = 0;
            await using var runtime = new GoRuntime(new GoRuntimeOptions
            {
                MaxProcs = procs,
                PanicHandler = panic =>
                {
                    Assert.Equal("boom", panic.Exception.Message);
                    Interlocked.Increment(ref panics);
                },
            });
            runtime.Scheduler.Panics.LastTurnsNanoseconds = Limits.Wait.Ticks * 100; // however slow the machine
            await PlainThread.Run(() => main(runtime)).WaitAsync(Limits.Wait);
            Assert.Equal(1, panics);
        }
    }
}
