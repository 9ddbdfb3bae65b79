using Goroutines.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Goroutines.Tests.Ends;

/// <summary>What was timed in a runtime that has been stopped: contexts, timers and tickers go on by its clock, sleeps are told.</summary>
public class StoppedClockTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Context_MadeBefore_EndsAtItsDeadline(bool dispose)
    {
        GoRuntime runtime = Make();
        GoContext context = await runtime.Run(() => new ValueTask<GoContext>(GoContext.Background.WithTimeout(s_second)));
        Task token = CancelledAsync(context.Token);
        Task sleeping = Go.SleepAsync(Timeout.InfiniteTimeSpan, context).AsTask();
        Task<Received<Unit>> done = context.WithCancel().Done.ReceiveAsync().AsTask();
        await EndAsync(runtime, dispose);
        Assert.Null(context.Err);
        _clock.Advance(s_second);
        await done.WaitAsync(Limits.Wait);
        Assert.IsType<DeadlineExceededException>(context.Err);
        await token.WaitAsync(Limits.Wait);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleeping.WaitAsync(Limits.Wait));
    }

    [Fact]
    public async Task Context_MadeAfterwards_EndsAtItsDeadline()
    {
        GoRuntime runtime = Make();
        await EndAsync(runtime, dispose: true);
        CancelContext far = GoContext.Background.WithTimeout(3 * s_second, runtime: runtime);
        CancelContext near = GoContext.Background.WithTimeout(s_second, runtime: runtime);
        _clock.Advance(s_second);
        await Poll.UntilAsync(() => near.Err is DeadlineExceededException, "the deadline");
        Assert.Null(far.Err);
        _clock.Advance(2 * s_second);
        await Poll.UntilAsync(() => far.Err is DeadlineExceededException, "the deadline");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TimersAndTickers_GoOn(bool dispose)
    {
        GoRuntime runtime = Make();
        (Ticker ticker, GoTimer timer, Receiver<DateTimeOffset> after) = await runtime.Run(() => new ValueTask<(Ticker, GoTimer, Receiver<DateTimeOffset>)>(
            (new Ticker(s_second), new GoTimer(s_second), Go.After(2 * s_second))));
        ValueTask<Received<DateTimeOffset>> first = ticker.C.ReceiveAsync();
        await EndAsync(runtime, dispose);
        ValueTask<Received<DateTimeOffset>> rings = timer.C.ReceiveAsync();
        _clock.Advance(s_second);
        await first.AsTask().WaitAsync(Limits.Wait);
        await rings.AsTask().WaitAsync(Limits.Wait);
        ValueTask<Received<DateTimeOffset>> second = ticker.C.ReceiveAsync();
        ValueTask<Received<DateTimeOffset>> comes = after.ReceiveAsync();
        _clock.Advance(s_second);
        await second.AsTask().WaitAsync(Limits.Wait);
        await comes.AsTask().WaitAsync(Limits.Wait);
        ticker.Dispose();
        timer.Dispose();
    }

    [Theory]
    [InlineData(false, 3_600_000)]
    [InlineData(true, 3_600_000)]
    [InlineData(false, Timeout.Infinite)]
    [InlineData(true, Timeout.Infinite)]
    public async Task Sleep_OfOthers_IsTold(bool dispose, int milliseconds)
    {
        TimeSpan duration = TimeSpan.FromMilliseconds(milliseconds);
        GoRuntime runtime = Make();
        await runtime.Run(() => default(ValueTask));
        ValueTask pending = runtime.SleepAsync(duration, TestContext.Current.CancellationToken);
        await using var other = new GoRuntime();
        Goroutine inOther = other.Run(async () => await runtime.SleepAsync(duration));
        await Ended.ParkedAsync(other, "sleep");
        Task blocked = PlainThread.Run(() => runtime.Sleep(duration)); // before the end or after it
        await EndAsync(runtime, dispose);
        await Ended.ToldAsync(pending);
        await Ended.ToldAsync(inOther.JoinAsync());
        await Ended.ToldAsync(blocked);
        await Ended.ToldAsync(runtime.SleepAsync(s_second, TestContext.Current.CancellationToken));
        Assert.Throws<ObjectDisposedException>(() => runtime.Sleep(s_second));
    }

    [Fact]
    public async Task AfterFunc_OfTheStopped_DoesNotRun()
    {
        GoRuntime runtime = Make();
        bool ran = false;
        await runtime.Run(() =>
        {
            GoTimer.AfterFunc(s_second, () =>
            {
                ran = true;
                return default(ValueTask);
            });
            return default(ValueTask);
        });
        CancelContext context = GoContext.Background.WithTimeout(s_second, runtime: runtime);
        await EndAsync(runtime, dispose: false);
        _clock.Advance(s_second);
        await Poll.UntilAsync(() => context.Err is not null, "the deadline");
        Assert.False(ran);
    }

    [Fact]
    public async Task FarDeadline_OfTheStopped_Comes()
    {
        var clock = new HandClock { LongestTimer = TimeSpan.FromMilliseconds(int.MaxValue) };
        var runtime = new GoRuntime(new GoRuntimeOptions { TimeProvider = clock });
        await EndAsync(runtime, dispose: true);
        CancelContext context = GoContext.Background.WithTimeout(TimeSpan.FromDays(60), runtime: runtime);
        for (int i = 0; i < 3; i++)
        {
            Assert.Null(context.Err);
            clock.Advance(TimeSpan.FromDays(20));
        }

        await Poll.UntilAsync(() => context.Err is DeadlineExceededException, "the deadline");
    }

    /// <summary>The wait is for the clock; the time-out of a goroutine that is gone keeps nothing busy.</summary>
    [Fact]
    public async Task RealClock_Deadlines_GoOn()
    {
        var runtime = new GoRuntime();
        CancelContext context = GoContext.Background.WithTimeout(TimeSpan.FromMilliseconds(50), runtime: runtime);
        CancelContext none = GoContext.Background.WithTimeout(TimeSpan.FromDays(1000), runtime: runtime);
        await EndAsync(runtime, dispose: true);
        await context.Done.ReceiveAsync().AsTask().WaitAsync(Limits.Wait);
        Assert.Null(none.Err);
    }

    private GoRuntime Make() => new(new GoRuntimeOptions { TimeProvider = _clock });

    private static async Task EndAsync(GoRuntime runtime, bool dispose)
    {
        if (dispose)
        {
            await Ended.DisposeAsync(runtime);
        }
        else
        {
            Assert.Equal(0, await runtime.StopAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limits.Wait));
        }
    }

    private static Task CancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        token.Register(cancelled.SetResult);
        return cancelled.Task;
    }

    [Fact]
    public async Task EndlessSleeps_ThatWereCancelled_AreForgotten()
    {
        GoRuntime runtime = Make();
        for (int i = 0; i < 1000; i++)
        {
            using var source = new CancellationTokenSource();
            ValueTask sleep = runtime.SleepAsync(Timeout.InfiniteTimeSpan, source.Token);
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleep.AsTask());
        }

        Assert.InRange(runtime.Scheduler.EndlessSleeps.Count, 0, 64);
        await EndAsync(runtime, dispose: true);
    }
}
