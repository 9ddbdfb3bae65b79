using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>Capacity 0: a value passes only when both sides are there.</summary>
public abstract class RendezvousTests(Place place)
{
    [Fact]
    public Task SendAsync_NoReceiver_CompletesOnlyWhenReceived() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask send = channel.SendAsync(7);
        Assert.False(send.IsCompleted);

        Received<int> received = await channel.ReceiveAsync();
        Assert.Equal(new Received<int>(7, true), received);
        Assert.True(send.IsCompletedSuccessfully);
        await send;
    });

    [Fact]
    public Task ReceiveAsync_NoSender_CompletesOnlyWhenSent() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask<Received<int>> receive = channel.ReceiveAsync();
        Assert.False(receive.IsCompleted);

        ValueTask send = channel.SendAsync(7);
        Assert.True(send.IsCompletedSuccessfully);
        await send;
        Assert.True(receive.IsCompletedSuccessfully);
        Assert.Equal(new Received<int>(7, true), await receive);
    });

    [Fact]
    public Task SendAsync_NobodyReceives_TheNextSendWaitsToo() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask first = channel.SendAsync(1);
        ValueTask second = channel.SendAsync(2);
        Assert.False(first.IsCompleted);
        Assert.False(second.IsCompleted);

        Assert.Equal(1, (await channel.ReceiveAsync()).Value);
        Assert.True(first.IsCompletedSuccessfully);
        Assert.False(second.IsCompleted);
        Assert.Equal(2, (await channel.ReceiveAsync()).Value);
        await first;
        await second;
    });

    [Fact]
    public Task TrySend_NoReceiverWaits_IsFalseAndSendsNothing() => place.Run(() =>
    {
        var channel = new Chan<int>();
        Assert.False(channel.TrySend(1));
        Assert.False(channel.TryReceive(out Received<int> received));
        Assert.Equal(default, received);
        return Task.CompletedTask;
    });

    [Fact]
    public Task TrySend_ReceiverWaits_HandsTheValueOver() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask<Received<int>> receive = channel.ReceiveAsync();
        Assert.True(channel.TrySend(5));
        Assert.False(channel.TrySend(6));
        Assert.Equal(new Received<int>(5, true), await receive);
    });

    [Fact]
    public Task TryReceive_NoSenderWaits_IsFalse() => place.Run(() =>
    {
        var channel = new Chan<string>();
        Assert.False(channel.TryReceive(out Received<string> received));
        Assert.False(received.Ok);
        Assert.Null(received.Value);
        return Task.CompletedTask;
    });

    [Fact]
    public Task TryReceive_SenderWaits_TakesTheValue() => place.Run(async () =>
    {
        var channel = new Chan<string>();
        ValueTask send = channel.SendAsync("a");
        Assert.True(channel.TryReceive(out Received<string> received));
        Assert.Equal(new Received<string>("a", true), received);
        await send;
        Assert.False(channel.TryReceive(out _));
    });

    [Fact]
    public Task Senders_Waiting_AreServedInTheOrderTheyCame() => place.Run(async () =>
    {
        const int Senders = 20;
        var channel = new Chan<int>();
        ValueTask[] sends = [.. Enumerable.Range(0, Senders).Select(i => channel.SendAsync(i))];
        for (int i = 0; i < Senders; i++)
        {
            Assert.Equal(i, (await channel.ReceiveAsync()).Value);
            Assert.True(sends[i].IsCompletedSuccessfully);
            Assert.True(i + 1 == Senders || !sends[i + 1].IsCompleted);
        }

        foreach (ValueTask send in sends)
        {
            await send;
        }
    });

    [Fact]
    public Task Receivers_Waiting_AreServedInTheOrderTheyCame() => place.Run(async () =>
    {
        const int Receivers = 20;
        var channel = new Chan<int>();
        ValueTask<Received<int>>[] receives = [.. Enumerable.Range(0, Receivers).Select(_ => channel.ReceiveAsync())];
        for (int i = 0; i < Receivers; i++)
        {
            await channel.SendAsync(i);
            Assert.True(receives[i].IsCompletedSuccessfully);
            Assert.True(i + 1 == Receivers || !receives[i + 1].IsCompleted);
        }

        for (int i = 0; i < Receivers; i++)
        {
            Assert.Equal(i, (await receives[i]).Value);
        }
    });

    [Fact]
    public Task PingPong_TwoChannels_KeepsStep() => place.Run(async () =>
    {
        const int Rounds = 1000;
        var ping = new Chan<int>();
        var pong = new Chan<int>();
        Task other = place.Start(async () =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                var (value, ok) = await ping.ReceiveAsync();
                Assert.True(ok);
                await pong.SendAsync(value + 1);
            }
        });
        for (int i = 0; i < Rounds; i++)
        {
            await ping.SendAsync(i);
            Assert.Equal(i + 1, (await pong.ReceiveAsync()).Value);
        }

        await other;
    });
}

public sealed class RendezvousInPoolTests() : RendezvousTests(Place.Pool);

public sealed class RendezvousInGoroutineTests() : RendezvousTests(Place.Goroutine);
