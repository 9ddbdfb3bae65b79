using Goroutines.Testing;
using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>One fault at a named point, over the engine in memory, in virtual time.</summary>
public sealed class FaultTests
{
    [Fact]
    public void Send_AnswerLost_IsStoredOnce() => Run(MemoryOperationKind.Publish, MemoryFault.LoseAnswer, times: 3, static async cluster =>
    {
        ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, Named.Options());
        await channel.SendAsync(1);
        Assert.Equal(1, (await channel.GetInfoAsync()).Stored);
    });

    [Fact]
    public void Send_RequestLost_IsRepeated() => Run(MemoryOperationKind.Publish, MemoryFault.LoseRequest, times: 3, static async cluster =>
    {
        ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, Named.Options());
        await channel.SendAsync(1);
        Assert.Equal(1, (await channel.GetInfoAsync()).Stored);
    });

    [Fact]
    public void Send_NoAnswerAtAll_IsUnknownAfterTheTimeout() => Run(MemoryOperationKind.Publish, MemoryFault.LoseRequest, times: 1_000, static async cluster =>
    {
        ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, Named.Options());
        DateTimeOffset begun = TestCluster.Now;
        await Assert.ThrowsAsync<DeliveryUnknownException>(async () => await channel.SendAsync(1));
        Assert.InRange(TestCluster.Now - begun, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(32));
    });

    [Fact]
    public void Ack_AnswerLost_IsRepeatedAndTheValueGone() => Run(MemoryOperationKind.Ack, MemoryFault.LoseAnswer, times: 1, static async cluster =>
    {
        ClusterChanOptions options = Named.Options();
        options.AckWait = TimeSpan.FromSeconds(10);
        ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, options);
        await channel.SendAsync(1);
        await (await channel.TakeAsync()).AckAsync();
        Assert.Equal(0, (await channel.GetInfoAsync()).Stored);
    });

    [Fact]
    public void Ack_NoAnswerWhileHeld_DoesNotClaimSuccess() => Run(MemoryOperationKind.Ack, MemoryFault.LoseRequest, times: 1_000, static async cluster =>
    {
        ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, Named.Options());
        await channel.SendAsync(1);
        Delivery<int> delivery = await channel.TakeAsync();
        Exception failure = await Assert.ThrowsAnyAsync<Exception>(async () => await delivery.AckAsync());
        Assert.True(failure is DeliveryUnknownException or LeaseLostException, failure.ToString());
        Assert.Equal(1, (await channel.GetInfoAsync()).Stored);
    });

    /// <summary>Engines take a late acknowledgement for that of the present holder. If this one were sent, the value would be lost.</summary>
    [Fact]
    public void Ack_ByAFormerHolder_IsRefusedOnThisSide() => Run(
        static operation => operation is { Member: "cut off", Kind: MemoryOperationKind.Progress } ? MemoryFault.LoseRequest : MemoryFault.None,
        static async cluster =>
        {
            ClusterChan<int> former = await (await cluster.ConnectAsync("cut off")).OpenAsync(Named.Numbers, Named.Options());
            ClusterChan<int> present = await (await cluster.ConnectAsync("there")).OpenAsync(Named.Numbers, Named.Options());
            await former.SendAsync(1);
            Delivery<int> late = await former.TakeAsync();
            Delivery<int> second = await present.TakeAsync();
            Assert.Equal(2, second.Attempt);
            await Assert.ThrowsAsync<LeaseLostException>(async () => await late.AckAsync());
            Assert.True(late.Lost.IsCancellationRequested);
            await second.RetryAsync(); // it failed there: now the value must still be there
            Delivery<int> third = await present.TakeAsync();
            Assert.Equal(3, third.Attempt);
            await third.AckAsync();
        });

    [Fact]
    public void DeadLetter_EveryAnswerLostOnce_IsThereOnce() => Run(
        Once(MemoryOperationKind.DeadLetter, MemoryOperationKind.Ack),
        static async cluster =>
        {
            ClusterChanOptions options = Named.Options();
            options.AckWait = TimeSpan.FromSeconds(10);
            ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, options);
            await channel.SendAsync(1);
            await (await channel.TakeAsync()).DeadLetterAsync("no");
            int letters = 0;
            await foreach (DeadLetter<int> letter in channel.DeadLetters.BrowseAsync())
            {
                letters++;
                Assert.Equal("no", letter.Reason);
            }

            Assert.Equal(1, letters);
            Assert.Equal(0, (await channel.GetInfoAsync()).Stored);
        });

    [Fact]
    public void DeadLetter_CannotBeStored_KeepsTheValue() => Run(MemoryOperationKind.DeadLetter, MemoryFault.LoseRequest, times: 40, static async cluster =>
    {
        ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, Named.Options());
        await channel.SendAsync(1);
        Delivery<int> delivery = await channel.TakeAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () => await delivery.DeadLetterAsync("no"));
        Assert.Equal(1, (await channel.GetInfoAsync()).Stored);
        await (await channel.TakeAsync(60)).AckAsync();
    });

    [Fact]
    public void Lease_AnswersToRenewalsLost_IsKeptAndNobodyElses() => Run(
        EverySecond(MemoryOperationKind.WriteKey),
        static async cluster =>
        {
            LeaseOptions options = new() { Ttl = TimeSpan.FromSeconds(10) };
            ClusterConnection a = await cluster.ConnectAsync("a");
            ClusterConnection b = await cluster.ConnectAsync("b");
            Lease lease = await a.LockAsync("one", options);
            Goroutine<Lease> waits = Go.Run(async () => await b.LockAsync("one", options));
            await Go.SleepAsync(TimeSpan.FromMinutes(2));
            Assert.True(lease.IsHeld);
            Assert.False(lease.Lost.IsCancellationRequested);
            Assert.False(waits.IsCompleted);
            await lease.DisposeAsync();
            await using Lease next = await waits;
            Assert.True(next.Token > lease.Token);
        });

    [Fact]
    public void Lease_HolderCutOff_IsLostBeforeAnotherHasIt() => Run(
        static async cluster =>
        {
            ClusterConnection cut = await cluster.ConnectAsync("cut off");
            ClusterConnection other = await cluster.ConnectAsync("there");
            LeaseOptions options = new() { Ttl = TimeSpan.FromSeconds(1) };
            Lease lease = await cut.LockAsync("one", options);
            DateTimeOffset lost = default;
            using CancellationTokenRegistration registration = lease.Lost.Register(() => lost = Go.Now);
            Goroutine<Lease> waits = Go.Run(async () => await other.LockAsync("one", options));
            await cluster.CrashAsync(cut);
            await using Lease next = await waits;
            Assert.True(lost != default && lost < Go.Now, $"lost at {lost:O}, the other's at {Go.Now:O}");
            Assert.True(next.Token > lease.Token);
        });

    /// <summary>A renewal that was carried out at once, and whose answer comes seconds later: the other member counts from when it saw it.</summary>
    [Fact]
    public void Lease_AnswerToARenewalComesLate_IsCountedFromTheRequest()
    {
        int writes = 0;
        Run(
            operation => operation is not { Member: "cut off", Kind: MemoryOperationKind.WriteKey } ? MemoryFault.None : ++writes switch
            {
                1 => MemoryFault.None, // it takes the lease
                2 or 3 => MemoryFault.LoseAnswer,
                4 => MemoryFault.None, // the answer, at the third attempt
                _ => MemoryFault.LoseRequest,
            },
            static async cluster =>
            {
                LeaseOptions options = new() { Ttl = TimeSpan.FromSeconds(10) };
                Lease lease = await (await cluster.ConnectAsync("cut off")).LockAsync("one", options);
                ClusterConnection other = await cluster.ConnectAsync("there");
                await using Lease next = await other.LockAsync("one", options);
                Assert.True(lease.Lost.IsCancellationRequested, "two believe that they hold it, without a pause");
                Assert.InRange(TestCluster.Now - DateTimeOffset.Parse("2000-01-01Z", System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromSeconds(14), TimeSpan.FromSeconds(17));
            });
    }

    [Fact]
    public void Hints_AllLost_EverythingGoesOn() => Run(
        static operation => operation.Kind == MemoryOperationKind.Signal ? MemoryFault.LoseRequest : MemoryFault.None,
        static async cluster =>
        {
            ClusterConnection a = await cluster.ConnectAsync("a");
            ClusterConnection b = await cluster.ConnectAsync("b");
            ClusterChan<int> sender = await a.OpenAsync(Named.Numbers, Named.Options(capacity: 1));
            ClusterChan<int> receiver = await b.OpenAsync(Named.Numbers, Named.Options(capacity: 1));
            Goroutine pool = Go.Run(async () => await receiver.ServeAsync(static (_, _) => default));
            for (int i = 0; i < 5; i++)
            {
                await sender.SendAsync(i);
            }

            Goroutine other;
            await using (Lease lease = await a.LockAsync("one"))
            {
                other = Go.Run(async () => await (await b.LockAsync("one")).DisposeAsync());
                await Go.SleepAsync(TimeSpan.FromSeconds(1));
            }

            await other;

            await sender.CloseAsync();
            DateTimeOffset closed = TestCluster.Now;
            await sender.DrainAsync();
            await b.DisposeAsync();
            await pool;
            Assert.True(TestCluster.Now - closed < TimeSpan.FromSeconds(10));
        });

    [Fact]
    public void Hints_AllRepeated_EverythingGoesOn()
    {
        Dictionary<string, int> arrived = [];
        Run(
            static operation => operation.Kind == MemoryOperationKind.Signal ? MemoryFault.Repeat : MemoryFault.None,
            async cluster =>
            {
                ClusterConnection member = await cluster.ConnectAsync();
                await using IAsyncDisposable listener = await member.Engine.ListenAsync("topic", () => arrived["topic"] = arrived.GetValueOrDefault("topic") + 1, default);
                await member.Engine.SignalAsync("topic");
                ClusterChan<int> channel = await member.OpenAsync(Named.Numbers, Named.Options(capacity: 1));
                Goroutine pool = Go.Run(async () => await channel.ServeAsync(static (_, _) => default));
                for (int i = 0; i < 5; i++)
                {
                    await channel.SendAsync(i, new SendOptions { Until = SendUntil.Handled });
                }

                await channel.CloseAsync();
                await pool;
            });
        Assert.Equal(2, arrived["topic"]);
    }

    /// <summary>A logger, or a listener of a meter, may wait for a thread that needs the value or the lease.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lost_LoggerLooksFromAnotherThread_IsNotHeldUp(bool lease) => GoTest.Run(async () =>
    {
        Func<bool>? looks = null;
        List<string> held = [];
        using ElsewhereLoggers loggers = new(() => looks is null || Task.Run(looks).Wait(TimeSpan.FromSeconds(5)), held);
        MemoryCluster cluster = new();
        ClusterConnection member = cluster.Connect(new MemoryClusterOptions
        {
            LoggerFactory = loggers,
            RequestTimeout = TimeSpan.FromSeconds(1),
            OnOperation = operation => operation.Kind is MemoryOperationKind.Progress || (lease && operation.Kind is MemoryOperationKind.WriteKey && looks is not null)
                ? MemoryFault.LoseRequest : MemoryFault.None,
        });
        if (lease)
        {
            Lease one = await member.LockAsync("one", new LeaseOptions { Ttl = TimeSpan.FromSeconds(1) });
            looks = () => one.IsHeld;
            await new Select().AndReceive(GoContext.From(one.Lost)).AndTimeout(TimeSpan.FromSeconds(30)).WaitAsync();
        }
        else
        {
            ClusterChan<int> channel = await member.OpenAsync(Named.Numbers, Named.Options());
            await channel.SendAsync(1);
            Delivery<int> delivery = await channel.TakeAsync();
            looks = () => delivery.Lost.IsCancellationRequested;
            await new Select().AndReceive(GoContext.From(delivery.Lost)).AndTimeout(TimeSpan.FromSeconds(30)).WaitAsync();
        }

        await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
        Assert.NotEmpty(held);
        Assert.All(held, static line => Assert.StartsWith("free", line));
        looks = null;
        await member.DisposeAsync();
    });

    /// <summary>The first arrival of the request takes the value that is there. The second one must not wait for the next value.</summary>
    [Fact]
    public void Take_RequestArrivesTwiceWhenAValueIsThere_TakesNoSecondValue() => Run(
        static operation => operation.Kind == MemoryOperationKind.Pull ? MemoryFault.Repeat : MemoryFault.None,
        static async cluster =>
        {
            ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, Named.LongHolds());
            for (int i = 0; i < 3; i++)
            {
                await channel.SendAsync(i);
                Delivery<int> delivery = await channel.TakeAsync(10);
                Assert.Equal((i, 1), (delivery.Value, delivery.Attempt));
                await delivery.AckAsync();
            }
        });

    [Fact]
    public void Take_PullIsRefused_EveryReceiverIsTold() => Run(
        static operation => operation.Kind == MemoryOperationKind.Pull ? throw new EngineRefusedException("may not receive") : MemoryFault.None,
        static async cluster =>
        {
            ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, Named.Options());
            await channel.SendAsync(1);
            for (int i = 0; i < 2; i++)
            {
                EngineRefusedException refusal = await Assert.ThrowsAsync<EngineRefusedException>(async () => await channel.TakeAsync());
                Assert.Equal("may not receive", refusal.Message);
            }
        });

    private static void Run(MemoryOperationKind kind, MemoryFault fault, int times, Func<InMemoryTestCluster, ValueTask> test)
    {
        int left = times;
        Run(operation => operation.Kind == kind && left-- > 0 ? fault : MemoryFault.None, test);
    }

    private static void Run(Func<InMemoryTestCluster, ValueTask> test) => Run(static _ => MemoryFault.None, test);

    private static void Run(Func<MemoryOperation, MemoryFault> fault, Func<InMemoryTestCluster, ValueTask> test) => GoTest.Run(async () =>
    {
        InMemoryTestCluster cluster = new(fault);
        await test(cluster);
        await cluster.EndAsync();
    });

    private static Func<MemoryOperation, MemoryFault> Once(params MemoryOperationKind[] kinds)
    {
        HashSet<MemoryOperationKind> left = [.. kinds];
        return operation => left.Remove(operation.Kind) ? MemoryFault.LoseAnswer : MemoryFault.None;
    }

    private static Func<MemoryOperation, MemoryFault> EverySecond(MemoryOperationKind kind)
    {
        int count = 0;
        return operation => operation.Kind == kind && count++ % 2 == 1 ? MemoryFault.LoseAnswer : MemoryFault.None;
    }
}
