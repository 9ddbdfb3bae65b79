using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>Waits to read that nobody comes back to neither lose values nor change their order, and the end comes after the last value.</summary>
public class AbandonedWaitTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public Task Values_AfterWaitsThatWereGivenUp_AllComeInOrder(int capacity) => Isolated.RunAsync(async runtime =>
    {
        const int Values = 600;
        var random = new Random(Seed.Get(nameof(Values_AfterWaitsThatWereGivenUp_AllComeInOrder)));
        var channel = new Chan<int>(capacity);
        runtime.Spawn(async () =>
        {
            for (int i = 1; i <= Values; i++)
            {
                if (i % 3 == 0)
                {
                    await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
                }

                await channel.SendAsync(i);
            }

            channel.Close();
        });
        ChannelReader<int> reader = channel.Receiver.ToChannelReader();
        var got = new List<int>();
        while (true)
        {
            using var cancellation = new CancellationTokenSource();
            Task<bool> wait = reader.WaitToReadAsync(random.Next(2) == 0 ? cancellation.Token : default).AsTask();
            for (int i = random.Next(20); i > 0 && !wait.IsCompleted; i--)
            {
                await Task.Yield();
            }

            if (wait.IsCompleted ? !await wait : random.Next(3) == 0 && !await wait)
            {
                break;
            }

            switch (random.Next(3))
            {
                case 0:
                    await cancellation.CancelAsync();
                    break;
                case 1 when await Try(reader.ReadAsync().AsTask()) is { } value:
                    got.Add(value);
                    break;
                default:
                    break;
            }

            while (reader.TryRead(out int value))
            {
                got.Add(value);
            }
        }

        Assert.Equal(Enumerable.Range(1, Values), got);
        await reader.Completion;
    });

    [Fact]
    public async Task Completion_WithAValueOnItsWayToAWait_ComesAfterIt()
    {
        var channel = new Chan<int>();
        ChannelReader<int> reader = channel.Receiver.ToChannelReader();
        _ = reader.WaitToReadAsync().AsTask();
        Task completion = reader.Completion;
        Assert.True(channel.TrySend(1));
        channel.Close();
        await Task.Yield();
        Assert.False(completion.IsCompleted);
        Assert.Equal(1, reader.Count);
        Assert.True(reader.TryRead(out int value));
        Assert.Equal(1, value);
        await completion.WaitAsync(Limits.Wait);
    }

    [Fact]
    public async Task WaitToReadAsync_Cancelled_TakesNothing()
    {
        var channel = new Chan<int>();
        ChannelReader<int> reader = channel.Receiver.ToChannelReader();
        using var cancellation = new CancellationTokenSource();
        Task<bool> wait = reader.WaitToReadAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        await Poll.UntilAsync(() => !channel.TrySend(1), "nobody to receive any more");
        ValueTask<Received<int>> receive = channel.ReceiveAsync();
        Assert.True(channel.TrySend(2) || channel.TrySend(2));
        Assert.Equal(2, (await receive).Value);
    }

    [Fact]
    public async Task WaitToReadAsync_OneOfTwoCancelled_TheOtherIsTold()
    {
        var channel = new Chan<int>();
        ChannelReader<int> reader = channel.Receiver.ToChannelReader();
        using var cancellation = new CancellationTokenSource();
        Task<bool> first = reader.WaitToReadAsync(cancellation.Token).AsTask();
        Task<bool> second = reader.WaitToReadAsync().AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.True(channel.TrySend(1));
        Assert.True(await second.WaitAsync(Limits.Wait));
        Assert.True(reader.TryRead(out _));
    }

    private static async Task<int?> Try(Task<int> read)
    {
        try
        {
            return await read;
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }
}
