using Goroutines.Runtime;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>Until when the worker in the poller's slot sleeps.</summary>
public class PollerSlotTests
{
    private const long Served = 1_000_000_000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(PollerSlot.Many - 1)]
    public void EndLastLook_FewTimers_SleepsUntilTheFirstIsDue(int timers)
    {
        PollerSlot slot = new();
        slot.Served(Served);
        slot.BeginLastLook();
        Assert.Equal(Served + 1, slot.EndLastLook(Served + 1, timers));
        Assert.Equal(Served + 1, slot.Until);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(PollerSlot.Period - 1)]
    public void EndLastLook_ManyTimersSoonAfterTheLast_SleepsForThePeriod_AndNewTimersDoNotWakeIt(long after)
    {
        PollerSlot slot = new();
        slot.Served(Served);
        slot.BeginLastLook();
        Assert.Equal(Served + PollerSlot.Period, slot.EndLastLook(Served + after, PollerSlot.Many));
        Assert.Equal(long.MinValue, slot.Until);
    }

    [Theory]
    [InlineData(PollerSlot.Period)]
    [InlineData(10 * PollerSlot.Period)]
    [InlineData(long.MaxValue - Served)]
    public void EndLastLook_ManyTimersLater_SleepsUntilTheFirstIsDue(long after)
    {
        PollerSlot slot = new();
        slot.Served(Served);
        slot.BeginLastLook();
        Assert.Equal(Served + after, slot.EndLastLook(Served + after, PollerSlot.Many));
        Assert.Equal(Served + after, slot.Until);
    }

    [Fact]
    public void BeginLastLook_EachNewTimerWakesIt()
    {
        PollerSlot slot = new();
        slot.Served(Served);
        slot.EndLastLook(Served + 1, PollerSlot.Many);
        slot.BeginLastLook();
        Assert.Equal(long.MaxValue, slot.Until);
    }

    [Theory]
    [InlineData(PollerSlot.Many, PollerSlot.Period - 1, true)]
    [InlineData(PollerSlot.Many, PollerSlot.Period, false)]
    [InlineData(PollerSlot.Many - 1, 1, false)]
    public void CanWait_ManyTimersUntilThePeriodIsOver(int timers, long after, bool canWait)
    {
        PollerSlot slot = new();
        slot.Served(Served);
        Assert.Equal(canWait, slot.CanWait(timers, Served + after));
    }
}
