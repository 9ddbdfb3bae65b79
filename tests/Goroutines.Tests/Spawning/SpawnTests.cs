using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Spawning;

public class SpawnTests
{
    [Fact]
    public Task Spawn_ValueTaskBody_Runs() => Isolated.GoAsync(async () =>
    {
        var done = new Chan<long>();
        Func<ValueTask> body = async () => await done.SendAsync(Go.CurrentId);

        Go.Spawn(body);

        var (id, ok) = await done.ReceiveAsync();
        Assert.True(ok);
        Assert.NotEqual(0, id);
        Assert.NotEqual(Go.CurrentId, id);
    });

    [Fact]
    public Task Spawn_TaskBody_Runs() => Isolated.GoAsync(async () =>
    {
        var done = new Chan<long>();
        Func<Task> body = async () => await done.SendAsync(Go.CurrentId);

        Go.Spawn(body);

        var (id, ok) = await done.ReceiveAsync();
        Assert.True(ok);
        Assert.NotEqual(0, id);
        Assert.NotEqual(Go.CurrentId, id);
    });

    [Fact]
    public Task Spawn_StateBody_GetsItsState() => Isolated.GoAsync(async () =>
    {
        var done = new Chan<int>();

        Go.Spawn(static async state => await state.done.SendAsync(state.number + 1), (done, number: 41));

        Assert.Equal(42, (await done.ReceiveAsync()).Value);
    });

    [Fact]
    public Task Spawn_ManyStates_EachBodyGetsItsOwn() => Isolated.GoAsync(async () =>
    {
        var done = new Chan<int>(16);

        for (int i = 0; i < 1000; i++)
        {
            Go.Spawn(static async state => await state.done.SendAsync(state.i), (done, i));
        }

        var seen = new HashSet<int>();
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(seen.Add((await done.ReceiveAsync()).Value));
        }
    });

    [Fact]
    public Task Spawn_InsideAGoroutine_UsesTheSameRuntime() => Isolated.RunAsync(async runtime =>
    {
        GoRuntime? seen = null;
        await runtime.Run(async () =>
        {
            var done = new Chan<GoRuntime>();
            Go.Spawn(async () => await done.SendAsync(GoRuntime.Current));
            seen = (await done.ReceiveAsync()).Value;
        }).JoinAsync();

        Assert.Same(runtime, seen);
    });

    [Fact]
    public async Task Spawn_OutsideAGoroutine_UsesTheDefaultRuntime()
    {
        var done = new Chan<GoRuntime>();

        Go.Spawn(async () => await done.SendAsync(GoRuntime.Current));

        Assert.Same(GoRuntime.Default, (await done.ReceiveAsync()).Value);
    }

    [Fact]
    public Task Spawn_FromAGoroutine_DoesNotRunTheBodyInline() => Isolated.OneAtATimeAsync(async () =>
    {
        bool ran = false;
        Go.Spawn(() =>
        {
            ran = true;
            return default;
        });
        Assert.False(ran);

        while (!ran)
        {
            await Go.Yield();
        }
    });

    [Fact]
    public Task Spawn_FromAThread_RunsTheBodyOnAnotherThread() => Isolated.RunAsync(async runtime =>
    {
        int caller = Environment.CurrentManagedThreadId;
        int callee = 0;
        bool pool = true;

        var handle = runtime.Run(() =>
        {
            callee = Environment.CurrentManagedThreadId;
            pool = Thread.CurrentThread.IsThreadPoolThread;
            return default(ValueTask);
        });
        await handle.JoinAsync();

        Assert.NotEqual(caller, callee);
        Assert.False(pool);
    });

    [Fact]
    public Task Spawn_BodyThrowsBeforeItsFirstAwait_IsAPanic() => PanicsWith(
        runtime => runtime.Spawn(new Func<ValueTask>(() => throw new FormatException("early"))), "early");

    [Fact]
    public Task Spawn_TaskBodyThrowsBeforeItsFirstAwait_IsAPanic() => PanicsWith(
        runtime => runtime.Spawn(new Func<Task>(() => throw new FormatException("early"))), "early");

    [Fact]
    public Task Spawn_StateBodyThrowsBeforeItsFirstAwait_IsAPanic() => PanicsWith(
        runtime => runtime.Spawn(static ValueTask (string message) => throw new FormatException(message), "early"), "early");

    [Fact]
    public Task Spawn_ValueTaskBodyThrowsAfterAnAwait_IsAPanic() => PanicsWith(
        runtime => runtime.Spawn(async () =>
        {
            await Go.Yield();
            throw new FormatException("late");
        }), "late");

    [Fact]
    public Task Spawn_TaskBodyThrowsAfterAnAwait_IsAPanic() => PanicsWith(
        runtime => runtime.Spawn(new Func<Task>(async () =>
        {
            await Go.Yield();
            throw new FormatException("late");
        })), "late");

    [Fact]
    public Task Spawn_StateBodyThrowsAfterAnAwait_IsAPanic() => PanicsWith(
        runtime => runtime.Spawn(
            static async message =>
            {
                await Go.Yield();
                throw new FormatException(message);
            },
            "late"),
        "late");

    [Fact]
    public void Spawn_NullBody_Throws()
    {
        Assert.Throws<ArgumentNullException>("body", () => Go.Spawn((Func<ValueTask>)null!));
        Assert.Throws<ArgumentNullException>("body", () => Go.Spawn((Func<Task>)null!));
        Assert.Throws<ArgumentNullException>("body", () => Go.Spawn((Func<int, ValueTask>)null!, 1));
        Assert.Throws<ArgumentNullException>("body", () => Go.Run((Func<ValueTask>)null!));
        Assert.Throws<ArgumentNullException>("body", () => Go.Run((Func<Task>)null!));
        Assert.Throws<ArgumentNullException>("body", () => Go.Run((Func<ValueTask<int>>)null!));
        Assert.Throws<ArgumentNullException>("body", () => Go.Run((Func<Task<int>>)null!));
    }

    private static Task PanicsWith(Action<GoRuntime> spawn, string message)
    {
        var panics = new Chan<PanicInfo>(1);
        return Isolated.RunAsync(
            async runtime =>
            {
                spawn(runtime);
                var (panic, _) = await panics.ReceiveAsync();
                Assert.Equal(message, Assert.IsType<FormatException>(panic.Exception).Message);
            },
            new GoRuntimeOptions { PanicHandler = panic => panics.TrySend(panic) });
    }
}
