using System.Threading.Channels;
using Xunit;

namespace Goroutines.Testing.Tests.Primitives;

public sealed class ChanScheduleTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Chan_TwoSendersTwoReceivers_EachValueOnceAndInOrder(int capacity) => Every.Schedule(
        async () =>
        {
            var channel = new Chan<int>(capacity);
            Goroutine<List<int>>[] receivers = [Go.Run(Receive), Go.Run(Receive)];
            Goroutine[] senders = [Go.Run(() => Send(10)), Go.Run(() => Send(20))];
            foreach (Goroutine sender in senders)
            {
                await sender;
            }

            List<int> one = await receivers[0], two = await receivers[1];
            Assert.Equal([10, 11, 20, 21], one.Concat(two).Order());
            Assert.All(new[] { one, two }, static values => Assert.All([10, 20], from => Assert.True(InOrder(values, from))));

            async ValueTask Send(int from)
            {
                await channel.SendAsync(from);
                await channel.SendAsync(from + 1);
            }

            async ValueTask<List<int>> Receive() => [(await channel.ReceiveAsync()).Value, (await channel.ReceiveAsync()).Value];

            static bool InOrder(List<int> values, int from) => values.Where(value => value / 10 == from / 10).SequenceEqual(values.Where(value => value / 10 == from / 10).Order());
        },
        preemptions: 1);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Chan_SendAgainstClose_DeliversOrThrows(int capacity) => Every.Schedule(async () =>
    {
        var channel = new Chan<int>(capacity);
        Goroutine<bool> sender = Go.Run(async () =>
        {
            try
            {
                await channel.SendAsync(1);
                return true;
            }
            catch (ChannelClosedException)
            {
                return false;
            }
        });
        Goroutine closer = Go.Run(() =>
        {
            channel.Close();
            return ValueTask.CompletedTask;
        });
        (int value, bool ok) = await channel.ReceiveAsync();
        Assert.Equal(await sender, ok);
        Assert.Equal(ok ? 1 : 0, value);
        await closer;
        Assert.False((await channel.ReceiveAsync()).Ok);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Chan_CancelledSend_HasDeliveredNothing(int capacity) => Every.Schedule(async () =>
    {
        var channel = new Chan<int>(capacity);
        using var source = new CancellationTokenSource();
        Goroutine<bool> sender = Go.Run(() => Every.Succeeds(async () =>
        {
            await channel.SendAsync(1, source.Token);
            await channel.SendAsync(2, source.Token);
        }));
        Goroutine canceller = Go.Run(() =>
        {
            source.Cancel();
            return ValueTask.CompletedTask;
        });
        Goroutine<int> receiver = Go.Run(async () =>
        {
            int last = 0;
            await foreach (int value in channel)
            {
                Assert.Equal(last + 1, value);
                last = value;
            }

            return last;
        });
        bool sent = await sender;
        await canceller;
        channel.Close();
        int received = await receiver;
        Assert.True(sent ? received == 2 : received < 2);
    });

    [Fact]
    public void Chan_CancelledReceive_HasConsumedNothing() => Every.Schedule(async () =>
    {
        var channel = new Chan<int>();
        using var source = new CancellationTokenSource();
        bool received = false;
        Goroutine<bool> receiver = Go.Run(() => Every.Succeeds(async () => received = (await channel.ReceiveAsync(source.Token)).Ok));
        Goroutine sender = Go.Run(async () => await channel.SendAsync(1));
        Goroutine canceller = Go.Run(() =>
        {
            source.Cancel();
            return ValueTask.CompletedTask;
        });
        await canceller;
        Assert.Equal(await receiver, received);
        if (!received)
        {
            Assert.Equal(1, (await channel.ReceiveAsync()).Value);
        }

        await sender;
    });

    [Fact]
    public void Chan_SynchronousTryOperations_LoseNothing() => Every.Schedule(
        static async () =>
        {
            var channel = new Chan<int>(1);
            Goroutine<int> sender = Go.Run(() => (channel.TrySend(1) ? 1 : 0) + (channel.TrySend(2) ? 2 : 0));
            Goroutine<int> receiver = Go.Run(() => Take() + Take());
            int sent = await sender, received = await receiver;
            received += Take();
            Assert.Equal(sent, received);

            int Take() => channel.TryReceive(out Received<int> got) ? got.Value : 0;
        },
        preemptions: 2);
}
