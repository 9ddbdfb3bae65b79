using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>
/// Go's <c>test/closedchan.go</c>: operations on closed channels, in every form. Go's program leaves out closing under those who
/// wait; that is here, too.
/// </summary>
public class ClosedChanTests
{
    public enum First
    {
        Receive,
        TryReceive,
    }

    public static TheoryData<ChanForm> Forms => [ChanForm.Direct, ChanForm.Synchronous, ChanForm.Select, ChanForm.LargerSelect, ChanForm.SynchronousSelect];

    [Theory(DisplayName = "go: test/closedchan.go: unbuffered")]
    [MemberData(nameof(Forms))]
    public Task Unbuffered_Closed_GivesNothingAndTakesNothing(ChanForm form) => Isolated.GoAsync(async () =>
    {
        var channel = new Chan<int>();
        channel.Close();
        await AssertDrained(form, channel);
    });

    [Theory(DisplayName = "go: test/closedchan.go: buffered")]
    [MemberData(nameof(Forms))]
    public Task Buffered_Closed_GivesWhatItHoldsThenNothing(ChanForm form) => Isolated.GoAsync(async () =>
    {
        foreach (First first in Enum.GetValues<First>())
        {
            var channel = new Chan<int>(2);
            await channel.SendAsync(1);
            channel.Close();

            Received<int> last;
            if (first == First.Receive)
            {
                last = await form.ReceiveAsync(channel);
            }
            else
            {
                Assert.True(form.TryReceive(channel, out last));
            }

            Assert.Equal(new Received<int>(1, true), last);
            await AssertDrained(form, channel);
        }
    });

    [Theory(DisplayName = "go: test/closedchan.go: under waiting operations")]
    [MemberData(nameof(Forms))]
    public Task Close_UnderWaitingOperations_EndsThem(ChanForm form) => Isolated.GoAsync(async () =>
    {
        var empty = new Chan<int>();
        var receiver = Go.Run(() => form.ReceiveAsync(empty));
        await UntilWaiting(receiver.Id);
        empty.Close();
        Assert.Equal(new Received<int>(0, false), await receiver);

        var full = new Chan<int>(1);
        await full.SendAsync(1);
        Goroutine sender = Go.Run(() => form.SendAsync(full, 2));
        await UntilWaiting(sender.Id);
        full.Close();
        var thrown = await Assert.ThrowsAsync<ChannelClosedException>(async () => await sender);
        Assert.Equal("send on closed channel", thrown.Message);
        Assert.Equal(new Received<int>(1, true), await full.ReceiveAsync());
        await AssertDrained(form, full);
    });

    [Fact(DisplayName = "go: test/closedchan.go: close")]
    public void Close_OfANilOrClosedChannel_Throws()
    {
        Assert.Equal("close of nil channel", Assert.Throws<InvalidOperationException>(static () => default(Sender<int>).Close()).Message);

        var channel = new Chan<int>();
        channel.Close();
        Assert.Equal("close of closed channel", Assert.Throws<ChannelClosedException>(channel.Close).Message);
        Assert.Equal("close of closed channel", Assert.Throws<ChannelClosedException>(() => channel.Sender.Close()).Message);
    }

    private static async Task AssertDrained(ChanForm form, Chan<int> channel)
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(new Received<int>(0, false), await form.ReceiveAsync(channel));
            Assert.True(form.TryReceive(channel, out Received<int> received), "A closed channel is always ready.");
            Assert.Equal(new Received<int>(0, false), received);
        }

        // What can't be sent is gone, and not received by the next receiver.
        Assert.Equal("send on closed channel", Assert.Throws<ChannelClosedException>(() => form.TrySend(channel, 1)).Message);
        Assert.Equal(new Received<int>(0, false), await form.ReceiveAsync(channel));
        var thrown = await Assert.ThrowsAsync<ChannelClosedException>(async () => await form.SendAsync(channel, 2));
        Assert.Equal("send on closed channel", thrown.Message);
        Assert.Equal(new Received<int>(0, false), await form.ReceiveAsync(channel));
    }

    private static Task UntilWaiting(long id)
    {
        GoRuntime runtime = GoRuntime.Current;
        return Poll.UntilAsync(
            () => runtime.Snapshot().Any(info => info.Id == id && info.Status is GoroutineStatus.Waiting or GoroutineStatus.Blocking),
            $"goroutine {id} to wait for the channel");
    }
}
