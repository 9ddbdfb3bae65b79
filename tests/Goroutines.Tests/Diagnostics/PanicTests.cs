using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Diagnostics;

/// <summary>An exception that leaves a spawned body goes to the panic handler, and the worker goes on.</summary>
public class PanicTests
{
    [Fact]
    public Task Handler_GetsEverythingAboutThePanic() => WithHandler(async (runtime, panics) =>
    {
        var ids = new Chan<long>(1);
        int line = Line() + 1;
        runtime.Spawn(async () =>
        {
            ids.TrySend(Go.CurrentId);
            await Go.Yield();
            Fail("boom");
        });

        var (panic, _) = await panics.ReceiveAsync();

        Assert.Equal("boom", Assert.IsType<FormatException>(panic.Exception).Message);
        Assert.Contains(nameof(Fail), panic.Exception.StackTrace);
        Assert.Equal((await ids.ReceiveAsync()).Value, panic.GoroutineId);
        Assert.Contains(nameof(Handler_GetsEverythingAboutThePanic), panic.GoroutineName);
        Assert.EndsWith($"PanicTests.cs:{line}", panic.CreatedAt);
    });

    [Fact]
    public Task Handler_IsCalledOnceForEachPanic() => WithHandler(async (runtime, panics) =>
    {
        for (int i = 0; i < 100; i++)
        {
            runtime.Spawn(static async i =>
            {
                await Go.Yield();
                throw new FormatException(i.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }, i);
        }

        var seen = new HashSet<string>();
        for (int i = 0; i < 100; i++)
        {
            Assert.True(seen.Add((await panics.ReceiveAsync()).Value.Exception.Message));
        }

        await Poll.UntilAsync(() => runtime.Count == 0, "all of them to be gone");
        Assert.False(panics.TryReceive(out _));
    });

    [Fact]
    public Task Worker_GoesOnAfterPanics() => WithHandler(async (runtime, _) =>
    {
        for (int i = 0; i < 100; i++)
        {
            runtime.Spawn(new Func<ValueTask>(() => throw new FormatException()));
        }

        // One P, one worker: it has all of the panics behind it when it comes to this.
        Assert.Equal(5, await runtime.Run(async () =>
        {
            await Go.Yield();
            return 5;
        }).JoinAsync());
    });

    [Fact]
    public Task Handler_ThatThrows_IsIgnoredAndTheWorkerGoesOn() => Isolated.RunAsync(
        async runtime =>
        {
            int calls = 0;
            runtime.PanicHandler = _ =>
            {
                Interlocked.Increment(ref calls);
                throw new NotSupportedException("the handler fails as well");
            };

            // Its report goes to standard error; the child process of DefaultHandlerTests reads that.
            var stderr = Console.Error;
            Console.SetError(TextWriter.Null);
            try
            {
                for (int i = 0; i < 10; i++)
                {
                    runtime.Spawn(new Func<ValueTask>(() => throw new FormatException()));
                }

                await Poll.UntilAsync(() => runtime.Count == 0, "all of them to end");
                Assert.Equal(10, Volatile.Read(ref calls));
                Assert.Equal(5, await runtime.Run(() => new ValueTask<int>(5)).JoinAsync());
            }
            finally
            {
                Console.SetError(stderr);
            }
        },
        new GoRuntimeOptions { MaxProcs = 1 });

    [Fact]
    public Task Handler_CanBeReplacedAtAnyTime() => Isolated.RunAsync(async runtime =>
    {
        var first = new Chan<PanicInfo>(1);
        var second = new Chan<PanicInfo>(1);
        Action<PanicInfo> handler = panic => first.TrySend(panic);
        runtime.PanicHandler = handler;
        Assert.Same(handler, runtime.PanicHandler);
        runtime.Spawn(new Func<ValueTask>(() => throw new FormatException("one")));
        Assert.Equal("one", (await first.ReceiveAsync()).Value.Exception.Message);

        runtime.PanicHandler = panic => second.TrySend(panic);
        runtime.Spawn(new Func<ValueTask>(() => throw new FormatException("two")));
        Assert.Equal("two", (await second.ReceiveAsync()).Value.Exception.Message);
        Assert.Equal(0, first.Count);
    });

    [Fact]
    public Task StaticHandler_InsideAGoroutine_IsItsRuntimes()
    {
        Action<PanicInfo> handler = static _ => { };
        return Isolated.GoAsync(
            () =>
            {
                Assert.Same(handler, Go.PanicHandler);
                Action<PanicInfo> other = static _ => { };
                Go.PanicHandler = other;
                Assert.Same(other, Go.PanicHandler);
                Assert.Same(other, GoRuntime.Current.PanicHandler);
                Assert.NotSame(other, GoRuntime.Default.PanicHandler);
                return Task.CompletedTask;
            },
            new GoRuntimeOptions { PanicHandler = handler });
    }

    [Fact]
    public Task Handler_Default_IsThereAndCannotBeRemoved() => Isolated.RunAsync(static runtime =>
    {
        Assert.NotNull(runtime.PanicHandler);
        Assert.Throws<ArgumentNullException>("value", () => runtime.PanicHandler = null!);
        Assert.NotNull(runtime.PanicHandler);
        return Task.CompletedTask;
    });

    [Fact]
    public Task Handler_MayUseTheRuntime() => Isolated.RunAsync(async runtime =>
    {
        var dumps = new Chan<string>(1);
        runtime.PanicHandler = panic =>
        {
            using var writer = new StringWriter();
            runtime.Dump(writer);
            runtime.Spawn(async () => await dumps.SendAsync(panic.Exception.Message + writer));
        };

        runtime.Spawn(new Func<ValueTask>(() => throw new FormatException("seen")));

        Assert.StartsWith("seen", (await dumps.ReceiveAsync()).Value, StringComparison.Ordinal);
    });


    private static int Line([CallerLineNumber] int line = 0) => line;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fail(string message) => throw new FormatException(message);

    private static Task WithHandler(Func<GoRuntime, Chan<PanicInfo>, Task> body)
    {
        var panics = new Chan<PanicInfo>(1000);
        return Isolated.RunAsync(
            runtime => body(runtime, panics),
            new GoRuntimeOptions { MaxProcs = 1, PanicHandler = panic => panics.TrySend(panic) });
    }
}
