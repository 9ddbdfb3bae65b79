using System.Diagnostics;
using System.Text;
using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>Worker pools, retries, dead letters.</summary>
public abstract class ServeContract : ClusterContract
{
    [Fact]
    public void Serve_SeveralMembers_HandleEachValueOnceAndEndWhenClosed() => Run(static async cluster =>
    {
        ClusterChan<int> sender = await (await cluster.ConnectAsync("sender")).OpenAsync(Named.Numbers, Named.LongHolds(capacity: 10));
        Dictionary<int, int> handled = [];
        int running = 0;
        int most = 0;
        ErrGroup workers = new();
        for (int i = 0; i < 2; i++)
        {
            ClusterChan<int> channel = await (await cluster.ConnectAsync($"worker {i}")).OpenAsync(Named.Numbers, Named.LongHolds(capacity: 10));
            workers.Spawn(async () => await channel.ServeAsync(
                async (delivery, stop) =>
                {
                    lock (handled)
                    {
                        handled[delivery.Value] = handled.GetValueOrDefault(delivery.Value) + 1;
                        most = Math.Max(most, ++running);
                    }

                    await Go.SleepAsync(TimeSpan.FromMilliseconds(1), stop);
                    lock (handled)
                    {
                        running--;
                    }
                },
                new ServeOptions { Concurrency = 3 }));
        }

        for (int i = 0; i < 60; i++)
        {
            await sender.SendAsync(i);
        }

        await sender.CloseAsync();
        await workers.WaitAsync();
        Assert.Equal(60, handled.Count);
        Assert.All(handled.Values, static times => Assert.Equal(1, times));
        Assert.InRange(most, 2, 6);
    });

    [Fact]
    public void Serve_HandlerThrows_IsRetriedWithBackoffAndThenADeadLetter() => Run(static async cluster =>
    {
        ClusterConnection member = await cluster.ConnectAsync();
        ClusterChan<Order> channel = await member.OpenAsync(Named.Orders, Named.LongHolds());
        List<(int Attempt, DateTimeOffset At)> tries = [];
        int good = 0;
        using CancellationTokenSource stop = new();
        Goroutine pool = Go.Run(async () => await channel.ServeAsync(
            (delivery, _) =>
            {
                if (delivery.Value.Number == 13)
                {
                    tries.Add((delivery.Attempt, TestCluster.Now));
                    throw new FormatException("thirteen\r\nis bad");
                }

                good++;
                return default;
            },
            cancellationToken: stop.Token));
        await channel.SendAsync(new Order(12, "a"));
        await channel.SendAsync(new Order(13, "b"), new SendOptions { Id = "bad" });
        await channel.SendAsync(new Order(14, "c"));
        await channel.DrainAsync();
        Assert.Equal(2, good);
        Assert.Equal([1, 2, 3], tries.Select(static t => t.Attempt));
        Assert.True(tries[1].At - tries[0].At >= TimeSpan.FromMilliseconds(50), $"{tries[1].At - tries[0].At}");
        Assert.True(tries[2].At - tries[1].At >= TimeSpan.FromMilliseconds(100), $"{tries[2].At - tries[1].At}");

        List<DeadLetter<Order>> dead = await ListAsync(channel);
        DeadLetter<Order> letter = Assert.Single(dead);
        Assert.Equal(("bad", 3, "System.FormatException", "thirteen is bad"), (letter.Id, letter.Attempts, letter.ErrorType, letter.ErrorMessage));
        Assert.Equal("the handler failed", letter.Reason);
        Assert.Equal("""{"Number":13,"Customer":"b"}""", Encoding.UTF8.GetString(letter.Payload.Span));

        tries.Clear();
        Assert.Equal(1, await channel.DeadLetters.RedriveAllAsync());
        await channel.DrainAsync();
        Assert.Equal([1, 2, 3], tries.Select(static t => t.Attempt));
        letter = Assert.Single(await ListAsync(channel));
        await channel.DeadLetters.RemoveAsync(letter);
        await channel.DeadLetters.RemoveAsync(letter);
        Assert.Empty(await ListAsync(channel));
        await stop.CancelAsync();
        await pool;
    });

    [Fact]
    public void Receive_BytesThatCannotBeRead_AreADeadLetterAndNeighboursPass() => Run(static async cluster =>
    {
        ClusterConnection member = await cluster.ConnectAsync();
        ClusterChan<string> raw = await member.OpenAsync(new ChanName<string>("orders", ClusterCodec.Text), Named.LongHolds());
        ClusterChan<Order> typed = await member.OpenAsync(Named.Orders, Named.LongHolds());
        await typed.SendAsync(new Order(1, "a"));
        await raw.SendAsync("this is no order");
        await typed.SendAsync(new Order(2, "b"));
        for (int i = 1; i <= 2; i++)
        {
            Delivery<Order> delivery = await typed.TakeAsync();
            Assert.Equal(i, delivery.Value.Number);
            await delivery.AckAsync();
        }

        DeadLetter<Order> letter = Assert.Single(await ListAsync(typed));
        Assert.Equal("this is no order", Encoding.UTF8.GetString(letter.Payload.Span));
        Assert.Equal("the value can't be read", letter.Reason);
        Assert.False(letter.TryGetValue(out _));
    });

    [Fact]
    public void Receive_DeliveredTooOften_IsADeadLetter() => Run(static async cluster =>
    {
        ClusterChanOptions options = Named.Options();
        options.MaxDeliveries = 4;
        ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, options);
        await channel.SendAsync(1);
        for (int i = 1; i <= 4; i++)
        {
            await using Delivery<int> delivery = await channel.TakeAsync();
            Assert.Equal(i, delivery.Attempt);
        }

        await channel.SendAsync(2);
        Delivery<int> next = await channel.TakeAsync();
        Assert.Equal(2, next.Value);
        await next.AckAsync();
        Assert.Equal("delivered 4 times and never settled", Assert.Single(await ListAsync(channel)).Reason);
    });

    [Fact]
    public void DeadLetter_ByHand_KeepsReasonAndCause() => Run(static async cluster =>
    {
        ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, Named.LongHolds());
        await channel.SendAsync(5);
        await (await channel.TakeAsync()).DeadLetterAsync("wrong number", new InvalidOperationException("five"));
        DeadLetter<int> letter = Assert.Single(await ListAsync(channel));
        Assert.Equal(("wrong number", "five", 1), (letter.Reason, letter.ErrorMessage, letter.Attempts));
        Assert.True(letter.TryGetValue(out int value));
        Assert.Equal(5, value);
        Assert.Equal(0, (await channel.GetInfoAsync()).Stored);
    });

    [Fact]
    public void Serve_Stopped_DrainsAndGivesBackTheRestAtOnce() => Run(static async cluster =>
    {
        ClusterConnection member = await cluster.ConnectAsync("a");
        ClusterChan<int> channel = await member.OpenAsync(Named.Numbers, Named.LongHolds());
        ClusterChan<int> other = await (await cluster.ConnectAsync("b")).OpenAsync(Named.Numbers, Named.LongHolds());
        Chan<int> begun = new(10);
        using CancellationTokenSource stop = new();
        List<int> finished = [];
        Goroutine pool = Go.Run(async () => await channel.ServeAsync(
            async (delivery, token) =>
            {
                await begun.SendAsync(delivery.Value, CancellationToken.None);
                await Go.SleepAsync(delivery.Value == 0 ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromMinutes(1), token);
                finished.Add(delivery.Value);
            },
            new ServeOptions { Concurrency = 2, DrainTimeout = TimeSpan.FromMilliseconds(400) },
            stop.Token));
        await channel.SendAsync(0);
        await channel.SendAsync(1);
        await begun.TakeAsync();
        await begun.TakeAsync();
        await channel.SendAsync(2);
        await stop.CancelAsync();
        await pool;
        Assert.Equal([0], finished);
        DateTimeOffset stopped = TestCluster.Now;
        SortedSet<int> left = [];
        while (left.Count < 2)
        {
            Delivery<int> delivery = await other.TakeAsync();
            left.Add(delivery.Value);
            await delivery.AckAsync();
        }

        Assert.Equal([1, 2], left);
        Assert.True(TestCluster.Now - stopped < TimeSpan.FromMilliseconds(800) + cluster.Tolerance, "what was not done waited for its hold to run out");
    });

    [Fact]
    public void Serve_TraceContext_ReachesTheHandler() => Run(static async cluster =>
    {
        using ActivityListener listener = new()
        {
            ShouldListenTo = static source => source.Name is "Goroutines.Cluster" or "test",
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using ActivitySource source = new("test");
        ClusterConnection member = await cluster.ConnectAsync();
        ClusterChan<int> channel = await member.OpenAsync(Named.Numbers, Named.LongHolds());
        using CancellationTokenSource stop = new();
        Chan<ActivityTraceId> seen = new(1);
        Goroutine pool = Go.Run(async () => await channel.ServeAsync(
            async (_, _) => await seen.SendAsync(Activity.Current!.TraceId), cancellationToken: stop.Token));
        using Activity activity = source.StartActivity("order")!;
        await channel.SendAsync(1);
        Assert.Equal(activity.TraceId, await seen.TakeAsync());
        await channel.DrainAsync();
        await stop.CancelAsync();
        await pool;
    });

    private static async ValueTask<List<DeadLetter<T>>> ListAsync<T>(ClusterChan<T> channel)
    {
        List<DeadLetter<T>> letters = [];
        await foreach (DeadLetter<T> letter in channel.DeadLetters.BrowseAsync())
        {
            letters.Add(letter);
        }

        return letters;
    }
}
