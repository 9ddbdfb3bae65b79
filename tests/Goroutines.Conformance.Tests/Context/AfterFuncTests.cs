using Goroutines.Tests.Time;
using Xunit;

namespace Goroutines.Conformance.Tests.Context;

/// <summary>Go's context/x_test.go: bodies that are run when a context has ended.</summary>
public class AfterFuncTests
{
    [Fact(DisplayName = "go: context/x_test.go TestAfterFuncCalledAfterCancel")]
    public Task AfterFunc_Cancelled_RunsThenAndNotBefore() => VirtualTime.RunAsync(async clock =>
    {
        CancelContext context = GoContext.Background.WithCancel();
        var called = new Chan<Unit>(1);
        ContextRegistration registration = context.AfterFunc(async () => await called.SendAsync(default));
        await Settle();
        clock.Advance(Contexts.VeryLong);
        await Settle();
        Assert.False(called.TryReceive(out _), "The body ran before the context ended.");
        context.Cancel();
        await called.ReceiveAsync();
        Assert.False(registration.Stop());
    });

    [Fact(DisplayName = "go: context/x_test.go TestAfterFuncCalledAfterTimeout")]
    public Task AfterFunc_ItsTimeIsOver_Runs() => VirtualTime.RunAsync(async clock =>
    {
        using CancelContext context = GoContext.Background.WithTimeout(Contexts.Soon);
        var called = new Chan<Unit>(1);
        context.AfterFunc(async () => await called.SendAsync(default));
        await Settle();
        Assert.False(called.TryReceive(out _), "The body ran before the context ended.");
        clock.Advance(Contexts.Soon);
        await called.ReceiveAsync();
    });

    [Fact(DisplayName = "go: context/x_test.go TestAfterFuncCalledImmediately")]
    public Task AfterFunc_HasEnded_RunsAtOnce() => VirtualTime.RunAsync(async _ =>
    {
        CancelContext context = GoContext.Background.WithCancel();
        context.Cancel();
        var called = new Chan<Unit>(1);
        context.AfterFunc(async () => await called.SendAsync(default));
        await called.ReceiveAsync();
    });

    [Fact(DisplayName = "go: context/x_test.go TestAfterFuncNotCalledAfterStop")]
    public Task AfterFunc_Stopped_DoesNotRun() => VirtualTime.RunAsync(async clock =>
    {
        CancelContext context = GoContext.Background.WithCancel();
        var called = new Chan<Unit>(1);
        ContextRegistration registration = context.AfterFunc(async () => await called.SendAsync(default));
        Assert.True(registration.Stop());
        context.Cancel();
        await Settle();
        clock.Advance(Contexts.VeryLong);
        await Settle();
        Assert.False(called.TryReceive(out _), "A body that was stopped ran.");
        Assert.False(registration.Stop());
    });

    [Fact(DisplayName = "go: context/x_test.go TestAfterFuncCalledAsynchronously")]
    public Task Cancel_DoesNotWaitForBodies() => VirtualTime.RunAsync(async _ =>
    {
        CancelContext context = GoContext.Background.WithCancel();
        var called = new Chan<Unit>(); // its sender waits for us
        ContextRegistration registration = context.AfterFunc(async () => await called.SendAsync(default));
        context.Cancel();
        await called.ReceiveAsync();
        Assert.False(registration.Stop());
    });

    /// <summary>A body that had been started would have run by now: what is spawned here goes through the same queues.</summary>
    private static async ValueTask Settle()
    {
        for (int i = 0; i < 20; i++)
        {
            await Go.Run(static async () => await Go.Yield());
        }
    }
}
