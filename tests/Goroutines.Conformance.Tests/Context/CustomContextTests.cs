using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Context;

/// <summary>
/// Go's context/afterfunc_test.go, and the tests in x_test.go of contexts that the package does not know. What comes from outside
/// here is a framework token; it offers what such a context may offer in Go, to register for its end and to take that back.
/// </summary>
public class CustomContextTests
{
    [Fact(DisplayName = "go: context/afterfunc_test.go TestCustomContextAfterFuncCancel")]
    public Task WithCancel_TheTokenFires_Ends() => Isolated.GoAsync(async () =>
    {
        using var source = new CancellationTokenSource();
        using CancelContext context = GoContext.From(source.Token).WithCancel();
        await source.CancelAsync();
        await context.Done.ReceiveAsync();
        Contexts.AssertCanceled(context);
    });

    [Fact(DisplayName = "go: context/afterfunc_test.go TestCustomContextAfterFuncTimeout")]
    public Task WithTimeout_TheTokenFires_Ends() => Isolated.GoAsync(async () =>
    {
        using var source = new CancellationTokenSource();
        using CancelContext context = GoContext.From(source.Token).WithTimeout(Contexts.VeryLong);
        await source.CancelAsync();
        await context.Done.ReceiveAsync();
        Contexts.AssertCanceled(context);
    });

    [Fact(DisplayName = "go: context/afterfunc_test.go TestCustomContextAfterFuncAfterFunc")]
    public Task AfterFunc_TheTokenFires_Runs() => Isolated.GoAsync(async () =>
    {
        using var source = new CancellationTokenSource();
        var called = new Chan<Unit>(1);
        ContextRegistration registration = GoContext.From(source.Token).AfterFunc(async () => await called.SendAsync(default));
        await source.CancelAsync();
        await called.ReceiveAsync();
        Assert.False(registration.Stop());
    });

    [Fact(DisplayName = "go: context/afterfunc_test.go TestCustomContextAfterFuncUnregisterCancel")]
    public void WithCancel_Cancelled_IsNoLongerRegistered() => AssertLetGo(static context =>
    {
        CancelContext[] two = [context.WithCancel(), context.WithCancel()];
        return () => Array.ForEach(two, static one => one.Cancel());
    });

    [Fact(DisplayName = "go: context/afterfunc_test.go TestCustomContextAfterFuncUnregisterTimeout")]
    public void WithTimeout_Cancelled_IsNoLongerRegistered() => AssertLetGo(static context => context.WithTimeout(Contexts.VeryLong).Cancel);

    [Fact(DisplayName = "go: context/afterfunc_test.go TestCustomContextAfterFuncUnregisterAfterFunc")]
    public void AfterFunc_Stopped_IsNoLongerRegistered() => AssertLetGo(static context =>
    {
        ContextRegistration registration = context.AfterFunc(static () => default(ValueTask));
        return () => Assert.True(registration.Stop());
    });

    [Fact(DisplayName = "go: context/x_test.go TestCustomContextPropagation")]
    public Task Cancel_ThroughATokenInBetween_ReachesTheChildWithoutTheCause() => Isolated.GoAsync(async () =>
    {
        CancelContext top = GoContext.Background.WithCancel();
        using var between = CancellationTokenSource.CreateLinkedTokenSource(top.Token);
        using CancelContext child = GoContext.From(between.Token).WithCancel();
        top.Cancel(new InvalidOperationException("TestCustomContextPropagation"));
        await child.Done.ReceiveAsync();
        Contexts.AssertCanceled(child);
        Assert.Same(child.Err, child.Cause);
    });

    [Fact(DisplayName = "go: context/x_test.go TestCustomContextCause")]
    public void Cause_OfATokenAndOfAChild_AreTheirOwn()
    {
        using var source = new CancellationTokenSource();
        GoContext parent = GoContext.From(source.Token);
        CancelContext child = parent.WithCancel();
        CancelContext other = parent.WithCancel();
        var cause = new InvalidOperationException("TestCustomContextCause");

        child.Cancel(cause);
        Contexts.AssertCanceled(child);
        Assert.Same(cause, child.Cause);
        Contexts.AssertPending(parent);

        source.Cancel();
        Contexts.AssertCanceled(parent);
        Assert.Same(parent.Err, parent.Cause);
        Assert.Same(cause, child.Cause);
        Contexts.AssertCanceled(other);
        Assert.Same(parent.Err, other.Cause);
        other.Cancel(cause);
        Assert.Same(parent.Err, other.Cause);
    }

    /// <summary>What was registered with a token and then taken back is garbage, though the token lives on.</summary>
    private static void AssertLetGo(Func<GoContext, Action> register)
    {
        using var source = new CancellationTokenSource();
        WeakReference[] held = [.. Enumerable.Range(0, 50).Select(_ => Register(source.Token, register, takeBack: false))];
        WeakReference[] dropped = [.. Enumerable.Range(0, 50).Select(_ => Register(source.Token, register, takeBack: true))];
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.All(held, static reference => Assert.True(reference.IsAlive));
        Assert.InRange(dropped.Count(static reference => reference.IsAlive), 0, 2); // one may still be in a register
        GC.KeepAlive(source);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Register(CancellationToken token, Func<GoContext, Action> register, bool takeBack)
        {
            GoContext context = GoContext.From(token);
            Action end = register(context);
            if (takeBack)
            {
                end();
            }

            return new WeakReference(context.Source);
        }
    }
}
