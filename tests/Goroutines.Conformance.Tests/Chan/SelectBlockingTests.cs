using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>
/// Go's <c>test/chan/select3.go</c>: what waits, what does not, and what throws. Go sleeps to see whether something waits;
/// here the goroutine must be seen parked for the right reason. Everything is done with and without <c>await</c>.
/// </summary>
public class SelectBlockingTests
{
    [Fact(DisplayName = "go: test/chan/select3.go: nil channel")]
    public Task NilChannel_OperationsWait() => Isolated.GoAsync(async () =>
    {
        await Waits("chan send (nil chan)", static () => Nil.Sender.SendAsync(7), static () => Nil.Sender.Send(7));
        await Waits("chan receive (nil chan)", static async () => await Nil.Receiver.ReceiveAsync(), static () => Nil.Receiver.Receive());
    });

    [Fact(DisplayName = "go: test/chan/select3.go: nil channel in a select")]
    public Task NilChannel_InASelect_IsNeverChosen() => Isolated.GoAsync(async () =>
    {
        Assert.False(new Select().Send(Nil.Sender, 7, out _).TryWait(out _));
        Assert.False(new Select().Receive(Nil.Receiver, out _).TryWait(out _));
        await Waits("select (no cases)", static () => new Select().Receive(Nil.Receiver, out _));
        await Waits("select (no cases)", static () => new Select().Send(Nil.Sender, 7, out _));
        await Waits("select (no cases)", static () => new Select().Receive(Nil.Receiver, out _).Send(Nil.Sender, 7, out _));
    });

    [Fact(DisplayName = "go: test/chan/select3.go: open channel")]
    public Task OpenChannel_WaitsWithoutRoomOrValue() => Isolated.GoAsync(async () =>
    {
        await GoesOn(static () => new Chan<int>(1).SendAsync(7), static () => new Chan<int>(1).Send(7));
        await Waits("chan receive", static async () => await new Chan<int>().ReceiveAsync(), static () => new Chan<int>().Receive());
        await Waits("chan send", static () => new Chan<int>().SendAsync(7), static () => new Chan<int>().Send(7));
    });

    [Fact(DisplayName = "go: test/chan/select3.go: closed channel")]
    public Task ClosedChannel_ReceivesNothingAndSendsThrow() => Isolated.GoAsync(async () =>
    {
        Chan<int> closed = Closed();
        for (int i = 0; i < 10; i++)
        {
            await GoesOn(
                async () => Assert.Equal(new Received<int>(0, false), await closed.ReceiveAsync()),
                () => Assert.Equal(new Received<int>(0, false), closed.Receive()));
        }

        await Throws(() => closed.SendAsync(7), () => closed.Send(7));
    });

    [Fact(DisplayName = "go: test/chan/select3.go: closed channel in a select")]
    public Task ClosedChannel_InASelect_IsAsInAnOperation() => Isolated.GoAsync(async () =>
    {
        Chan<int> closed = Closed();
        ReceiveCase<int> received = null!;
        await GoesOn(
            async () => Assert.Equal(0, await new Select().Receive(closed, out received).WaitAsync()),
            () => Assert.Equal(0, new Select().Receive(closed, out received).Wait()));
        Assert.True(received.Selected);
        Assert.Equal((0, false), (received.Value, received.Ok));
        await Throws(
            async () => await new Select().Send(closed, 7, out _).WaitAsync(),
            () => new Select().Send(closed, 7, out _).Wait());
        Assert.Throws<ChannelClosedException>(() => new Select().Send(closed, 7, out _).TryWait(out _));
    });

    [Fact(DisplayName = "go: test/chan/select3.go: nothing ready")]
    public Task NothingReady_SelectWaits() => Isolated.GoAsync(async () =>
    {
        await Waits("select (no cases)", static () => new Select());
        await Waits("select", static () => new Select().Receive(new Chan<int>(), out _));
        await Waits("select", static () => new Select().Send(new Chan<int>(), 7, out _));
    });

    [Fact(DisplayName = "go: test/chan/select3.go: default")]
    public Task Default_SelectNeverWaits() => Isolated.GoAsync(async () =>
    {
        Assert.False(new Select().TryWait(out _));
        Assert.False(new Select().Receive(new Chan<int>(), out _).TryWait(out _));
        Assert.True(new Select().Send(new Chan<int>(1), 7, out _).TryWait(out _));

        var full = new Chan<int>(1);
        await full.SendAsync(7);
        Assert.False(new Select().Send(full, 8, out _).TryWait(out _));
        Assert.True(new Select().Receive(full, out _).TryWait(out _));
        Assert.False(new Select().Receive(full, out _).TryWait(out _));
    });

    [Fact(DisplayName = "go: test/chan/select3.go: own partner")]
    public Task BothEndsOfAChannel_SelectDoesNotMeetItself() => Isolated.GoAsync(() => Waits("select", static () =>
    {
        var channel = new Chan<int>();
        return new Select().Send(channel, 1, out _).Receive(channel, out _);
    }));

    private static Chan<int> Closed()
    {
        var channel = new Chan<int>();
        channel.Close();
        return channel;
    }

    /// <summary>Both forms are parked, for the reason, and stay so.</summary>
    private static async Task Waits(string reason, Func<ValueTask> operation, Action synchronous)
    {
        Goroutine[] waiting = [Go.Run(operation), Go.Run(synchronous)];
        foreach (Goroutine one in waiting)
        {
            await Parked.UntilAsync(one.Id, reason);
        }

        await Go.Yield();
        Assert.All(waiting, one => Assert.Contains(Go.Snapshot(), info => info.Id == one.Id && info.WaitReason == reason));
    }

    private static Task Waits(string reason, Func<Select> select) => Waits(reason, async () => await select().WaitAsync(), () => select().Wait());

    private static async Task GoesOn(Func<ValueTask> operation, Action synchronous)
    {
        await Go.Run(operation);
        await Go.Run(synchronous);
    }

    private static async Task Throws(Func<ValueTask> operation, Action synchronous)
    {
        var thrown = await Assert.ThrowsAsync<ChannelClosedException>(async () => await Go.Run(operation));
        Assert.Equal("send on closed channel", thrown.Message);
        thrown = await Assert.ThrowsAsync<ChannelClosedException>(async () => await Go.Run(synchronous));
        Assert.Equal("send on closed channel", thrown.Message);
    }

    private static class Nil
    {
        public static Sender<int> Sender => default;

        public static Receiver<int> Receiver => default;
    }
}
