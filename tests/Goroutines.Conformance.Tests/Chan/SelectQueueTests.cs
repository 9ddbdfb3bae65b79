using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>Go's <c>test/chan/select6.go</c>: a select that was last in a channel's queue leaves it in order when it goes.</summary>
public class SelectQueueTests
{
    [Fact(DisplayName = "go: test/chan/select6.go")]
    public Task LoserIsLastInTheQueue_WaitersBeforeAndAfterAreServed() => Isolated.GoAsync(async () =>
    {
        var shared = new Chan<int>();
        var other = new Chan<int>();
        var chosen = new Chan<int>();
        Goroutine before = Go.Run(async () => Assert.Equal(1, (await shared.ReceiveAsync()).Value));
        await Parked.UntilAsync(before.Id, "chan receive");
        Goroutine selecting = Go.Run(async () =>
        {
            int index = await new Select().Receive(shared, out _).Receive(other, out _).WaitAsync();
            await chosen.SendAsync(index);
            Assert.Equal(2, (await shared.ReceiveAsync()).Value);
        });
        await Parked.UntilAsync(selecting.Id, "select");

        await other.SendAsync(0);
        Assert.Equal(1, (await chosen.ReceiveAsync()).Value);
        await Parked.UntilAsync(selecting.Id, "chan receive");
        await shared.SendAsync(1);
        await shared.SendAsync(2);
        await before;
        await selecting;
    });
}
