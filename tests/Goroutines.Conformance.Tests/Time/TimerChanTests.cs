using Goroutines.Tests.Time;
using Xunit;

namespace Goroutines.Conformance.Tests.Time;

/// <summary>Go's TestChan in time/tick_test.go: the channel of a timer, and of a ticker, behaves as an unbuffered one.</summary>
public class TimerChanTests
{
    private static readonly TimeSpan s_far = TimeSpan.FromSeconds(10_000);
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(10);

    /// <summary>Shorter than a moment, which may so bring a second tick.</summary>
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(4);

    [Theory(DisplayName = "go: time/tick_test.go TestChan: nobody waits")]
    [InlineData("timer")]
    [InlineData("ticker")]
    public Task StopAndReset_NobodyWaits_MoveTheTick(string kind) => VirtualTime.RunAsync(clock =>
    {
        var timer = Timed.Start(kind, s_far);
        timer.Stop();
        timer.AssertNoTick();
        timer.Reset(s_far);
        timer.AssertNoTick();
        timer.Reset(s_soon);
        clock.Advance(s_moment);
        Assert.Equal(0, timer.C.Count);
        Assert.Equal(0, timer.C.Capacity);
        timer.AssertTick();
        clock.Advance(s_moment);
        timer.Reset(s_far);
        timer.AssertNoTick();
        return Task.CompletedTask;
    });

    [Theory(DisplayName = "go: time/tick_test.go TestChan: one waits")]
    [InlineData("timer")]
    [InlineData("ticker")]
    public Task Reset_OneWaits_MovesItsTime(string kind) => VirtualTime.RunAsync(async clock =>
    {
        var timer = Timed.Start(kind, s_far);
        Goroutine waiter = Go.Run(async () => { await timer.C.ReceiveAsync(); });
        await VirtualTime.ParkedAsync(waiter.Id, "chan receive");
        clock.Advance(s_moment);
        await VirtualTime.ParkedAsync(waiter.Id, "chan receive");

        timer.Reset(2 * s_far);
        clock.Advance(s_far);
        await VirtualTime.ParkedAsync(waiter.Id, "chan receive");

        timer.Reset(s_soon);
        clock.Advance(s_soon);
        await waiter;
        clock.Advance(s_moment);
        timer.AssertTickOnlyOfTicker();
        timer.Stop();
        timer.AssertNoTick();
    });

    [Theory(DisplayName = "go: time/tick_test.go TestChan: two selects wait")]
    [InlineData("timer")]
    [InlineData("ticker")]
    public Task Reset_TwoSelectsWait_OneGetsTheTick(string kind) => VirtualTime.RunAsync(async clock =>
    {
        var timer = Timed.Start(kind, s_far);
        var stop = new Chan<Unit>();
        var got = new Chan<Unit>(2);
        Goroutine[] waiters = await StartSelects(timer, stop, () => got.SendAsync(default));
        Assert.False(got.TryReceive(out _), "A tick came too early.");
        timer.Reset(s_soon);
        clock.Advance(s_soon);
        await got.ReceiveAsync();
        timer.Stop();
        stop.Close();
        await waiters[0];
        await waiters[1];
        Assert.False(got.TryReceive(out _), "Both got the one tick.");
    });

    [Theory(DisplayName = "go: time/tick_test.go TestChan: stopped")]
    [InlineData("timer")]
    [InlineData("ticker")]
    public Task Stopped_SelectsWait_GetNothing(string kind) => VirtualTime.RunAsync(async clock =>
    {
        var timer = Timed.Start(kind, s_soon);
        timer.Stop();
        var stop = new Chan<Unit>();
        Goroutine[] waiters = await StartSelects(timer, stop, static () => throw new InvalidOperationException("a tick of one that is stopped"));
        clock.Advance(s_far);
        stop.Close();
        await waiters[0];
        await waiters[1];
    });

    [Theory(DisplayName = "go: time/tick_test.go TestChan: old values")]
    [InlineData("timer")]
    [InlineData("ticker")]
    public Task StopAndReset_TickIsDue_NobodyReceivesItLater(string kind) => VirtualTime.RunAsync(clock =>
    {
        var timer = Timed.Start(kind, s_soon);
        clock.Advance(s_moment);
        Assert.True(timer.Stop(), "The tick was not received.");
        timer.AssertNoTick();
        timer.Reset(s_far);
        timer.AssertNoTick();
        Assert.True(timer.Reset(s_soon), "It ran.");
        clock.Advance(s_moment);
        timer.AssertTick();
        clock.Advance(s_moment);
        timer.AssertTickOnlyOfTicker();
        Assert.Equal(kind == "ticker", timer.Reset(s_far));
        timer.AssertNoTick();
        return Task.CompletedTask;
    });

    private static async ValueTask<Goroutine[]> StartSelects(Timed timer, Chan<Unit> stop, Func<ValueTask> onTick)
    {
        Goroutine[] waiters = [Go.Run(Wait), Go.Run(Wait)];
        foreach (Goroutine waiter in waiters)
        {
            await VirtualTime.ParkedAsync(waiter.Id, "select");
        }

        return waiters;

        async ValueTask Wait()
        {
            if (await new Select().Receive(timer.C, out _).Receive(stop, out _).WaitAsync() == 0)
            {
                await onTick();
            }
        }
    }

    /// <summary>A timer or a ticker with the same methods; whether a ticker ran before is counted here, as it does not say.</summary>
    private sealed class Timed
    {
        private readonly GoTimer? _timer;
        private readonly Ticker? _ticker;
        private bool _stopped;

        private Timed(GoTimer? timer, Ticker? ticker)
        {
            _timer = timer;
            _ticker = ticker;
        }

        public Receiver<DateTimeOffset> C => _timer?.C ?? _ticker!.C;

        public static Timed Start(string kind, TimeSpan duration)
            => kind == "timer" ? new(new GoTimer(duration), null) : new(null, new Ticker(duration));

        public bool Stop()
        {
            bool ran = !_stopped;
            _stopped = true;
            _ticker?.Stop();
            return _timer?.Stop() ?? ran;
        }

        public bool Reset(TimeSpan duration)
        {
            bool ran = !_stopped;
            _stopped = false;
            _ticker?.Reset(duration);
            return _timer?.Reset(duration) ?? ran;
        }

        public void AssertTick() => Assert.True(C.TryReceive(out _), "A tick is missing.");

        public void AssertNoTick() => Assert.False(C.TryReceive(out _), "There is a tick too many.");

        public void AssertTickOnlyOfTicker() => Assert.Equal(_ticker is not null, C.TryReceive(out _));
    }
}
