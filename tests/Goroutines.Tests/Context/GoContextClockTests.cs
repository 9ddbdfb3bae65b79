using Goroutines.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Goroutines.Tests.Context;

/// <summary>Deadlines below deadlines: what counts is the time that passes, not what the wall clock says.</summary>
public class GoContextClockTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public async Task WithTimeout_WallClockSetInBetween_ComesInTime(int minutes)
    {
        var clock = new HandClock();
        await using var runtime = new GoRuntime(new GoRuntimeOptions { TimeProvider = clock });
        CancelContext request = GoContext.Background.WithTimeout(5 * s_second, runtime: runtime);
        clock.SetWallClock(TimeSpan.FromMinutes(minutes));
        CancelContext step = request.WithTimeout(s_second, runtime: runtime);
        CancelContext longer = request.WithTimeout(10 * s_second, runtime: runtime);
        clock.Advance(s_second);
        await EndedAsync(step);
        Assert.Null(request.Err);
        Assert.Null(longer.Err);
        clock.Advance(4 * s_second);
        await EndedAsync(request);
        await EndedAsync(longer);
    }

    /// <summary>The child's clock says nothing of the parent's, so both times stand.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WithTimeout_ClocksOfTwoRuntimes_EndsByTheFirst(bool childFirst)
    {
        var (clockA, clockB) = (new FakeTimeProvider(), new FakeTimeProvider());
        await using var a = new GoRuntime(new GoRuntimeOptions { TimeProvider = clockA });
        await using var b = new GoRuntime(new GoRuntimeOptions { TimeProvider = clockB });
        clockB.Advance(TimeSpan.FromDays(1));
        CancelContext parent = GoContext.Background.WithTimeout(s_second, runtime: a);
        CancelContext child = parent.WithTimeout(s_second, runtime: b);
        Assert.Equal(parent.Deadline, child.Deadline); // the earlier one, as far as wall clocks tell
        if (childFirst)
        {
            clockB.Advance(s_second);
            await EndedAsync(child);
            Assert.Null(parent.Err);
        }
        else
        {
            clockA.Advance(s_second);
            await EndedAsync(parent);
            await EndedAsync(child);
        }
    }

    [Fact]
    public void WithTimeout_LaterThanTheParents_HasTheParents()
    {
        using CancelContext parent = GoContext.Background.WithTimeout(TimeSpan.FromHours(1));
        using CancelContext child = parent.WithTimeout(TimeSpan.FromHours(2));
        using CancelContext grandchild = child.WithCancel().WithTimeout(TimeSpan.FromHours(3));
        Assert.Equal(parent.Deadline, child.Deadline);
        Assert.Equal(parent.Deadline, grandchild.Deadline);
        Assert.True(child.WithTimeout(TimeSpan.FromMinutes(1)).Deadline < parent.Deadline);
        Assert.Null(child.WithoutCancel().Deadline);
    }

    private static Task EndedAsync(GoContext context) => Poll.UntilAsync(() => context.Err is DeadlineExceededException, "the deadline");
}
