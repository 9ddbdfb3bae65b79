using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Spawning;

public class MainTests
{
    [Fact]
    public Task Main_RunsTheBodyAsAGoroutineAndBlocksUntilItEnds() => OnThread(runtime =>
    {
        long id = 0;
        bool ended = false;

        runtime.Main(async () =>
        {
            id = Go.CurrentId;
            Assert.Same(runtime, GoRuntime.Current);
            await Go.SleepAsync(TimeSpan.FromMilliseconds(5));
            Assert.Equal(id, Go.CurrentId);
            ended = true;
        });

        Assert.True(ended);
        Assert.NotEqual(0, id);
        Assert.Equal(0, Go.CurrentId);
    });

    [Fact]
    public Task Main_TaskBody_BlocksUntilItEnds() => OnThread(runtime =>
    {
        bool ended = false;
        Func<Task> body = async () =>
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(5));
            ended = true;
        };

        runtime.Main(body);

        Assert.True(ended);
    });

    [Fact]
    public Task Main_WithResult_ReturnsIt() => OnThread(runtime =>
    {
        Func<ValueTask<int>> valueTaskBody = async () =>
        {
            await Go.Yield();
            return 3;
        };
        Func<Task<string>> taskBody = async () =>
        {
            await Go.Yield();
            return "three";
        };

        Assert.Equal(3, runtime.Main(valueTaskBody));
        Assert.Equal("three", runtime.Main(taskBody));
        Assert.Equal(4, runtime.Main(() => new ValueTask<int>(4)));
    });

    [Fact]
    public Task StaticMain_RunsOnTheDefaultRuntime() => OnThread(_ =>
    {
        Func<ValueTask<GoRuntime>> valueTaskBody = async () =>
        {
            await Go.Yield();
            return GoRuntime.Current;
        };
        Func<Task<GoRuntime>> taskBody = async () =>
        {
            await Go.Yield();
            return GoRuntime.Current;
        };
        GoRuntime? fromValueTask = null;
        GoRuntime? fromTask = null;

        Assert.Same(GoRuntime.Default, Go.Main(valueTaskBody));
        Assert.Same(GoRuntime.Default, Go.Main(taskBody));
        Go.Main(async () =>
        {
            await Go.Yield();
            fromValueTask = GoRuntime.Current;
        });
        Go.Main(new Func<Task>(async () =>
        {
            await Go.Yield();
            fromTask = GoRuntime.Current;
        }));
        Assert.Same(GoRuntime.Default, fromValueTask);
        Assert.Same(GoRuntime.Default, fromTask);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Main_BodyThrows_RethrowsItWithItsStack(bool late) => OnThread(runtime =>
    {
        var expected = new FormatException("main failed");

        Func<Action, FormatException> caught = call => Assert.Throws<FormatException>(call);
        Check(caught(() => runtime.Main(async () => await Fail())));
        Check(caught(() => runtime.Main(new Func<Task>(async () => await Fail()))));
        Check(caught(() => _ = runtime.Main(async () =>
        {
            await Fail();
            return 1;
        })));
        Check(caught(() => _ = runtime.Main(new Func<Task<int>>(async () =>
        {
            await Fail();
            return 1;
        }))));

        void Check(FormatException actual)
        {
            Assert.Same(expected, actual);
            Assert.Contains(nameof(ThrowIt), actual.StackTrace);
        }

        async ValueTask Fail()
        {
            if (late)
            {
                await Go.Yield();
            }

            ThrowIt(expected);
        }
    });

    [Fact]
    public Task Main_BodyThrows_IsNoPanic()
    {
        int panics = 0;
        return OnThread(
            runtime =>
            {
                Assert.Throws<FormatException>(() => runtime.Main(async () =>
                {
                    await Go.Yield();
                    throw new FormatException();
                }));
                Assert.Equal(0, Volatile.Read(ref panics));
            },
            new GoRuntimeOptions { PanicHandler = _ => Interlocked.Increment(ref panics) });
    }

    [Fact]
    public Task Main_BodyIsCancelled_ThrowsThatCancellation() => OnThread(runtime =>
    {
        using var cts = new CancellationTokenSource();
        cts.Cancel();

        var caught = Assert.ThrowsAny<OperationCanceledException>(
            () => runtime.Main(async () => await Go.SleepAsync(TimeSpan.FromHours(1), cts.Token)));
        Assert.Equal(cts.Token, caught.CancellationToken);
    });

    [Fact]
    public Task Main_InsideAGoroutine_IsInvalid() => Isolated.RunAsync(async runtime =>
    {
        await using var other = new GoRuntime();
        await runtime.Run(async () =>
        {
            Refuses(() => Go.Main(() => ValueTask.CompletedTask));
            Refuses(() => Go.Main(() => Task.CompletedTask));
            Refuses(() => Go.Main(() => new ValueTask<int>(1)));
            Refuses(() => Go.Main(() => Task.FromResult(1)));
            Refuses(() => runtime.Main(() => ValueTask.CompletedTask));
            Refuses(() => other.Main(() => ValueTask.CompletedTask));
            await Go.Yield();
            Refuses(() => Go.Main(() => ValueTask.CompletedTask));
        }).JoinAsync();

        static void Refuses(Action call) => Assert.Throws<InvalidOperationException>(call);
    });

    [Fact]
    public Task Main_Returned_TheOtherGoroutinesGoOn() => OnThread(runtime =>
    {
        var gate = new Chan<int>();
        var done = new Chan<int>();
        runtime.Main(async () =>
        {
            Go.Spawn(async () =>
            {
                var (value, _) = await gate.ReceiveAsync();
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
                await done.SendAsync(value + 1);
            });
            await Go.Yield();
        });

        gate.Send(1);

        Assert.Equal(2, done.Receive().Value);
    });

    [Fact]
    public Task Main_Threw_TheOtherGoroutinesGoOn() => OnThread(runtime =>
    {
        var gate = new Chan<int>();
        var done = new Chan<int>();
        Assert.Throws<FormatException>(() => runtime.Main(async () =>
        {
            Go.Spawn(async () => await done.SendAsync((await gate.ReceiveAsync()).Value + 1));
            await Go.Yield();
            throw new FormatException();
        }));

        gate.Send(1);

        Assert.Equal(2, done.Receive().Value);
    });

    [Fact]
    public Task Main_OneAfterAnotherAndSideBySide_EachGetsItsOwnResult() => OnThread(runtime =>
    {
        Assert.Equal(1, runtime.Main(() => new ValueTask<int>(1)));
        Assert.Equal(2, runtime.Main(() => new ValueTask<int>(2)));

        // Each main waits for the other's value, so they do run at the same time.
        var left = new Chan<int>();
        var right = new Chan<int>();
        int other = 0;
        var thread = new Thread(() => other = runtime.Main(async () =>
        {
            await left.SendAsync(3);
            return (await right.ReceiveAsync()).Value;
        }));
        thread.Start();
        int mine = runtime.Main(async () =>
        {
            var (value, _) = await left.ReceiveAsync();
            await right.SendAsync(4);
            return value;
        });
        thread.Join();

        Assert.Equal(3, mine);
        Assert.Equal(4, other);
    },
    new GoRuntimeOptions { DetectDeadlocks = false }); // the first main to wait is alone until the other thread gets to its own

    [Fact]
    public void Main_NullBody_Throws()
    {
        Assert.Throws<ArgumentNullException>("body", () => Go.Main((Func<ValueTask>)null!));
        Assert.Throws<ArgumentNullException>("body", () => Go.Main((Func<Task>)null!));
        Assert.Throws<ArgumentNullException>("body", () => Go.Main((Func<ValueTask<int>>)null!));
        Assert.Throws<ArgumentNullException>("body", () => Go.Main((Func<Task<int>>)null!));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowIt(Exception exception) => throw exception;

    /// <summary><c>Main</c> blocks its caller, so it gets a thread of its own and the test a time limit.</summary>
    private static Task OnThread(Action<GoRuntime> body, GoRuntimeOptions? options = null) =>
        Isolated.RunAsync(runtime => PlainThread.Run(() => body(runtime)), options);
}
