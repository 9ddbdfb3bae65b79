using Goroutines.Tests.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>Channel operations of goroutines allocate nothing once under way, whether they wait or not.</summary>
[Collection(AloneCollection.Name)]
public class ChanAllocationTests
{
    [Fact]
    public Task Rendezvous_PingPong_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var ping = new Chan<int>();
        var pong = new Chan<int>();
        Goroutine other = Go.Run(async () =>
        {
            while (await ping.ReceiveAsync() is { Ok: true } received)
            {
                await pong.SendAsync(received.Value);
            }
        });
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await ping.SendAsync(i);
                await pong.ReceiveAsync();
            }
        });
        ping.Close();
        await other;
    });

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public Task Buffered_ProducerAndConsumer_AllocateNothing(int capacity) => Isolated.OneAtATimeAsync(async () =>
    {
        var channel = new Chan<long>(capacity);
        Goroutine consumer = Go.Run(async () =>
        {
            while ((await channel.ReceiveAsync()).Ok)
            {
            }
        });
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await channel.SendAsync(i);
            }
        });
        channel.Close();
        await consumer;
    });

    [Fact]
    public Task Buffered_WithoutWaiting_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var channel = new Chan<string>(4);
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await channel.SendAsync("a");
                Assert.True(channel.TrySend("b"));
                await channel.ReceiveAsync();
                Assert.True(channel.TryReceive(out _));
                Assert.False(channel.TryReceive(out _));
            }
        });
    });

    [Fact]
    public Task Views_AllocateNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var channel = new Chan<int>(1);
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await channel.Sender.SendAsync(i);
                await channel.Receiver.ReceiveAsync();
                Assert.False(default(Sender<int>).TrySend(i));
                Assert.False(default(Receiver<int>).TryReceive(out _));
            }
        });
    });

    [Fact]
    public Task AwaitForeach_AllocatesNothingForAValue() => Isolated.OneAtATimeAsync(async () =>
    {
        var channel = new Chan<int>();
        Goroutine consumer = Go.Run(async () =>
        {
            await foreach (int value in channel)
            {
                Assert.True(value >= 0);
            }
        });
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await channel.SendAsync(i);
            }
        });
        channel.Close();
        await consumer;
    });

    [Fact]
    public Task LiveToken_OnOperationsThatWait_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        using var cancellation = new CancellationTokenSource();
        CancellationToken token = cancellation.Token;
        var channel = new Chan<int>();
        Goroutine consumer = Go.Run(async () =>
        {
            while ((await channel.ReceiveAsync(token)).Ok)
            {
            }
        });
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await channel.SendAsync(i, token);
            }
        });
        channel.Close();
        await consumer;
    });

    [Fact]
    public Task ManySenders_OneReceiver_AllocateNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var channel = new Chan<int>(2);
        Goroutine[] senders = [.. Enumerable.Range(0, 8).Select(_ => Go.Run(async () =>
        {
            try
            {
                for (; ; )
                {
                    await channel.SendAsync(1);
                }
            }
            catch (System.Threading.Channels.ChannelClosedException)
            {
            }
        }))];
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await channel.ReceiveAsync();
            }
        });
        channel.Close();
        foreach (Goroutine sender in senders)
        {
            await sender;
        }
    });
}
