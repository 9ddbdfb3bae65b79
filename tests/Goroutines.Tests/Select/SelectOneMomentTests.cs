using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Selects;

/// <summary>
/// What does not wait tells the truth about one moment. While something is ready at any time, it may not say that nothing is,
/// though what it looks at one after the other may each be not ready when it looks.
/// </summary>
public class SelectOneMomentTests
{
    /// <summary>The order of looking is random: in so many rounds each comes up.</summary>
    private const int Rounds = 200;

    [Fact]
    public void TryWait_AnotherChannelGetsAValueBeforeTheFirstIsEmptied_FindsOne()
    {
        for (int round = 0; round < Rounds; round++)
        {
            var first = new Chan<int>(1);
            var second = new Chan<int>(1);
            first.TrySend(1);
            var between = new Chan<int>(new LookedAtFeed(() =>
            {
                second.TrySend(1);
                first.TryReceive(out _);
            }));

            Assert.True(new Select().Receive(first, out _).Receive(between, out _).Receive(second, out _).TryWait(out int index));
            Assert.NotEqual(1, index);
        }
    }

    [Fact]
    public void TryWait_AnotherChannelGetsRoomBeforeTheFirstIsFilled_FindsOne()
    {
        for (int round = 0; round < Rounds; round++)
        {
            var first = new Chan<int>(1);
            var second = new Chan<int>(1);
            second.TrySend(1);
            var between = new Chan<int>(new LookedAtFeed(() =>
            {
                second.TryReceive(out _);
                first.TrySend(1);
            }));

            Assert.True(new Select().Send(first, 2, out _).Receive(between, out _).Send(second, 2, out _).TryWait(out int index));
            Assert.NotEqual(1, index);
        }
    }

    [Fact]
    public void TryWait_AnotherChannelIsClosedBeforeTheFirstIsEmptied_FindsOne()
    {
        for (int round = 0; round < Rounds; round++)
        {
            var first = new Chan<int>(1);
            var second = new Chan<int>();
            first.TrySend(1);
            var between = new Chan<int>(new LookedAtFeed(() =>
            {
                second.Close();
                first.TryReceive(out _);
            }));

            Assert.True(new Select().Receive(first, out _).Receive(between, out _).Receive(second, out _).TryWait(out _));
        }
    }

    /// <summary>Closed as its last value goes: it is ready before, and after.</summary>
    [Fact]
    public void TryReceive_ClosedWhileItLooksForAValue_FindsTheEnd()
    {
        Chan<int> channel = null!;
        channel = new Chan<int>(new LookedAtFeed(() => channel.Close()));

        Assert.True(channel.TryReceive(out Received<int> received));
        Assert.False(received.Ok);
    }

    /// <summary>Changes that make nothing ready are looked at once more, and no more than that.</summary>
    [Fact]
    public void TryWait_ChangesThatMakeNothingReady_FindsNone()
    {
        for (int round = 0; round < Rounds; round++)
        {
            var first = new Chan<int>(1);
            var second = new Chan<int>(1);
            var between = new Chan<int>(new LookedAtFeed(() =>
            {
                second.TrySend(1);
                second.TryReceive(out _);
            }));

            Assert.False(new Select().Receive(first, out _).Receive(between, out _).Receive(second, out _).TryWait(out _));
            Assert.Equal((0, 0), (first.Count, second.Count));
        }
    }
}
