using Goroutines.Runtime;
using Xunit;

namespace Goroutines.Tests.Runtime;

public class StretchTests
{
    [Fact]
    public void Lasted_AfterAPause_LeavesItOut()
    {
        Stretch stretch = default;
        stretch.Begin(1_000);
        stretch.LeaveOut(500);

        Assert.Equal(100, stretch.Lasted(1_600));
    }

    [Fact]
    public void Lasted_AfterPausesWithoutEnd_GrowsAllTheSame()
    {
        Stretch stretch = default;
        stretch.Begin(0);
        long now = 0;
        for (int i = 0; i < 10; i++)
        {
            now += 1_000; // sysmon comes late in every round
            stretch.LeaveOut(999);
        }

        Assert.True(stretch.Lasted(now) >= 9_000);
    }

    [Fact]
    public void Begin_AfterAPauseLeftOut_LeavesOutTheNextOneToo()
    {
        Stretch stretch = default;
        stretch.Begin(0);
        stretch.LeaveOut(500);
        stretch.Begin(1_000);
        stretch.LeaveOut(500);

        Assert.Equal(100, stretch.Lasted(1_600));
    }
}
