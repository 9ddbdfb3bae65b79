using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Failures;

/// <summary>A failure that nobody joins goes to the panic handler when its handle is collected, and that is no reason to hold up finalizers.</summary>
public class DroppedHandleTests
{
    [Fact]
    public async Task Handler_OfAFailureNobodyJoins_MayBlock()
    {
        using var mayReturn = new ManualResetEventSlim();
        var called = new TaskCompletionSource<PanicInfo>();
        await using var runtime = new GoRuntime(new GoRuntimeOptions
        {
            PanicHandler = panic =>
            {
                called.SetResult(panic);
                mayReturn.Wait();
            },
        });
        try
        {
            await DropFailed(runtime);
            await Poll.UntilAsync(
                () =>
                {
                    GC.Collect();
                    return called.Task.IsCompleted;
                },
                "the failure to be told");
            Assert.Equal("boom", (await called.Task).Exception.Message);
            await PlainThread.Run(GC.WaitForPendingFinalizers).WaitAsync(Limits.Wait); // none of them is in the handler
        }
        finally
        {
            mayReturn.Set();
        }
    }

    [Fact]
    public async Task Failure_JoinedAfterAll_IsNotToldAgain()
    {
        int panics = 0;
        await using var runtime = new GoRuntime(new GoRuntimeOptions { PanicHandler = _ => Interlocked.Increment(ref panics) });
        for (int i = 0; i < 100; i++)
        {
            await JoinFailed(runtime);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        runtime.Main(static () => default(ValueTask));
        Assert.Equal(0, panics);
    }

    [Fact]
    public async Task Failure_WhoseBodyKnowsTheHandle_IsToldAllTheSame()
    {
        var panics = new Chan<PanicInfo>(1);
        await using var runtime = new GoRuntime(new GoRuntimeOptions { PanicHandler = panic => panics.TrySend(panic) });
        await DropKnown(runtime);
        await Poll.UntilAsync(
            () =>
            {
                GC.Collect();
                return panics.Count != 0;
            },
            "the failure to be told");
    }

    [Fact]
    public async Task FailuresThatWereDelivered_AreNoUnobservedTaskExceptions()
    {
        int unobserved = 0;
        EventHandler<UnobservedTaskExceptionEventArgs> count = (_, e) => Interlocked.Add(ref unobserved, e.Exception.ToString().Contains("delivered", StringComparison.Ordinal) ? 1 : 0);
        TaskScheduler.UnobservedTaskException += count;
        try
        {
            await using var runtime = new GoRuntime(new GoRuntimeOptions { PanicHandler = static _ => { } });
            await Deliver(runtime);
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            Assert.Equal(0, unobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= count;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task Deliver(GoRuntime runtime)
    {
        static async ValueTask Fail()
        {
            await Go.Yield();
            throw new FormatException("delivered");
        }

        static async ValueTask<int> FailWithResult()
        {
            await Go.Yield();
            throw new FormatException("delivered");
        }

        runtime.Spawn(Fail);
        var joined = runtime.Run(Fail);
        var value = new OnceValue<int>(FailWithResult);
        var once = new Once();
        var flights = new SingleFlight<int, int>();
        var group = new ErrGroup();
        group.Spawn(Fail);
        var closed = new Chan<int>(1);
        closed.Sender.ToChannelWriter().TryComplete(new FormatException("delivered"));
        System.Threading.Channels.ChannelReader<int> reader = closed.Receiver.ToChannelReader();
        foreach (Func<Task> read in (Func<Task>[])[
            async () => await joined,
            async () => await joined,
            async () => await value.GetAsync(),
            async () => await value.GetAsync(),
            async () => await once.DoAsync(Fail),
            async () => await flights.DoAsync(0, FailWithResult),
            async () => await group.WaitAsync(),
            async () => await runtime.ScopeAsync(static scope =>
            {
                scope.Spawn(Fail);
                return default;
            }),
            async () => await reader.WaitToReadAsync(),
            async () => await closed.Sender.ToChannelWriter().WriteAsync(1)])
        {
            Assert.NotNull(await Record.ExceptionAsync(read));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task DropFailed(GoRuntime runtime)
    {
        _ = runtime.Run(new Func<ValueTask>(static () => throw new FormatException("boom")));
        await Poll.UntilAsync(() => runtime.Count == 0, "it to have failed");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task DropKnown(GoRuntime runtime)
    {
        Goroutine? handle = null;
        handle = runtime.Run(async () =>
        {
            await Go.Yield();
            throw new FormatException($"boom {handle?.Id}");
        });
        await Poll.UntilAsync(() => runtime.Count == 0, "it to have failed");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task JoinFailed(GoRuntime runtime)
        => await Assert.ThrowsAsync<FormatException>(async () => await runtime.Run(new Func<ValueTask>(static () => throw new FormatException("boom"))));
}
