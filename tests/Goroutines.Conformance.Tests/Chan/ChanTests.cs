using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>The <c>TestChan</c> of Go's <c>runtime/chan_test.go</c>: what a channel does, with buffers of many sizes.</summary>
public class ChanTests
{
    private const int Capacities = 50;

    [Fact(DisplayName = "go: runtime/chan_test.go TestChan: receive from an empty channel")]
    public Task Empty_ReceivesWait() => OfEachCapacity(async channel =>
    {
        Goroutine<Received<int>>[] receivers = [Go.Run(() => channel.ReceiveAsync()), Go.Run(() => channel.ReceiveAsync())];
        foreach (Goroutine<Received<int>> receiver in receivers)
        {
            await Parked.UntilAsync(receiver.Id, "chan receive");
        }

        Assert.False(channel.TryReceive(out _));
        Assert.False(new Select().Receive(channel, out _).TryWait(out _));

        await channel.SendAsync(7);
        await channel.SendAsync(8);
        Assert.Equal([new(7, true), new(8, true)], new HashSet<Received<int>> { await receivers[0], await receivers[1] });
    });

    [Fact(DisplayName = "go: runtime/chan_test.go TestChan: send to a full channel")]
    public Task Full_SendsWait() => OfEachCapacity(async channel =>
    {
        await Fill(channel);
        Goroutine sender = Go.Run(async () => await channel.SendAsync(channel.Capacity));
        await Parked.UntilAsync(sender.Id, "chan send");
        Assert.False(channel.TrySend(-1));
        Assert.False(new Select().Send(channel, -1, out _).TryWait(out _));

        for (int i = 0; i <= channel.Capacity; i++)
        {
            Assert.Equal(new Received<int>(i, true), await channel.ReceiveAsync());
        }

        await sender;
    });

    [Fact(DisplayName = "go: runtime/chan_test.go TestChan: receive from a closed channel")]
    public Task Closed_GivesWhatItHoldsThenZero() => OfEachCapacity(async channel =>
    {
        await Fill(channel);
        channel.Close();
        for (int i = 0; i < channel.Capacity; i++)
        {
            Assert.Equal(new Received<int>(i, true), await channel.ReceiveAsync());
        }

        Assert.Equal(new Received<int>(0, false), await channel.ReceiveAsync());
        Assert.Equal(new Received<int>(0, false), await channel.ReceiveAsync());
    });

    [Fact(DisplayName = "go: runtime/chan_test.go TestChan: close")]
    public Task Close_WakesAReceiver() => OfEachCapacity(async channel =>
    {
        var receiver = Go.Run(() => channel.ReceiveAsync());
        await Parked.UntilAsync(receiver.Id, "chan receive");
        channel.Close();
        Assert.Equal(new Received<int>(0, false), await receiver);
    });

    [Fact(DisplayName = "go: runtime/chan_test.go TestChan: order")]
    public Task OneSender_ValuesComeInOrder() => OfEachCapacity(async channel =>
    {
        for (int round = 0; round < 2; round++)
        {
            Goroutine sender = Go.Run(async () =>
            {
                for (int i = 0; i < 100; i++)
                {
                    await channel.SendAsync(i);
                }
            });
            for (int i = 0; i < 100; i++)
            {
                Assert.Equal(new Received<int>(i, true), await channel.ReceiveAsync());
            }

            await sender;
        }
    });

    [Fact(DisplayName = "go: runtime/chan_test.go TestChan: several at both ends")]
    public Task SeveralSendersAndReceivers_EachValueArrivesAsOftenAsSent() => OfEachCapacity(async channel =>
    {
        const int Ends = 4;
        const int Values = 200;
        List<Goroutine> senders = [];
        List<Goroutine<int[]>> receivers = [];
        for (int end = 0; end < Ends; end++)
        {
            senders.Add(Go.Run(async () =>
            {
                for (int i = 0; i < Values; i++)
                {
                    await channel.SendAsync(i);
                }
            }));
            receivers.Add(Go.Run(async () =>
            {
                int[] times = new int[Values];
                for (int i = 0; i < Values; i++)
                {
                    times[(await channel.ReceiveAsync()).Value]++;
                }

                return times;
            }));
        }

        int[] all = new int[Values];
        foreach (Goroutine<int[]> receiver in receivers)
        {
            int[] times = await receiver;
            for (int i = 0; i < Values; i++)
            {
                all[i] += times[i];
            }
        }

        foreach (Goroutine sender in senders)
        {
            await sender;
        }

        Assert.All(all, static times => Assert.Equal(Ends, times));
    });

    [Fact(DisplayName = "go: runtime/chan_test.go TestChan: len and cap")]
    public Task CountAndCapacity_AreWhatItHoldsAndCanHold() => OfEachCapacity(async channel =>
    {
        int capacity = channel.Capacity;
        for (int i = 0; i < capacity; i++)
        {
            Assert.Equal(i, channel.Count);
            await channel.SendAsync(i);
        }

        Assert.Equal((capacity, capacity), (channel.Count, channel.Capacity));
        Assert.Equal((capacity, capacity), (channel.Sender.Count, channel.Sender.Capacity));
        Assert.Equal((capacity, capacity), (channel.Receiver.Count, channel.Receiver.Capacity));
    });

    private static Task OfEachCapacity(Func<Chan<int>, Task> body) => Isolated.GoAsync(4, async () =>
    {
        for (int capacity = 0; capacity < Capacities; capacity++)
        {
            await body(new Chan<int>(capacity));
        }
    });

    private static async Task Fill(Chan<int> channel)
    {
        for (int i = 0; i < channel.Capacity; i++)
        {
            await channel.SendAsync(i);
        }
    }
}
