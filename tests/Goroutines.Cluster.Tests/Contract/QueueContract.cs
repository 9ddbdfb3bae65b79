using System.Threading.Channels;
using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>Sending, receiving, settling.</summary>
public abstract class QueueContract : ClusterContract
{
    [Fact]
    public void Receive_WhatOneSenderSent_ComesInOrderAndIsGoneOnceAcknowledged() => Run(static async cluster =>
    {
        ClusterChan<Order> sender = await (await cluster.ConnectAsync("a")).OpenAsync(Named.Orders, Named.LongHolds());
        ClusterChan<Order> receiver = await (await cluster.ConnectAsync("b")).OpenAsync(Named.Orders, Named.LongHolds());
        for (int i = 0; i < 20; i++)
        {
            await sender.SendAsync(new Order(i, $"customer {i}"));
        }

        Assert.Equal(new ClusterChanInfo(20, 0), await receiver.GetInfoAsync());
        for (int i = 0; i < 20; i++)
        {
            await using Delivery<Order> delivery = await receiver.TakeAsync();
            Assert.Equal(new Order(i, $"customer {i}"), delivery.Value);
            Assert.Equal(1, delivery.Attempt);
            await delivery.AckAsync();
        }

        Assert.Equal(new ClusterChanInfo(0, 0), await receiver.GetInfoAsync());
    });

    [Fact]
    public void Send_ChannelFull_WaitsForAnAcknowledgement() => Run(static async cluster =>
    {
        ClusterConnection member = await cluster.ConnectAsync();
        ClusterChan<int> channel = await member.OpenAsync(Named.Numbers, Named.LongHolds(capacity: 3));
        for (int i = 0; i < 3; i++)
        {
            Assert.True(await channel.TrySendAsync(i));
        }

        Assert.False(await channel.TrySendAsync(3));
        Goroutine blocked = Go.Run(async () => await channel.SendAsync(3));
        Delivery<int> held = await channel.TakeAsync();
        Assert.False(await channel.TrySendAsync(4)); // what is held counts
        Assert.False(blocked.IsCompleted);
        await held.AckAsync();
        await blocked;
        Assert.Equal(3, (await channel.GetInfoAsync()).Stored);
    });

    [Fact]
    public void Send_SameIdAgain_IsStoredOnce() => Run(static async cluster =>
    {
        ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, Named.LongHolds());
        await channel.SendAsync(1, new SendOptions { Id = "one" });
        await channel.SendAsync(1, new SendOptions { Id = "one" });
        await channel.SendAsync(2, new SendOptions { Id = "two" });
        Assert.Equal(2, (await channel.GetInfoAsync()).Stored);
        await using Delivery<int> delivery = await channel.TakeAsync();
        Assert.Equal("one", delivery.Id);
    });

    [Fact]
    public void Send_UntilHandled_ReturnsAfterTheAcknowledgement() => Run(static async cluster =>
    {
        ClusterChan<int> sender = await (await cluster.ConnectAsync("a")).OpenAsync(Named.Numbers, Named.LongHolds());
        ClusterChan<int> receiver = await (await cluster.ConnectAsync("b")).OpenAsync(Named.Numbers, Named.LongHolds());
        Goroutine send = Go.Run(async () => await sender.SendAsync(1, new SendOptions { Until = SendUntil.Handled }));
        Delivery<int> delivery = await receiver.TakeAsync();
        Assert.False(send.IsCompleted);
        await delivery.AckAsync();
        await send;

        using CancellationTokenSource patience = new(TimeSpan.FromMilliseconds(300), Go.TimeProvider);
        await Assert.ThrowsAsync<DeliveryUnknownException>(
            async () => await sender.SendAsync(2, new SendOptions { Until = SendUntil.Handled }, patience.Token));
        await (await receiver.TakeAsync()).AckAsync();
    });

    [Fact]
    public void Send_SameIdAgainUntilHandled_BothReturnAfterTheAcknowledgement() => Run(static async cluster =>
    {
        ClusterConnection a = await cluster.ConnectAsync("a");
        ClusterChan<int> first = await a.OpenAsync(Named.Numbers, Named.LongHolds());
        ClusterChan<int> again = await (await cluster.ConnectAsync("a, restarted")).OpenAsync(Named.Numbers, Named.LongHolds());
        ClusterChan<int> receiver = await (await cluster.ConnectAsync("b")).OpenAsync(Named.Numbers, Named.LongHolds());
        SendOptions options = new() { Id = "number one", Until = SendUntil.Handled };
        Goroutine send = Go.Run(async () => await first.SendAsync(1, options));
        Delivery<int> delivery = await receiver.TakeAsync();
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(10), Go.TimeProvider);
        Goroutine repeat = Go.Run(async () => await again.SendAsync(1, options, patience.Token));
        await Go.SleepAsync(TimeSpan.FromMilliseconds(300));
        Assert.False(send.IsCompleted || repeat.IsCompleted);
        await delivery.AckAsync();
        await send;
        await repeat;
    });

    [Fact]
    public void Send_EveryRequestArrivesTwice_IsStoredAndHandledOnce() => Run(static async cluster =>
    {
        ClusterConnection member = await cluster.ConnectDoublingAsync("twice");
        ClusterChan<int> channel = await member.OpenAsync(Named.Numbers, Named.LongHolds(capacity: 2));
        for (int i = 0; i < 5; i++)
        {
            Goroutine send = Go.Run(async () => await channel.SendAsync(i, new SendOptions { Until = SendUntil.Handled }));
            Delivery<int> delivery = await channel.TakeAsync();
            Assert.Equal((i, 1), (delivery.Value, delivery.Attempt));
            Assert.Equal(1, (await channel.GetInfoAsync()).Stored);
            await delivery.AckAsync();
            await send;
        }

        long token = 0;
        for (int i = 0; i < 3; i++)
        {
            await using Lease lease = await member.LockAsync("one");
            Assert.True(lease.Token > token);
            token = lease.Token;
        }

        await channel.CloseAsync();
        Assert.False((await channel.Receiver.ReceiveAsync()).Ok);
    });

    [Fact]
    public void Dispose_Channel_IsForgottenByItsConnection() => Run(static async cluster =>
    {
        ClusterConnection member = await cluster.ConnectAsync();
        ClusterChan<int> kept = await member.OpenAsync(Named.Numbers, Named.LongHolds());
        int before = member.Tracked;
        for (int i = 0; i < 3; i++)
        {
            ClusterChan<int> channel = await member.OpenAsync(Named.Numbers, Named.LongHolds());
            await channel.SendAsync(i);
            await (await channel.TakeAsync()).AckAsync();
            await channel.DisposeAsync();
            await channel.DisposeAsync();
        }

        await (await member.LockAsync("one")).DisposeAsync();
        await (await member.ServeAsync(Named.Double, static (n, _) => new ValueTask<int>(n))).DisposeAsync();
        Assert.Equal(before, member.Tracked);
        await kept.SendAsync(3);
        await (await kept.TakeAsync()).AckAsync();
    });

    [Fact]
    public void Receive_Cancelled_HasTakenNothing() => Run(static async cluster =>
    {
        ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, Named.LongHolds());
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(100), Go.TimeProvider);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await channel.Receiver.ReceiveAsync(stop.Token));
        await channel.SendAsync(1);
        Delivery<int> delivery = await channel.TakeAsync();
        Assert.Equal(1, delivery.Value);
        await delivery.AckAsync();
    });

    [Fact]
    public void Select_TakesAnotherCase_LosesNothing() => Run(static async cluster =>
    {
        ClusterConnection member = await cluster.ConnectAsync();
        ClusterChan<int> channel = await member.OpenAsync(Named.Numbers, Named.LongHolds());
        Chan<int> local = new();
        Goroutine sender = Go.Run(async () =>
        {
            for (int i = 0; i < 30; i++)
            {
                await channel.SendAsync(i);
                await local.SendAsync(i);
            }

            local.Close();
        });
        Select select = new();
        ReceiveCase<Delivery<int>> remote = select.Receive(channel.Receiver);
        ReceiveCase<int> here = select.Receive(local);
        List<int> fromRemote = [];
        int fromHere = 0;
        while (fromRemote.Count < 30)
        {
            await select.WaitAsync();
            if (remote.Selected)
            {
                Assert.True(remote.Ok);
                fromRemote.Add(remote.Value.Value);
                await remote.Value.AckAsync();
            }
            else if (here.Ok)
            {
                Assert.Equal(fromHere++, here.Value);
            }
            else
            {
                here.Enabled = false;
            }
        }

        await sender;
        Assert.Equal(Enumerable.Range(0, 30), fromRemote);
        Assert.Equal(0, (await channel.GetInfoAsync()).Stored);
    });

    [Fact]
    public void Receiver_ThatHasLeft_GivesBackWhatComes() => Run(static async cluster =>
    {
        ClusterChan<int> left = await (await cluster.ConnectAsync("a")).OpenAsync(Named.Numbers, Named.Options());
        ClusterChan<int> other = await (await cluster.ConnectAsync("b")).OpenAsync(Named.Numbers, Named.Options());
        using (CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(50), Go.TimeProvider))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await left.Receiver.ReceiveAsync(stop.Token));
        }

        await other.SendAsync(1);
        Delivery<int> delivery = await other.TakeAsync();
        Assert.Equal(1, delivery.Value);
        await delivery.AckAsync();
    });

    [Fact]
    public void Receiver_ThatLeftAWhileAgo_IsSentNothing() => Run(static async cluster =>
    {
        ClusterChan<int> left = await (await cluster.ConnectAsync("a")).OpenAsync(Named.Numbers, Named.Options());
        ClusterChan<int> other = await (await cluster.ConnectAsync("b")).OpenAsync(Named.Numbers, Named.Options());
        using (CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(50), Go.TimeProvider))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await left.Receiver.ReceiveAsync(stop.Token));
        }

        await Go.SleepAsync(TimeSpan.FromSeconds(1));
        await other.SendAsync(1);
        Delivery<int> delivery = await other.TakeAsync();
        Assert.Equal(1, delivery.Attempt);
        await delivery.AckAsync();
    });

    [Fact]
    public void Delivery_DisposedOfUnsettled_IsGivenBackAtOnce() => Run(static async cluster =>
    {
        ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, Named.LongHolds());
        await channel.SendAsync(7);
        DateTimeOffset begun = TestCluster.Now;
        await using (Delivery<int> first = await channel.TakeAsync())
        {
            Assert.Equal(1, first.Attempt);
        }

        Delivery<int> second = await channel.TakeAsync();
        Assert.Equal(2, second.Attempt);
        Assert.True(TestCluster.Now - begun < TimeSpan.FromMilliseconds(900) + cluster.Tolerance, "it waited for the hold to run out");
        await second.AckAsync();
    });

    [Fact]
    public void Delivery_HolderCrashes_GoesToAnotherAfterAckWait() => Run(static async cluster =>
    {
        ClusterConnection dies = await cluster.ConnectAsync("dies");
        ClusterConnection lives = await cluster.ConnectAsync("lives");
        ClusterChan<int> there = await dies.OpenAsync(Named.Numbers, Named.Options());
        ClusterChan<int> here = await lives.OpenAsync(Named.Numbers, Named.Options());
        for (int i = 0; i < 5; i++)
        {
            await there.SendAsync(i);
            await there.TakeAsync(); // held, never settled
        }

        DateTimeOffset died = TestCluster.Now;
        await cluster.CrashAsync(dies);
        HashSet<int> got = [];
        while (got.Count < 5)
        {
            Delivery<int> delivery = await here.TakeAsync();
            Assert.True(got.Add(delivery.Value), "handed out twice to one that acknowledges");
            Assert.Equal(2, delivery.Attempt);
            await delivery.AckAsync();
        }

        Assert.InRange(TestCluster.Now - died, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1) + cluster.Tolerance);
        Assert.Equal(0, (await here.GetInfoAsync()).Stored);
    });

    [Fact]
    public void Delivery_HeldForLongerThanAckWait_StaysWithItsHolder() => Run(static async cluster =>
    {
        ClusterChan<int> channel = await (await cluster.ConnectAsync("a")).OpenAsync(Named.Numbers, Named.Options());
        ClusterChan<int> other = await (await cluster.ConnectAsync("b")).OpenAsync(Named.Numbers, Named.Options());
        await channel.SendAsync(1);
        Delivery<int> delivery = await channel.TakeAsync();
        await Assert.ThrowsAsync<TimeoutException>(async () => await other.TakeAsync(seconds: 2.5));
        Assert.False(delivery.Lost.IsCancellationRequested);
        await delivery.AckAsync();
        Assert.Equal(0, (await channel.GetInfoAsync()).Stored);
    });

    [Fact]
    public void Delivery_HeldBeyondTheLimit_IsLostAndCannotBeAcknowledged() => Run(static async cluster =>
    {
        ClusterChanOptions options = Named.Options();
        options.HoldLimit = TimeSpan.FromSeconds(1);
        ClusterChan<int> channel = await (await cluster.ConnectAsync("a")).OpenAsync(Named.Numbers, options);
        ClusterChan<int> other = await (await cluster.ConnectAsync("b")).OpenAsync(Named.Numbers, Named.Options());
        await channel.SendAsync(1);
        Delivery<int> first = await channel.TakeAsync();
        await new Select().AndReceive(GoContext.From(first.Lost)).AndTimeout(TimeSpan.FromSeconds(5)).WaitAsync();
        Assert.True(first.Lost.IsCancellationRequested);
        Delivery<int> second = await other.TakeAsync();
        await Assert.ThrowsAsync<LeaseLostException>(async () => await first.AckAsync());
        Assert.Equal(2, second.Attempt);
        Assert.Equal(1, (await other.GetInfoAsync()).Held);
        await second.AckAsync();
    });

    [Fact]
    public void Delivery_SettledTwice_Throws() => Run(static async cluster =>
    {
        ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, Named.LongHolds());
        await channel.SendAsync(1);
        Delivery<int> delivery = await channel.TakeAsync();
        await delivery.AckAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await delivery.RetryAsync());
        await delivery.DisposeAsync();
    });

    [Fact]
    public void Open_OtherSettings_NamesTheDifferenceAndChangesNothing() => Run(static async cluster =>
    {
        ClusterConnection member = await cluster.ConnectAsync();
        await member.OpenAsync(Named.Numbers, Named.LongHolds(capacity: 5));
        ClusterConfigurationException failure = await Assert.ThrowsAsync<ClusterConfigurationException>(
            async () => await member.OpenAsync(Named.Numbers, Named.LongHolds(capacity: 6)));
        Assert.Contains("Capacity is 5, not 6", failure.Message, StringComparison.Ordinal);
        await member.OpenAsync(Named.Numbers, Named.LongHolds(capacity: 5));
    });

    [Fact]
    public void Open_NotThereAndNotToBeMade_Throws() => Run(static async cluster =>
    {
        ClusterChanOptions options = Named.LongHolds();
        options.Provision = false;
        ClusterConnection member = await cluster.ConnectAsync();
        await Assert.ThrowsAsync<ClusterConfigurationException>(async () => await member.OpenAsync(Named.Numbers, options));
    });

    [Theory]
    [InlineData("a.b*c>d e/f\\g")]
    [InlineData("größer 你好 \r\n\0$JS.API")]
    [InlineData("~2E")]
    public void Open_HostileName_WorksAndIsNobodyElses(string name) => Run(async cluster =>
    {
        ClusterConnection member = await cluster.ConnectAsync();
        ClusterChan<string> hostile = await member.OpenAsync(new ChanName<string>(name, ClusterCodec.Text), Named.LongHolds());
        ClusterChan<string> plain = await member.OpenAsync(new ChanName<string>("plain", ClusterCodec.Text), Named.LongHolds());
        await hostile.SendAsync(name);
        Assert.Equal(0, (await plain.GetInfoAsync()).Stored);
        Delivery<string> delivery = await hostile.TakeAsync();
        Assert.Equal(name, delivery.Value);
        await delivery.AckAsync();
        await hostile.SendAsync(name);
        await (await hostile.TakeAsync()).DeadLetterAsync(name, new InvalidOperationException(name));
        int letters = 0;
        await foreach (DeadLetter<string> letter in hostile.DeadLetters.BrowseAsync())
        {
            letters++;
            Assert.Equal(name, letter.TryGetValue(out string? value) ? value : null);
        }

        Assert.Equal(1, letters);
        await using Lease lease = await member.LockAsync(name);
        Assert.NotNull(await member.TryLockAsync("plain"));
    });

    [Fact]
    public void Ordered_TwoReceivers_OneValueInFlight() => Run(static async cluster =>
    {
        ClusterChanOptions options = Named.LongHolds();
        options.Ordered = true;
        ClusterChan<int> a = await (await cluster.ConnectAsync("a")).OpenAsync(Named.Numbers, options);
        ClusterChan<int> b = await (await cluster.ConnectAsync("b")).OpenAsync(Named.Numbers, options);
        for (int i = 0; i < 12; i++)
        {
            await a.SendAsync(i);
        }

        List<int> handled = [];
        int inFlight = 0;
        using CancellationTokenSource stop = new();
        ErrGroup workers = new();
        foreach (ClusterChan<int> channel in (ClusterChan<int>[])[a, b])
        {
            workers.Spawn(async () => await channel.ServeAsync(
                async (delivery, _) =>
                {
                    Assert.Equal(1, Interlocked.Increment(ref inFlight));
                    await Go.SleepAsync(TimeSpan.FromMilliseconds(2));
                    Interlocked.Decrement(ref inFlight);
                    if (delivery is { Value: 4, Attempt: 1 })
                    {
                        throw new InvalidOperationException("once"); // its retry comes before the next value
                    }

                    handled.Add(delivery.Value);
                },
                new ServeOptions { Concurrency = 4 },
                stop.Token));
        }

        await a.DrainAsync();
        await stop.CancelAsync();
        await workers.WaitAsync();
        Assert.Equal(Enumerable.Range(0, 12), handled);
    });

    [Fact]
    public void Close_EndsSendsAtOnceAndReceiversOnceEmpty() => Run(static async cluster =>
    {
        ClusterChan<int> a = await (await cluster.ConnectAsync("a")).OpenAsync(Named.Numbers, Named.LongHolds());
        ClusterChan<int> b = await (await cluster.ConnectAsync("b")).OpenAsync(Named.Numbers, Named.LongHolds());
        for (int i = 0; i < 5; i++)
        {
            await a.SendAsync(i);
        }

        List<int> got = [];
        Goroutine receiver = Go.Run(async () =>
        {
            await foreach (Delivery<int> delivery in b.Receiver)
            {
                got.Add(delivery.Value);
                await delivery.AckAsync();
            }
        });
        await a.CloseAsync();
        await a.CloseAsync();
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await a.SendAsync(5));
        await receiver;
        Assert.Equal(Enumerable.Range(0, 5), got);
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await b.SendAsync(5));

        await a.ReopenAsync();
        await a.SendAsync(6);
        ClusterChan<int> again = await (await cluster.ConnectAsync("c")).OpenAsync(Named.Numbers, Named.LongHolds());
        Delivery<int> last = await again.TakeAsync();
        Assert.Equal(6, last.Value);
        await last.AckAsync();
    });

    [Fact]
    public void Close_WhileAValueIsHeld_ReceiversWaitForIt() => Run(static async cluster =>
    {
        ClusterChan<int> a = await (await cluster.ConnectAsync("a")).OpenAsync(Named.Numbers, Named.LongHolds());
        ClusterChan<int> b = await (await cluster.ConnectAsync("b")).OpenAsync(Named.Numbers, Named.LongHolds());
        await a.SendAsync(1);
        Delivery<int> held = await a.TakeAsync();
        await a.CloseAsync();
        Goroutine<Received<Delivery<int>>> receive = Go.Run(async () => await b.Receiver.ReceiveAsync());
        await Go.SleepAsync(TimeSpan.FromMilliseconds(600));
        Assert.False(receive.IsCompleted);
        await held.DisposeAsync(); // it can come back, and does
        Received<Delivery<int>> received = await receive;
        Assert.True(received.Ok);
        await received.Value.AckAsync();
        Assert.False((await b.Receiver.ReceiveAsync()).Ok);
    });

    [Fact]
    public void Health_EngineThere_IsGood() => Run(static async cluster =>
    {
        ClusterHealth health = await (await cluster.ConnectAsync()).CheckHealthAsync();
        Assert.True(health.IsHealthy, health.Description);
    });
}
