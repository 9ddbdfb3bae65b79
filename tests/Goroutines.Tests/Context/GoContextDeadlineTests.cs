using Goroutines.Tests.Support;
using Goroutines.Tests.Time;
using Xunit;

namespace Goroutines.Tests.Context;

public class GoContextDeadlineTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact(DisplayName = "A deadline ends a context and those below it (TestDeadline, TestTimeout)")]
    public Task Deadline_Passes_EndsTheTree() => VirtualTime.RunAsync(async clock =>
    {
        DateTimeOffset at = clock.GetUtcNow() + s_second;
        GoContext byTime = GoContext.Background.WithDeadline(at);
        GoContext byTimeout = GoContext.Background.WithTimeout(s_second);
        GoContext below = byTimeout.WithValue(new ContextKey<int>("n"), 1).WithDeadline(at + s_hour);
        GoContext earlier = GoContext.Background.WithTimeout(s_hour).WithTimeout(s_second);
        GoContext[] contexts = [byTime, byTimeout, below, earlier];
        Assert.All(contexts, context => Assert.Equal(at, context.Deadline));
        Assert.StartsWith("context.Background.WithDeadline(2000-01-01T00:00:01.0000000+00:00 [00:00:01", byTime.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(".WithCancel", below.ToString(), StringComparison.Ordinal);

        clock.Advance(s_second - TimeSpan.FromTicks(1));
        await Go.Yield();
        Assert.All(contexts, static context => Assert.Null(context.Err));

        clock.Advance(TimeSpan.FromTicks(1));
        foreach (GoContext context in contexts)
        {
            Assert.False((await context.Done.ReceiveAsync()).Ok);
            Assert.IsType<DeadlineExceededException>(context.Err);
            Assert.Same(context.Err, context.Cause);
        }
    });

    [Fact(DisplayName = "A deadline in the past, or now, ends the context at once (TestDeadline)")]
    public Task Deadline_InThePastOrNow_HasEnded() => VirtualTime.RunAsync(clock =>
    {
        DateTimeOffset now = clock.GetUtcNow();
        CancelContext parent = GoContext.Background.WithCancel();
        GoContext[] contexts =
        [
            parent.WithDeadline(now - s_second), parent.WithDeadline(now), parent.WithDeadline(DateTimeOffset.MinValue), parent.WithTimeout(TimeSpan.Zero),
        ];
        Assert.All(contexts, static context =>
        {
            Assert.IsType<DeadlineExceededException>(context.Err);
            Assert.True(context.Token.IsCancellationRequested);
            Assert.True(context.Done.TryReceive(out _));
        });
        Assert.Null(parent.Err);
        return Task.CompletedTask;
    });

    [Fact(DisplayName = "Cancelled before its deadline a context is cancelled (TestCanceledTimeout)")]
    public Task Cancel_BeforeTheDeadline_IsCancellation() => VirtualTime.RunAsync(async clock =>
    {
        CancelContext context = GoContext.Background.WithTimeout(s_second).WithTimeout(s_hour);
        context.Cancel();
        GoContextTests.AssertCanceled(context);
        CancelContext other = GoContext.Background.WithTimeout(s_second);
        other.Cancel();
        clock.Advance(s_hour);
        await Go.SleepAsync(TimeSpan.Zero);
        GoContextTests.AssertCanceled(other);
    });

    [Fact]
    public Task Deadline_Passes_GivesTheCause() => VirtualTime.RunAsync(async clock =>
    {
        var cause = new InvalidOperationException("too slow");
        GoContext context = GoContext.Background.WithTimeout(s_second, cause);
        GoContext child = context.WithCancel();
        clock.Advance(s_second);
        await child.Done.ReceiveAsync();
        Assert.IsType<DeadlineExceededException>(child.Err);
        Assert.Same(cause, child.Cause);
        Assert.Same(cause, context.Cause);
    });

    [Fact]
    public Task Deadline_Passes_CancelsTokensInAGoroutine() => VirtualTime.RunAsync(async clock =>
    {
        GoContext context = GoContext.Background.WithTimeout(s_second);
        var called = new Chan<long>(1);
        await using CancellationTokenRegistration registration = context.WithCancel().Token.Register(() => called.TrySend(Go.CurrentId));
        Goroutine waiter = Go.Run(async () => await Go.SleepAsync(Timeout.InfiniteTimeSpan, context));
        await VirtualTime.ParkedAsync(waiter.Id, "sleep");
        clock.Advance(s_second);
        Assert.NotEqual(0, (await called.ReceiveAsync()).Value);
        OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiter);
        Assert.Equal(context.Token, cancelled.CancellationToken);
    });

    [Fact]
    public async Task Deadline_WhileTheRuntimeStops_StillEndsWhatWaits()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var runtime = new GoRuntime(new GoRuntimeOptions { TimeProvider = clock });
        Goroutine waiter = runtime.Run(async () => await Go.SleepAsync(Timeout.InfiniteTimeSpan, GoContext.Background.WithTimeout(s_second)));
        await Poll.UntilAsync(() => runtime.Snapshot().Any(static g => g.WaitReason == "sleep"), "the goroutine to sleep");
        Task<int> stopping = runtime.StopAsync().AsTask();
        clock.Advance(s_second);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiter);
        Assert.Equal(0, await stopping.WaitAsync(Limits.Wait));
    }

    [Fact]
    public Task Timeout_InfiniteOrLongest_HasNoEffect() => VirtualTime.RunAsync(async clock =>
    {
        CancelContext infinite = GoContext.Background.WithTimeout(Timeout.InfiniteTimeSpan);
        Assert.Null(infinite.Deadline);
        CancelContext longest = GoContext.Background.WithTimeout(TimeSpan.MaxValue);
        Assert.Equal(DateTimeOffset.MaxValue, longest.Deadline);
        CancelContext last = GoContext.Background.WithDeadline(DateTimeOffset.MaxValue);
        clock.Advance(TimeSpan.FromDays(10_000));
        await Go.Yield();
        Assert.Null(infinite.Err);
        Assert.Null(longest.Err);
        Assert.Null(last.Err);
    });

    [Theory]
    [InlineData(-2)]
    [InlineData(-100_000)]
    [InlineData(long.MinValue / TimeSpan.TicksPerMillisecond)]
    public void Timeout_Negative_EndsAtOnce(long milliseconds)
    {
        using CancelContext context = GoContext.Background.WithTimeout(TimeSpan.FromMilliseconds(milliseconds));
        Assert.IsType<DeadlineExceededException>(context.Err);
        Assert.True(context.Token.IsCancellationRequested);
        Assert.True(context.Done.TryReceive(out Received<Unit> done) && !done.Ok);
    }
}
