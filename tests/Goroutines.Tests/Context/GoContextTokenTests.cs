using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Goroutines.Tests.Time;
using Xunit;

namespace Goroutines.Tests.Context;

/// <summary>Contexts as framework tokens, and the reverse.</summary>
public class GoContextTokenTests
{
    [Fact]
    public void Token_IsCancelledWithTheContext()
    {
        CancelContext context = GoContext.Background.WithCancel();
        CancellationToken token = context;
        Assert.Equal(context.Token, token);
        Assert.True(token.CanBeCanceled);
        Assert.False(token.IsCancellationRequested);
        int called = 0;
        using CancellationTokenRegistration registration = token.Register(() => called++);
        context.Cancel();
        Assert.True(token.IsCancellationRequested);
        Assert.Equal(1, called);
        Assert.True(GoContext.Background.WithTimeout(TimeSpan.Zero).Token.IsCancellationRequested);
    }

    [Fact]
    public void Token_OfAChild_IsCancelledWithTheParent()
    {
        CancelContext parent = GoContext.Background.WithCancel();
        CancellationToken child = parent.WithValue(new ContextKey<int>("n"), 1).WithCancel().WithTimeout(TimeSpan.FromHours(1)).Token;
        parent.Cancel();
        Assert.True(child.IsCancellationRequested);
        Assert.Equal(parent.WithValue(new ContextKey<int>("n"), 1).Token, parent.Token);
    }

    [Fact]
    public void Cancel_CallbackThrows_EverythingIsCancelledAndTheExceptionsReachTheCaller()
    {
        CancelContext parent = GoContext.Background.WithCancel();
        CancelContext[] children = [parent.WithCancel(), parent.WithCancel(), parent.WithCancel()];
        int called = 0;
        foreach (CancelContext child in children)
        {
            child.Token.Register(() =>
            {
                called++;
                throw new InvalidOperationException("callback");
            });
        }

        AggregateException thrown = Assert.Throws<AggregateException>(parent.Cancel);
        Assert.Equal(3, thrown.InnerExceptions.Count);
        Assert.All(thrown.InnerExceptions, static inner => Assert.Equal("callback", inner.Message));
        Assert.Equal(3, called);
        Assert.All(children, static child => Assert.True(child.Token.IsCancellationRequested));
        parent.Cancel();

        CancelContext single = GoContext.Background.WithCancel();
        single.Token.Register(static () => throw new InvalidOperationException("one"));
        Assert.Equal("one", Assert.Throws<AggregateException>(single.Dispose).InnerException!.Message);
    }

    [Fact]
    public void Cancel_CallbackCancelsRelatives_DoesNoHarm()
    {
        CancelContext parent = GoContext.Background.WithCancel();
        CancelContext child = parent.WithCancel();
        CancelContext sibling = parent.WithCancel();
        int called = 0;
        child.Token.Register(() =>
        {
            called++;
            sibling.Cancel();
            parent.Cancel();
            Assert.NotNull(parent.WithCancel().Err);
        });
        parent.Token.Register(child.Cancel);
        parent.Cancel();
        Assert.Equal(1, called);
        GoContextTests.AssertCanceled(sibling);
    }

    [Fact]
    public void From_ATokenThatNeverFires_IsBackground()
    {
        Assert.Same(GoContext.Background, GoContext.From(default));
        Assert.Same(GoContext.Background, GoContext.From(new CancellationToken(canceled: false)));
    }

    [Fact]
    public void From_GivesItsTokenBackAndEndsWithIt()
    {
        using var source = new CancellationTokenSource();
        GoContext context = GoContext.From(source.Token);
        GoContext below = context.WithValue(new ContextKey<int>("n"), 1).WithTimeout(TimeSpan.FromHours(1)).WithCancel();
        Assert.Equal(source.Token, context.Token);
        Assert.Equal("context.From", context.ToString());
        Assert.Null(context.Err);
        Assert.Null(context.Cause);
        Assert.Null(context.Deadline);
        Assert.False(context.Done.TryReceive(out _));

        source.Cancel();

        GoContextTests.AssertCanceled(context);
        GoContextTests.AssertCanceled(below);
        Assert.Same(context.Err, below.Err);
        GoContextTests.AssertCanceled(GoContext.From(source.Token));
        GoContextTests.AssertCanceled(context.WithCancel());
    }

    [Fact]
    public Task From_Done_WakesReceiversAndSelects() => Isolated.GoAsync(async () =>
    {
        using var source = new CancellationTokenSource();
        GoContext context = GoContext.From(source.Token);
        Goroutine receiver = Go.Run(async () => Assert.False((await context.Done.ReceiveAsync()).Ok));
        Goroutine<int> selector = Go.Run(async () => await new Select().Receive(new Chan<int>(), out _).Receive(context.Done, out _).WaitAsync());
        await VirtualTime.ParkedAsync(receiver.Id, "chan receive");
        await VirtualTime.ParkedAsync(selector.Id, "select");
        await source.CancelAsync();
        await receiver;
        Assert.Equal(1, await selector);
        Assert.Equal(context.Done, context.Done);
    });

    [Fact]
    public Task From_DoneWaitedOnAndLeft_CanBeWaitedOnAgain() => Isolated.GoAsync(async () =>
    {
        using var source = new CancellationTokenSource();
        GoContext context = GoContext.From(source.Token);
        var select = new Select();
        select.Receive(context.Done);
        TimeoutCase timeout = select.Timeout(TimeSpan.FromTicks(1));
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(1, await select.WaitAsync());
        }

        timeout.Enabled = false;
        source.CancelAfter(TimeSpan.FromMilliseconds(5));
        Assert.Equal(0, await select.WaitAsync());
    });

    [Fact]
    public async Task From_ALongLivedToken_LeavesNothingBehind()
    {
        using var source = new CancellationTokenSource();
        WeakReference[] dropped = [.. Enumerable.Range(0, 100).Select(_ => Use(source.Token))];
        await Poll.UntilAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return dropped.Count(static reference => reference.IsAlive) <= 2;
            },
            "what hung on the token to be collected");
        GC.KeepAlive(source);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Use(CancellationToken token)
        {
            GoContext context = GoContext.From(token);
            ValueTask<Received<Unit>> wait = context.Done.ReceiveAsync(new CancellationTokenSource(0).Token);
            Assert.NotNull(Record.Exception(() => wait.AsTask().GetAwaiter().GetResult()));
            using (CancelContext child = context.WithCancel())
            {
                _ = child.Token;
            }

            context.AfterFunc(static () => default(ValueTask)).Stop();
            return new WeakReference(context.Source);
        }
    }

    [Fact]
    public Task RoundTrip_EndsWithTheOrigin() => Isolated.GoAsync(async () =>
    {
        using CancelContext origin = GoContext.Background.WithCancel();
        GoContext copy = GoContext.From(origin);
        using CancelContext child = copy.WithCancel();
        origin.Cancel(new InvalidOperationException("cause stays behind"));
        Assert.False((await child.Done.ReceiveAsync()).Ok);
        GoContextTests.AssertCanceled(copy);
        Assert.Same(child.Err, child.Cause);
    });

    [Fact]
    public Task Operations_TakeAContext() => VirtualTime.RunAsync(async clock =>
    {
        GoContext context = GoContext.Background.WithTimeout(TimeSpan.FromSeconds(1));
        Goroutine[] waits =
        [
            Go.Run(async () => { await new Chan<int>().ReceiveAsync(context); }),
            Go.Run(async () => await new Chan<int>().SendAsync(1, context)),
            Go.Run(async () => await Task.Delay(Timeout.Infinite, context)),
        ];
        await VirtualTime.ParkedAsync(waits[0].Id, "chan receive");
        await VirtualTime.ParkedAsync(waits[1].Id, "chan send");
        clock.Advance(TimeSpan.FromSeconds(1));
        foreach (Goroutine wait in waits)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);
        }
    });
}
