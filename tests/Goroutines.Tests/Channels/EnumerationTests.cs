using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary><c>await foreach</c>: Go's <c>for v := range ch</c>.</summary>
public abstract class EnumerationTests(Place place)
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public Task AwaitForeach_OverAChannel_EndsWhenClosedAndDrained(int capacity) => place.Run(async () =>
    {
        var channel = new Chan<int>(capacity);
        Task sender = place.Start(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                await channel.SendAsync(i);
            }

            channel.Close();
        });
        var seen = new List<int>();
        await foreach (int value in channel)
        {
            seen.Add(value);
        }

        Assert.Equal(Enumerable.Range(0, 20), seen);
        await sender;
    });

    [Fact]
    public Task AwaitForeach_OverAReceiver_IsTheSame() => place.Run(async () =>
    {
        var channel = new Chan<string>(3);
        await channel.SendAsync("a");
        await channel.SendAsync("b");
        channel.Close();
        var seen = new List<string>();
        await foreach (string value in channel.Receiver)
        {
            seen.Add(value);
        }

        Assert.Equal(["a", "b"], seen);
        await foreach (string value in channel.Receiver)
        {
            Assert.Fail($"{value} came out of a drained channel.");
        }
    });

    [Fact]
    public Task AwaitForeach_LeftEarly_LeavesTheRest() => place.Run(async () =>
    {
        var channel = new Chan<int>(5);
        for (int i = 0; i < 5; i++)
        {
            await channel.SendAsync(i);
        }

        await foreach (int value in channel)
        {
            if (value == 1)
            {
                break;
            }
        }

        Assert.Equal(2, (await channel.ReceiveAsync()).Value);
        Assert.Equal(2, channel.Count);
    });

    [Fact]
    public Task AwaitForeach_SeveralConsumers_ShareTheValues() => place.Run(async () =>
    {
        const int Values = 300;
        var channel = new Chan<int>(4);
        long sum = 0;
        int count = 0;
        Task[] consumers = [.. Enumerable.Range(0, 3).Select(_ => place.Start(async () =>
        {
            await foreach (int value in channel)
            {
                Interlocked.Add(ref sum, value);
                Interlocked.Increment(ref count);
            }
        }))];
        for (int i = 0; i < Values; i++)
        {
            await channel.SendAsync(i);
        }

        channel.Close();
        await Task.WhenAll(consumers);
        Assert.Equal(Values, count);
        Assert.Equal(Values * (Values - 1) / 2, sum);
    });

    [Fact]
    public Task WithCancellation_CancelledWhileWaiting_ThrowsAndTakesNothing() => place.Run(async () =>
    {
        var channel = new Chan<int>(1);
        using var cancellation = new CancellationTokenSource();
        var seen = new List<int>();
        await channel.SendAsync(1);
        Task consumer = Consume();
        Assert.False(consumer.IsCompleted);
        Assert.Equal([1], seen);
        await cancellation.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => consumer);
        Assert.Equal(cancellation.Token, thrown.CancellationToken);
        await channel.SendAsync(2);
        Assert.Equal(1, channel.Count);
        Assert.Equal([1], seen);

        async Task Consume()
        {
            await foreach (int value in channel.WithCancellation(cancellation.Token))
            {
                seen.Add(value);
            }
        }
    });

    [Fact]
    public Task WithCancellation_AlreadyCancelled_ThrowsAndTakesNothing() => place.Run(async () =>
    {
        var channel = new Chan<int>(1);
        await channel.SendAsync(1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (int value in channel.Receiver.WithCancellation(new CancellationToken(true)))
            {
                Assert.Fail($"{value} was taken.");
            }
        });
        Assert.Equal(1, channel.Count);
    });

    [Fact]
    public Task GetAsyncEnumerator_WithToken_Obeys() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        using var cancellation = new CancellationTokenSource();
        await using IAsyncEnumerator<int> values = channel.GetAsyncEnumerator(cancellation.Token);
        ValueTask<bool> next = values.MoveNextAsync();
        Assert.True(channel.TrySend(4));
        Assert.True(await next);
        Assert.Equal(4, values.Current);
        next = values.MoveNextAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    });

    [Fact]
    public Task MoveNextAsync_AfterTheEnd_StaysFalse() => place.Run(async () =>
    {
        var channel = new Chan<int>(1);
        await channel.SendAsync(1);
        channel.Close();
        await using IAsyncEnumerator<int> values = channel.GetAsyncEnumerator();
        Assert.True(await values.MoveNextAsync());
        Assert.False(await values.MoveNextAsync());
        Assert.False(await values.MoveNextAsync());
    });

    [Fact]
    public Task MoveNextAsync_AwaitedTwice_IsInvalid() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        await using IAsyncEnumerator<int> values = channel.GetAsyncEnumerator();
        ValueTask<bool> next = values.MoveNextAsync();
        Assert.True(channel.TrySend(1));
        Assert.True(await next);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await next);

        ValueTask<bool> second = values.MoveNextAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await next);
        Assert.True(channel.TrySend(2));
        Assert.True(await second);
        Assert.Equal(2, values.Current);
    });

    [Fact]
    public Task AwaitForeach_ConfigureAwaitFalse_SeesEveryValue() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        Task sender = place.Start(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                await channel.SendAsync(i);
            }

            channel.Close();
        });
        int expected = 0;
        await foreach (int value in channel.ConfigureAwait(false))
        {
            Assert.Equal(expected++, value);
        }

        Assert.Equal(50, expected);
        await sender;
    });
}

public sealed class EnumerationInPoolTests() : EnumerationTests(Place.Pool);

public sealed class EnumerationInGoroutineTests() : EnumerationTests(Place.Goroutine);
