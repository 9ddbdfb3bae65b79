using Goroutines.Runtime;
using Xunit;

namespace Goroutines.Tests.Runtime;

public class PaceTests
{
    private const long Start = 1_000_000_000;

    [Theory]
    [InlineData(Pace.Interval / Pace.ShortTurn, true)]
    [InlineData((Pace.Interval / Pace.ShortTurn) - 1, false)]
    [InlineData(0, false)]
    public void Look_AfterAnInterval_JudgesTheTurnsOfThatInterval(long turns, bool areShort)
    {
        Pace pace = default;
        pace.Look(1_000, Start);

        Assert.Equal(areShort, pace.Look(1_000 + turns, Start + Pace.Interval));
    }

    [Fact]
    public void Look_ForTheFirstTime_DoesNotJudge()
    {
        Pace pace = default;

        Assert.Null(pace.Look(0, Start));
    }

    [Fact]
    public void Look_TooEarly_DoesNotJudgeAndKeepsCounting()
    {
        Pace pace = default;
        pace.Look(0, Start);

        Assert.Null(pace.Look(1_000, Start + Pace.Interval - 1));
        Assert.True(pace.Look(1_000, Start + Pace.Interval));
    }

    [Fact]
    public void Look_AfterAPauseOfAllThreads_LeavesItOut()
    {
        Pace pace = default;
        pace.Look(0, Start);
        pace.LeaveOut(50 * Pace.Interval);

        Assert.True(pace.Look(Pace.Interval / Pace.ShortTurn, Start + (51 * Pace.Interval)));
    }

    [Fact]
    public void Look_WhenTheProcHasBecomeIdle_ForgetsWhatItDidBefore()
    {
        Pace pace = default;
        pace.Look(0, Start);
        Assert.True(pace.Look(1_000, Start + Pace.Interval));

        Assert.False(pace.Look(1_000, Start + (2 * Pace.Interval)));
    }
}
