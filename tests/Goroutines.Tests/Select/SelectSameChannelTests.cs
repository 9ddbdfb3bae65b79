using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Selects;

/// <summary>One channel in several cases of one select.</summary>
public abstract class SelectSameChannelTests(Place place)
{
    [Fact]
    public Task ReceiveTwice_OneValue_GoesToOneCase() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> first = select.Receive(channel);
        ReceiveCase<int> second = select.Receive(channel);
        for (int i = 0; i < 100; i++)
        {
            ValueTask<int> wait = select.WaitAsync();
            Assert.True(channel.TrySend(i));
            Assert.False(channel.TrySend(-1));
            int index = await wait;
            Assert.Equal(i, index == 0 ? first.Value : second.Value);
            Assert.Equal(index == 0, first.Selected);
            Assert.Equal(index == 1, second.Selected);
            Assert.False(channel.TrySend(-1));
        }
    });

    [Fact]
    public Task SendTwice_OneReceiver_GetsOneValue() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        var select = new Select();
        select.Send(channel, 10);
        select.Send(channel, 20);
        for (int i = 0; i < 100; i++)
        {
            ValueTask<int> wait = select.WaitAsync();
            Assert.True(channel.TryReceive(out Received<int> received));
            Assert.False(channel.TryReceive(out _));
            int index = await wait;
            Assert.Equal((index + 1) * 10, received.Value);
        }
    });

    [Fact]
    public Task SendAndReceive_NobodyElse_DoNotMeetEachOther() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        SendCase<int> send = select.Send(channel, 1);
        Assert.False(select.TryWait(out _));
        ValueTask<int> wait = select.WaitAsync();
        Assert.False(wait.IsCompleted);

        // A sender from outside meets the receive case, a receiver the send case.
        Assert.True(channel.TrySend(7));
        Assert.Equal(0, await wait);
        Assert.Equal(7, receive.Value);
        wait = select.WaitAsync();
        Assert.Equal(1, (await channel.ReceiveAsync()).Value);
        Assert.Equal(1, await wait);
        Assert.True(send.Selected);
        Assert.False(channel.TrySend(2));
        Assert.False(channel.TryReceive(out _));
    });

    [Fact]
    public Task SendAndReceive_Buffered_AlternateThroughTheBuffer() => place.Run(async () =>
    {
        var channel = new Chan<int>(1);
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        SendCase<int> send = select.Send(channel);
        for (int i = 0; i < 50; i++)
        {
            send.Value = i;
            Assert.Equal(1, await select.WaitAsync());
            Assert.Equal(1, channel.Count);
            Assert.Equal(0, await select.WaitAsync());
            Assert.Equal(i, receive.Value);
        }
    });

    [Fact]
    public Task SendAndReceive_TwoSuchSelects_MeetEachOther() => place.Run(async () =>
    {
        const int Rounds = 200;
        var channel = new Chan<int>();
        int sends = 0;
        int receives = 0;
        Task[] users = [.. Enumerable.Range(0, 2).Select(_ => place.Start(async () =>
        {
            var select = new Select();
            ReceiveCase<int> receive = select.Receive(channel);
            select.Send(channel, 3);
            for (int i = 0; i < Rounds; i++)
            {
                if (await select.WaitAsync() == 0)
                {
                    Assert.Equal(3, receive.Value);
                    Interlocked.Increment(ref receives);
                }
                else
                {
                    Interlocked.Increment(ref sends);
                }
            }
        }))];
        await Task.WhenAll(users);
        Assert.Equal(Rounds, sends);
        Assert.Equal(Rounds, receives);
    });

    [Fact]
    public Task SendAndReceive_ChannelCloses_EndsTheWaitOnce() => place.Run(async () =>
    {
        for (int i = 0; i < 50; i++)
        {
            var channel = new Chan<int>();
            var select = new Select();
            ReceiveCase<int> receive = select.Receive(channel);
            select.Send(channel, 1);
            ValueTask<int> wait = select.WaitAsync();
            channel.Close();
            try
            {
                Assert.Equal(0, await wait);
                Assert.False(receive.Ok);
            }
            catch (ChannelClosedException)
            {
            }
        }
    });

    [Fact]
    public Task ManyCasesOnFewChannels_InAnyOrder_AreEachServed() => place.Run(async () =>
    {
        // Channels are locked in one order and once each, whatever the order and number of the cases.
        Chan<int>[] channels = [new(), new(), new()];
        var select = new Select();
        int[] order = [2, 0, 1, 1, 0, 2, 2, 0];
        ReceiveCase<int>[] cases = [.. order.Select(at => select.Receive(channels[at]))];
        for (int i = 0; i < 60; i++)
        {
            ValueTask<int> wait = select.WaitAsync();
            Assert.True(channels[i % 3].TrySend(i));
            Assert.False(channels[(i + 1) % 3].TrySend(i));
            int index = await wait;
            Assert.Equal(i % 3, order[index]);
            Assert.Equal(i, cases[index].Value);
        }
    });
}

public sealed class SelectSameChannelInPoolTests() : SelectSameChannelTests(Place.Pool);

public sealed class SelectSameChannelInGoroutineTests() : SelectSameChannelTests(Place.Goroutine);
