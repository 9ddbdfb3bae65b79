using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Selects;

/// <summary>Closed channels in a select.</summary>
public abstract class SelectClosedTests(Place place)
{
    [Fact]
    public Task WaitAsync_ReceiveOnClosed_IsReadyAndNotOk() => place.Run(async () =>
    {
        var channel = new Chan<int>(1);
        await channel.SendAsync(5);
        channel.Close();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        Assert.Equal(0, await select.WaitAsync());
        Assert.True(receive.Ok);
        Assert.Equal(5, receive.Value);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(0, await select.WaitAsync());
            Assert.True(receive.Selected);
            Assert.False(receive.Ok);
            Assert.Equal(0, receive.Value);
        }

        Assert.True(select.TryWait(out int index));
        Assert.Equal(0, index);
        Assert.False(receive.Ok);
    });

    [Fact]
    public Task WaitAsync_ReceiveWhenItCloses_WakesNotOk() => place.Run(async () =>
    {
        var other = new Chan<int>();
        var channel = new Chan<string>();
        var select = new Select();
        select.Receive(other);
        ReceiveCase<string> receive = select.Receive(channel);
        ValueTask<int> wait = select.WaitAsync();
        Assert.False(wait.IsCompleted);
        channel.Close();
        Assert.Equal(1, await wait);
        Assert.True(receive.Selected);
        Assert.False(receive.Ok);
        Assert.Null(receive.Value);
        Assert.False(other.TrySend(1));
    });

    [Fact]
    public Task WaitAsync_SendOnClosed_Throws() => place.Run(async () =>
    {
        var channel = new Chan<int>(1);
        channel.Close();
        var select = new Select();
        SendCase<int> send = select.Send(channel, 1);
        for (int i = 0; i < 2; i++)
        {
            var thrown = await Assert.ThrowsAsync<ChannelClosedException>(async () => await select.WaitAsync());
            Assert.Equal("send on closed channel", thrown.Message);
            Assert.Equal("send on closed channel", Assert.Throws<ChannelClosedException>(() => select.TryWait(out _)).Message);
            Assert.Equal("send on closed channel", Assert.Throws<ChannelClosedException>(() => select.Wait()).Message);
        }

        // The select goes on being of use.
        var open = new Chan<int>(1);
        send.Channel = open;
        Assert.Equal(0, await select.WaitAsync());
        Assert.Equal(1, (await open.ReceiveAsync()).Value);
    });

    [Fact]
    public Task WaitAsync_SendWhenItCloses_Throws() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        var other = new Chan<int>();
        var select = new Select();
        SendCase<int> send = select.Send(channel, 1);
        select.Receive(other);
        ValueTask<int> wait = select.WaitAsync();
        Assert.False(wait.IsCompleted);
        channel.Close();
        Assert.True(wait.IsCompleted);
        Assert.Equal("send on closed channel", (await Assert.ThrowsAsync<ChannelClosedException>(async () => await wait)).Message);
        Assert.False(other.TrySend(1));

        send.Enabled = false;
        wait = select.WaitAsync();
        Assert.True(other.TrySend(1));
        Assert.Equal(1, await wait);
    });

    [Fact]
    public Task WaitAsync_SendOnClosedBesideReadyOnes_ThrowsOnlyWhenChosen() => place.Run(async () =>
    {
        const int Rounds = 500;
        var closed = new Chan<int>();
        closed.Close();
        var ready = new Chan<int>(1);
        await ready.SendAsync(0);
        var select = new Select();
        select.Send(closed, 1);
        select.Receive(ready);
        int received = 0;
        int failed = 0;
        for (int i = 0; i < Rounds; i++)
        {
            try
            {
                Assert.Equal(1, await select.WaitAsync());
                received++;
                await ready.SendAsync(0);
            }
            catch (ChannelClosedException)
            {
                failed++;
                Assert.Equal(1, ready.Count);
            }
        }

        Assert.InRange(received, Rounds / 4, Rounds * 3 / 4);
        Assert.Equal(Rounds, received + failed);
    });

    [Fact]
    public Task Close_SelectLostThere_LeavesItsResultAlone() => place.Run(async () =>
    {
        var wins = new Chan<int>();
        var receives = new Chan<int>();
        var sends = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> winner = select.Receive(wins);
        ReceiveCase<int> loser = select.Receive(receives);
        select.Send(sends, 1);
        ValueTask<int> wait = select.WaitAsync();
        Assert.True(wins.TrySend(3));
        receives.Close();
        sends.Close();
        Assert.Equal(0, await wait);
        Assert.Equal(3, winner.Value);
        Assert.False(loser.Selected);
    });

    [Fact]
    public Task Close_ManySelectsWait_WakesThemAll() => place.Run(async () =>
    {
        const int Waiters = 20;
        var quit = new Chan<int>();
        var never = new Chan<int>();
        var started = new Chan<int>(Waiters);
        Task[] waiters = [.. Enumerable.Range(0, Waiters).Select(_ => place.Start(async () =>
        {
            var select = new Select();
            select.Receive(never);
            ReceiveCase<int> quitting = select.Receive(quit);
            ValueTask<int> wait = select.WaitAsync();
            await started.SendAsync(0);
            Assert.Equal(1, await wait);
            Assert.False(quitting.Ok);
        }))];
        for (int i = 0; i < Waiters; i++)
        {
            await started.ReceiveAsync();
        }

        quit.Close();
        await Task.WhenAll(waiters);
        Assert.False(never.TrySend(1));
    });
}

public sealed class SelectClosedInPoolTests() : SelectClosedTests(Place.Pool);

public sealed class SelectClosedInGoroutineTests() : SelectClosedTests(Place.Goroutine);
