using Goroutines.Tests.Support;
using Goroutines.Tests.Time;
using Xunit;

namespace Goroutines.Tests.Context;

public class GoContextAfterFuncTests
{
    [Fact(DisplayName = "The body runs after the context was cancelled, not before (TestAfterFuncCalledAfterCancel)")]
    public Task AfterFunc_Cancelled_RunsThen() => Isolated.GoAsync(async () =>
    {
        CancelContext context = GoContext.Background.WithCancel();
        var ran = new Chan<long>(1);
        ContextRegistration registration = context.AfterFunc(async () => await ran.SendAsync(Go.CurrentId));
        await Go.Yield();
        Assert.False(ran.TryReceive(out _));
        context.Cancel();
        long id = (await ran.ReceiveAsync()).Value;
        Assert.NotEqual(0, id);
        Assert.NotEqual(Go.CurrentId, id);
        Assert.False(registration.Stop());
    });

    [Fact(DisplayName = "The body runs after the deadline (TestAfterFuncCalledAfterTimeout)")]
    public Task AfterFunc_DeadlinePasses_Runs() => VirtualTime.RunAsync(async clock =>
    {
        using CancelContext context = GoContext.Background.WithTimeout(TimeSpan.FromSeconds(1));
        var ran = new Chan<Exception?>();
        context.WithValue(new ContextKey<int>("n"), 1).AfterFunc(async () => await ran.SendAsync(context.Err));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<DeadlineExceededException>((await ran.ReceiveAsync()).Value);
    });

    [Fact(DisplayName = "The body runs at once when the context has ended (TestAfterFuncCalledImmediately)")]
    public Task AfterFunc_HasEnded_RunsAtOnce() => Isolated.GoAsync(async () =>
    {
        CancelContext context = GoContext.Background.WithCancel();
        context.Cancel();
        var ran = new Chan<int>();
        ContextRegistration registration = context.AfterFunc(Body);
        Assert.Equal(1, (await ran.ReceiveAsync()).Value);
        Assert.False(registration.Stop());

        async Task Body() => await ran.SendAsync(1);
    });

    [Fact(DisplayName = "Stopped, the body does not run (TestAfterFuncNotCalledAfterStop)")]
    public Task Stop_BeforeTheEnd_KeepsTheBodyFromRunning() => Isolated.GoAsync(1, async () =>
    {
        CancelContext context = GoContext.Background.WithCancel();
        bool ran = false;
        ContextRegistration registration = context.AfterFunc(() =>
        {
            ran = true;
            return default(ValueTask);
        });
        Assert.True(registration.Stop());
        context.Cancel();
        for (int i = 0; i < 10; i++)
        {
            await Go.Yield();
        }

        Assert.False(ran);
        Assert.False(registration.Stop());
    });

    [Fact(DisplayName = "Cancel does not wait for bodies (TestAfterFuncCalledAsynchronously)")]
    public Task Cancel_BodyBlocks_ReturnsAllTheSame() => Isolated.GoAsync(async () =>
    {
        CancelContext context = GoContext.Background.WithCancel();
        var received = new Chan<Unit>();
        context.AfterFunc(async () => await received.SendAsync(default));
        context.Cancel();
        await received.ReceiveAsync();
    });

    [Fact]
    public void AfterFunc_NeverEnds_CanBeStoppedOnce()
    {
        ContextRegistration registration = GoContext.Background.AfterFunc(static () => default(ValueTask));
        Assert.True(registration.Stop());
        Assert.False(registration.Stop());
    }

    [Fact(DisplayName = "The body runs when a token ends the context (TestCustomContextAfterFuncAfterFunc)")]
    public Task AfterFunc_TokenFires_Runs() => Isolated.GoAsync(async () =>
    {
        using var source = new CancellationTokenSource();
        var ran = new Chan<Unit>();
        GoContext.From(source.Token).AfterFunc(async () => await ran.SendAsync(default));
        await source.CancelAsync();
        await ran.ReceiveAsync();
    });

    [Fact]
    public async Task AfterFunc_BodyThrows_IsAPanic()
    {
        var panics = new Chan<PanicInfo>(1);
        await Isolated.GoAsync(
            async () =>
            {
                CancelContext context = GoContext.Background.WithCancel();
                context.AfterFunc(static ValueTask () => throw new InvalidOperationException("late"));
                context.Cancel();
                Assert.Equal("late", (await panics.ReceiveAsync()).Value.Exception.Message);
            },
            new GoRuntimeOptions { PanicHandler = panic => panics.TrySend(panic) });
    }

    [Fact]
    public Task AfterFunc_RunsWhereAndAsItWasAskedFor() => Isolated.GoAsync(async () =>
    {
        GoRuntime runtime = GoRuntime.Current;
        var local = new AsyncLocal<string> { Value = "asked" };
        CancelContext context = GoContext.Background.WithCancel();
        var ran = new Chan<(string?, GoRuntime)>();
        context.AfterFunc(async () => await ran.SendAsync((local.Value, GoRuntime.Current)));
        local.Value = "later";
        await PlainThread.Run(context.Cancel);
        Assert.Equal(("asked", runtime), (await ran.ReceiveAsync()).Value);
    });
}
