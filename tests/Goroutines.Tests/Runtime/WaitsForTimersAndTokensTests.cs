using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>Which waits for timers, contexts and scopes are deadlocks.</summary>
[Collection(AloneCollection.Name)]
public class WaitsForTimersAndTokensTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(150);

    [Fact]
    public Task RunningTimer_IsWaitedFor() => Passes(static async () =>
    {
        await new GoTimer(s_short).C.ReceiveAsync();
        await new Select().Receive(new Ticker(s_short).C, out _).WaitAsync();
    });

    [Fact]
    public Task TimerWithABody_IsWaitedFor() => Passes(static async () =>
    {
        var done = new Chan<Unit>();
        GoTimer.AfterFunc(s_short, async () => await done.SendAsync(default));
        await done.ReceiveAsync();
    });

    [Fact]
    public Task StoppedTimer_IsReported() => Reports("chan receive", static async () =>
    {
        var timer = new GoTimer(TimeSpan.FromHours(1));
        timer.Stop();
        await timer.C.ReceiveAsync();
    });

    [Fact]
    public Task TimerThatNeverComes_IsReported() => Reports("chan receive", static async () => await Go.After(Timeout.InfiniteTimeSpan).ReceiveAsync());

    [Fact]
    public Task Deadline_IsWaitedFor() => Passes(static async () =>
    {
        await GoContext.Background.WithTimeout(s_short).Done.ReceiveAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(static async () => await new Chan<int>().ReceiveAsync(GoContext.Background.WithTimeout(s_short)));
    });

    [Fact]
    public Task ContextThatNobodyCancels_IsReported() => Reports("chan receive", static async () => await GoContext.Background.WithCancel().Done.ReceiveAsync());

    [Fact]
    public Task BackgroundsDone_IsReported() => Reports("chan receive (nil chan)", static async () => await GoContext.Background.Done.ReceiveAsync());

    [Fact]
    public Task TokensContext_IsWaitedFor() => Passes(static async () =>
    {
        using var source = new CancellationTokenSource(s_short);
        await GoContext.From(source.Token).Done.ReceiveAsync();
    });

    [Fact]
    public Task ChildOfATokensContext_InASelect_IsWaitedFor() => Passes(static async () =>
    {
        using var source = new CancellationTokenSource(s_short);
        CancelContext child = GoContext.From(source.Token).WithCancel().WithCancel();
        await new Select().Receive(new Chan<int>(), out _).Receive(child.Done, out ReceiveCase<Unit> ended).WaitAsync();
        Assert.True(ended.Selected);
    });

    [Fact]
    public Task AfterFuncOfAToken_IsWaitedFor() => Passes(static async () =>
    {
        using var source = new CancellationTokenSource(s_short);
        var done = new Chan<Unit>();
        GoContext.From(source.Token).AfterFunc(async () => await done.SendAsync(default));
        await done.ReceiveAsync();
    });

    [Fact]
    public Task TokenThatHasNothingToDoWithIt_IsReported() => Reports("chan receive", static async () =>
    {
        using var source = new CancellationTokenSource();
        using CancelContext context = GoContext.From(source.Token).WithCancel();
        ContextRegistration registration = context.AfterFunc(static () => default(ValueTask));
        registration.Stop();
        await new Chan<int>().ReceiveAsync();
    });

    [Fact]
    public Task ChildOfAScope_IsReportedWithItsScope() => Reports("scope", static async () => await Go.ScopeAsync(static scope =>
    {
        scope.Spawn(static async () => { await new Chan<int>().ReceiveAsync(); });
        return default;
    }));

    private static Task Passes(Func<ValueTask> body) => Isolated.RunAsync(1, runtime => PlainThread.Run(() => runtime.Main(body)));

    private static Task Reports(string reason, Func<ValueTask> body) => Isolated.RunAsync(1, async runtime =>
    {
        DeadlockException deadlock = await Assert.ThrowsAsync<DeadlockException>(() => PlainThread.Run(() => runtime.Main(body)));
        Assert.StartsWith("all goroutines are asleep - deadlock!", deadlock.Message, StringComparison.Ordinal);
        Assert.Contains($"[{reason}]", deadlock.Dump, StringComparison.Ordinal);
        if (reason == "scope")
        {
            Assert.Contains("[chan receive]", deadlock.Dump, StringComparison.Ordinal);
        }
    });
}
