using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>Channels with a buffer.</summary>
public abstract class BufferedTests(Place place)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100)]
    public Task SendAsync_RoomInTheBuffer_CompletesAtOnceAndThenWaits(int capacity) => place.Run(async () =>
    {
        var channel = new Chan<int>(capacity);
        for (int i = 0; i < capacity; i++)
        {
            ValueTask send = channel.SendAsync(i);
            Assert.True(send.IsCompletedSuccessfully);
            await send;
        }

        ValueTask late = channel.SendAsync(capacity);
        Assert.False(late.IsCompleted);
        Assert.False(channel.TrySend(-1));
        for (int i = 0; i <= capacity; i++)
        {
            Assert.Equal(new Received<int>(i, true), await channel.ReceiveAsync());
        }

        await late;
        Assert.False(channel.TryReceive(out _));
    });

    [Fact]
    public Task TrySend_FillsTheBufferAndThenIsFalse() => place.Run(() =>
    {
        var channel = new Chan<int>(2);
        Assert.True(channel.TrySend(1));
        Assert.True(channel.TrySend(2));
        Assert.False(channel.TrySend(3));
        Assert.True(channel.TryReceive(out Received<int> first));
        Assert.True(channel.TrySend(4));
        Assert.True(channel.TryReceive(out Received<int> second));
        Assert.True(channel.TryReceive(out Received<int> third));
        Assert.False(channel.TryReceive(out _));
        Assert.Equal([1, 2, 4], [first.Value, second.Value, third.Value]);
        return Task.CompletedTask;
    });

    [Fact]
    public Task ReceiveAsync_FullWithWaitingSender_TakesTheHeadAndMovesTheSenderIn() => place.Run(async () =>
    {
        var channel = new Chan<int>(2);
        await channel.SendAsync(1);
        await channel.SendAsync(2);
        ValueTask third = channel.SendAsync(3);
        ValueTask fourth = channel.SendAsync(4);

        Assert.Equal(1, (await channel.ReceiveAsync()).Value);
        Assert.True(third.IsCompletedSuccessfully);
        Assert.False(fourth.IsCompleted);
        Assert.Equal(2, channel.Count);
        Assert.False(channel.TrySend(5));

        Assert.True(channel.TryReceive(out Received<int> second));
        Assert.Equal(2, second.Value);
        Assert.True(fourth.IsCompletedSuccessfully);
        await third;
        await fourth;
        Assert.Equal(3, (await channel.ReceiveAsync()).Value);
        Assert.Equal(4, (await channel.ReceiveAsync()).Value);
    });

    [Fact]
    public Task ReceiveAsync_ManyWaitingSenders_KeepsTheOrderAcrossBufferAndQueue() => place.Run(async () =>
    {
        const int Values = 50;
        var channel = new Chan<int>(3);
        ValueTask[] sends = [.. Enumerable.Range(0, Values).Select(i => channel.SendAsync(i))];
        for (int i = 0; i < Values; i++)
        {
            Assert.Equal(i, (await channel.ReceiveAsync()).Value);
        }

        foreach (ValueTask send in sends)
        {
            Assert.True(send.IsCompletedSuccessfully);
            await send;
        }
    });

    [Fact]
    public Task SendAsync_ReceiverWaits_HandsTheValueOverPastTheBuffer() => place.Run(async () =>
    {
        var channel = new Chan<int>(4);
        ValueTask<Received<int>> first = channel.ReceiveAsync();
        ValueTask<Received<int>> second = channel.ReceiveAsync();
        await channel.SendAsync(1);
        Assert.Equal(0, channel.Count);
        Assert.True(channel.TrySend(2));
        Assert.Equal(0, channel.Count);
        Assert.Equal(1, (await first).Value);
        Assert.Equal(2, (await second).Value);
    });

    [Fact]
    public Task Buffer_RunsAroundItsEnd_KeepsTheOrder() => place.Run(async () =>
    {
        // Every fill level at every position of the ring, which grows on the way.
        var channel = new Chan<int>(21);
        int sent = 0;
        int received = 0;
        for (int level = 1; level <= 21; level++)
        {
            for (int round = 0; round < 25; round++)
            {
                while (sent - received < level)
                {
                    await channel.SendAsync(sent++);
                }

                Assert.Equal(level, channel.Count);
                Assert.Equal(received++, (await channel.ReceiveAsync()).Value);
            }
        }
    });

    [Fact]
    public Task ProducerAndConsumer_Buffered_KeepTheOrder() => place.Run(async () =>
    {
        const int Values = 5000;
        var channel = new Chan<int>(10);
        Task producer = place.Start(async () =>
        {
            for (int i = 0; i < Values; i++)
            {
                await channel.SendAsync(i);
            }

            channel.Close();
        });
        for (int i = 0; i < Values; i++)
        {
            Assert.Equal(new Received<int>(i, true), await channel.ReceiveAsync());
        }

        Assert.False((await channel.ReceiveAsync()).Ok);
        await producer;
    });
}

public sealed class BufferedInPoolTests() : BufferedTests(Place.Pool);

public sealed class BufferedInGoroutineTests() : BufferedTests(Place.Goroutine);
