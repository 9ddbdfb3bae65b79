using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>Closing a channel, and what every operation does then.</summary>
public abstract class CloseTests(Place place)
{
    private const string SendOnClosed = "send on closed channel";

    [Fact]
    public Task Close_Twice_Throws() => place.Run(() =>
    {
        var channel = new Chan<int>();
        channel.Close();
        Assert.Equal("close of closed channel", Assert.Throws<ChannelClosedException>(channel.Close).Message);
        Assert.Equal("close of closed channel", Assert.Throws<ChannelClosedException>(channel.Sender.Close).Message);
        return Task.CompletedTask;
    });

    [Fact]
    public Task TryClose_SaysWhetherItClosed() => place.Run(() =>
    {
        var channel = new Chan<int>(1);
        Assert.True(channel.TryClose());
        Assert.False(channel.TryClose());
        Assert.False(channel.Sender.TryClose());
        Assert.Throws<ChannelClosedException>(channel.Close);

        var other = new Chan<int>();
        other.Close();
        Assert.False(other.TryClose());
        return Task.CompletedTask;
    });

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public Task Send_OnClosed_Throws(int capacity) => place.Run(async () =>
    {
        var channel = new Chan<int>(capacity);
        channel.Close();
        Assert.Equal(SendOnClosed, (await Assert.ThrowsAsync<ChannelClosedException>(async () => await channel.SendAsync(1))).Message);
        Assert.Equal(SendOnClosed, (await Assert.ThrowsAsync<ChannelClosedException>(async () => await channel.Sender.SendAsync(1))).Message);
        Assert.Equal(SendOnClosed, Assert.Throws<ChannelClosedException>(() => channel.Send(1)).Message);
        Assert.Equal(SendOnClosed, Assert.Throws<ChannelClosedException>(() => channel.Sender.Send(1)).Message);
        Assert.Equal(SendOnClosed, Assert.Throws<ChannelClosedException>(() => channel.TrySend(1)).Message);
        Assert.Equal(SendOnClosed, Assert.Throws<ChannelClosedException>(() => channel.Sender.TrySend(1)).Message);
        Assert.Equal(0, channel.Count);
    });

    [Fact]
    public Task TrySend_OnClosedWithFullBuffer_Throws() => place.Run(() =>
    {
        var channel = new Chan<int>(1);
        Assert.True(channel.TrySend(1));
        channel.Close();
        Assert.Throws<ChannelClosedException>(() => channel.TrySend(2));
        return Task.CompletedTask;
    });

    [Fact]
    public Task Receive_OnClosedAndEmpty_GivesDefaultAndNotOk() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        channel.Close();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(new Received<int>(0, false), await channel.ReceiveAsync());
            Assert.Equal(new Received<int>(0, false), channel.Receive());
            Assert.True(channel.TryReceive(out Received<int> received));
            Assert.Equal(new Received<int>(0, false), received);
        }
    });

    [Fact]
    public Task Receive_ClosedWithBufferedValues_DrainsThemFirst() => place.Run(async () =>
    {
        var channel = new Chan<string>(4);
        foreach (string value in (string[])["a", "b", "c", "d"])
        {
            await channel.SendAsync(value);
        }

        channel.Close();
        Assert.Equal(4, channel.Count);
        Assert.Equal(new Received<string>("a", true), await channel.ReceiveAsync());
        Assert.True(channel.TryReceive(out Received<string> second));
        Assert.Equal(new Received<string>("b", true), second);
        Assert.Equal(new Received<string>("c", true), channel.Receive());
        Assert.Equal(new Received<string>("d", true), await channel.Receiver.ReceiveAsync());
        Assert.Equal(new Received<string>(null!, false), await channel.ReceiveAsync());
        Assert.True(channel.TryReceive(out Received<string> end));
        Assert.Equal(new Received<string>(null!, false), end);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public Task Close_SendersWait_TheyThrowAndTheirValuesAreNotSent(int capacity) => place.Run(async () =>
    {
        var channel = new Chan<int>(capacity);
        for (int i = 0; i < capacity; i++)
        {
            await channel.SendAsync(i);
        }

        ValueTask[] waiting = [.. Enumerable.Range(100, 5).Select(i => channel.SendAsync(i))];
        channel.Close();
        foreach (ValueTask send in waiting)
        {
            Assert.True(send.IsFaulted);
            Assert.Equal(SendOnClosed, (await Assert.ThrowsAsync<ChannelClosedException>(async () => await send)).Message);
        }

        for (int i = 0; i < capacity; i++)
        {
            Assert.Equal(new Received<int>(i, true), await channel.ReceiveAsync());
        }

        Assert.False((await channel.ReceiveAsync()).Ok);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public Task Close_ReceiversWait_AllGetDefaultAndNotOk(int capacity) => place.Run(async () =>
    {
        var channel = new Chan<int>(capacity);
        ValueTask<Received<int>>[] waiting = [.. Enumerable.Range(0, 5).Select(_ => channel.ReceiveAsync())];
        channel.Close();
        foreach (ValueTask<Received<int>> receive in waiting)
        {
            Assert.True(receive.IsCompletedSuccessfully);
            Assert.Equal(new Received<int>(0, false), await receive);
        }
    });

    [Fact]
    public Task Close_WhileOthersAreParked_WakesThemAll() => place.Run(async () =>
    {
        var full = new Chan<int>();
        var empty = new Chan<int>();
        var parked = new Chan<int>(20);
        var ends = new List<Task>();
        for (int i = 0; i < 10; i++)
        {
            ends.Add(place.Start(async () =>
            {
                ValueTask send = full.SendAsync(1);
                await parked.SendAsync(0);
                await Assert.ThrowsAsync<ChannelClosedException>(async () => await send);
            }));
            ends.Add(place.Start(async () =>
            {
                ValueTask<Received<int>> receive = empty.ReceiveAsync();
                await parked.SendAsync(0);
                Assert.False((await receive).Ok);
            }));
        }

        for (int i = 0; i < 20; i++)
        {
            await parked.ReceiveAsync();
        }

        full.Close();
        empty.Close();
        await Task.WhenAll(ends);
    });

    [Fact]
    public Task Close_WithOneWaitingSenderCancelledBefore_ThrowsEachItsOwn() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        using var cancellation = new CancellationTokenSource();
        ValueTask cancelled = channel.SendAsync(1, cancellation.Token);
        ValueTask closed = channel.SendAsync(2);
        await cancellation.CancelAsync();
        channel.Close();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await closed);
    });
}

public sealed class CloseInPoolTests() : CloseTests(Place.Pool);

public sealed class CloseInGoroutineTests() : CloseTests(Place.Goroutine);
