using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>Several operations of one body pending at once, or begun in one place and awaited in another.</summary>
public abstract class SeveralOperationsTests(Place place)
{
    [Fact]
    public Task WhenAll_OfReceives_GetsAllTheValues() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        Task<Received<int>>[] receives = [.. Enumerable.Range(0, 20).Select(_ => channel.ReceiveAsync().AsTask())];
        Task sender = place.Start(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                await channel.SendAsync(i);
            }
        });
        Received<int>[] all = await Task.WhenAll(receives);
        Assert.Equal(Enumerable.Range(0, 20), all.Select(received => received.Value));
        await sender;
    });

    [Fact]
    public Task WhenAny_OfReceives_EndsWithTheFirst() => place.Run(async () =>
    {
        var first = new Chan<int>();
        var second = new Chan<int>();
        Task<Received<int>> one = first.ReceiveAsync().AsTask();
        Task<Received<int>> other = second.ReceiveAsync().AsTask();
        Task sender = place.Start(async () => await second.SendAsync(2));
        Assert.Same(other, await Task.WhenAny(one, other));
        Assert.Equal(2, (await other).Value);
        Assert.False(one.IsCompleted);
        await first.SendAsync(1);
        Assert.Equal(1, (await one).Value);
        await sender;
    });

    [Fact]
    public Task OperationsBegunTogether_AwaitedInAnyOrder_AllSucceed() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        for (int round = 0; round < 50; round++)
        {
            ValueTask<Received<int>> first = channel.ReceiveAsync();
            ValueTask<Received<int>> second = channel.ReceiveAsync();
            ValueTask<Received<int>> third = channel.ReceiveAsync();
            Task sender = place.Start(async () =>
            {
                for (int i = 1; i <= 3; i++)
                {
                    await channel.SendAsync(i);
                }
            });
            Assert.Equal(3, (await third).Value);
            Assert.Equal(1, (await first).Value);
            Assert.Equal(2, (await second).Value);
            await sender;
        }
    });

    [Fact]
    public Task SendAndReceive_OfOneBodyOnOneChannel_MeetEachOther() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        for (int i = 0; i < 50; i++)
        {
            ValueTask send = channel.SendAsync(i);
            Assert.Equal(i, (await channel.ReceiveAsync()).Value);
            await send;
        }
    });

    [Fact]
    public Task Receive_BegunHereAwaitedInAPlainTask_Works() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask<Received<int>> receive = channel.ReceiveAsync();
        Task<int> elsewhere = Task.Run(async () => (await receive).Value);
        await channel.SendAsync(8);
        Assert.Equal(8, await elsewhere);
    });

    [Fact]
    public Task Receive_BegunInAPlainTaskAwaitedHere_Works() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask<Received<int>> receive = default;
        await Task.Run(() => receive = channel.ReceiveAsync());
        Task sender = place.Start(async () => await channel.SendAsync(8));
        Assert.Equal(8, (await receive).Value);
        await sender;
    });

    [Fact]
    public Task Receive_BegunHereAwaitedInAnotherOfTheSameKind_Works() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask<Received<int>> receive = channel.ReceiveAsync();
        Task other = place.Start(async () => Assert.Equal(8, (await receive).Value));
        await channel.SendAsync(8);
        await other;
    });

    [Fact]
    public Task Send_NeverAwaited_IsDeliveredAllTheSame() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        for (int i = 0; i < 5; i++)
        {
            _ = channel.SendAsync(i);
        }

        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(i, (await channel.ReceiveAsync()).Value);
        }
    });

    [Fact]
    public Task AsTask_BlockedOn_GetsTheResult() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        Task<Received<int>> receive = channel.ReceiveAsync().AsTask();
        Task sender = Task.Run(async () => await channel.SendAsync(6));
        Assert.Equal(6, receive.Result.Value);
        await sender;
    });

    [Fact]
    public Task InnerMethods_RunningSideBySide_EachGetItsOwnValues() => place.Run(async () =>
    {
        const int Values = 200;
        Chan<int>[] channels = [new(), new(1), new(7)];
        Task<int>[] sums = [.. channels.Select(Sum)];
        Task[] senders = [.. channels.Select((channel, c) => place.Start(async () =>
        {
            for (int i = 0; i < Values; i++)
            {
                await channel.SendAsync(i + (c * 1000));
            }

            channel.Close();
        }))];
        int[] all = await Task.WhenAll(sums);
        for (int c = 0; c < channels.Length; c++)
        {
            Assert.Equal((Values * (Values - 1) / 2) + (Values * c * 1000), all[c]);
        }

        await Task.WhenAll(senders);

        static async Task<int> Sum(Chan<int> channel)
        {
            int sum = 0;
            await foreach (int value in channel)
            {
                sum += value;
            }

            return sum;
        }
    });
}

public sealed class SeveralOperationsInPoolTests() : SeveralOperationsTests(Place.Pool);

public sealed class SeveralOperationsInGoroutineTests() : SeveralOperationsTests(Place.Goroutine)
{
    [Fact]
    public Task Continuations_OfSeveralOperations_StayOnTheGoroutineOneAtATime() => Isolated.GoAsync(8, async () =>
    {
        long id = Go.CurrentId;
        int running = 0;
        var channel = new Chan<int>();
        Task[] receivers = [.. Enumerable.Range(0, 8).Select(_ => Receive())];
        Goroutine[] senders = [.. Enumerable.Range(0, 8).Select(_ => Go.Run(async () =>
        {
            for (int i = 0; i < 200; i++)
            {
                await channel.SendAsync(i);
            }
        }))];
        await Task.WhenAll(receivers);
        foreach (Goroutine sender in senders)
        {
            await sender;
        }

        async Task Receive()
        {
            for (int i = 0; i < 200; i++)
            {
                await channel.ReceiveAsync();
                Assert.Equal(1, Interlocked.Increment(ref running));
                Assert.Equal(id, Go.CurrentId);
                Interlocked.Decrement(ref running);
            }
        }
    });
}
