using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>Go's <c>test/chan/sendstmt.go</c>, as far as it is not about syntax: a channel that came out of a channel is sent to.</summary>
public class ChanOfChanTests
{
    [Fact(DisplayName = "go: test/chan/sendstmt.go")]
    public Task ChannelOfChannels_TheOneReceived_TakesASend() => Isolated.GoAsync(async () =>
    {
        var channels = new Chan<Chan<int>>(1);
        var channel = new Chan<int>(1);
        await channels.SendAsync(channel);

        Assert.True(new Select().Send((await channels.ReceiveAsync()).Value, 2, out SendCase<int> send).TryWait(out _));

        Assert.True(send.Selected);
        Assert.Equal(new Received<int>(2, true), await channel.ReceiveAsync());
    });
}
