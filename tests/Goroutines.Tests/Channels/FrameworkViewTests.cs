using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>A view as a framework channel on one side, Go's operations on the other.</summary>
public abstract class FrameworkViewTests(Place place)
{
    [Fact]
    public Task Writer_Completed_ClosesTheChannel() => place.Run(async () =>
    {
        var channel = new Chan<int>(2);
        ChannelWriter<int> writer = channel.Sender.ToChannelWriter();
        await writer.WriteAsync(1);
        Assert.True(writer.TryComplete());
        Assert.Throws<ChannelClosedException>(channel.Close);
        Assert.Equal(new Received<int>(1, true), await channel.ReceiveAsync());
        Assert.Equal(default, await channel.ReceiveAsync());
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await channel.SendAsync(2));
    });

    [Fact]
    public Task Channel_Closed_CompletesTheViews() => place.Run(async () =>
    {
        var channel = new Chan<int>(2);
        ChannelReader<int> reader = channel.Receiver.ToChannelReader();
        ChannelWriter<int> writer = channel.Sender.ToChannelWriter();
        await channel.SendAsync(1);
        channel.Close();
        Assert.False(writer.TryComplete());
        Assert.False(writer.TryWrite(2));
        Assert.False(reader.Completion.IsCompleted);
        Assert.Equal(1, (await channel.ReceiveAsync()).Value);
        await reader.Completion;
        Assert.False(await reader.WaitToReadAsync());
    });

    [Fact]
    public Task Views_MadeAfterTheClose_AreComplete() => place.Run(async () =>
    {
        var channel = new Chan<int>(1);
        await channel.SendAsync(1);
        channel.Close();
        ChannelReader<int> reader = channel.Receiver.ToChannelReader();
        Assert.False(reader.Completion.IsCompleted);
        Assert.True(reader.TryRead(out _));
        await reader.Completion;

        var empty = new Chan<int>();
        empty.Close();
        await empty.Receiver.ToChannelReader().Completion;
        Assert.False(await empty.Sender.ToChannelWriter().WaitToWriteAsync());
    });

    [Fact]
    public Task TryComplete_WithError_GoSidesSeeAnOrdinaryClose() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask<Received<int>> receive = channel.ReceiveAsync();
        var error = new InvalidDataException("because");
        Assert.True(channel.Sender.ToChannelWriter().TryComplete(error));
        Assert.Equal(default, await receive);
        Assert.Equal(default, await channel.ReceiveAsync());
        var thrown = await Assert.ThrowsAsync<ChannelClosedException>(async () => await channel.SendAsync(1));
        Assert.Equal("send on closed channel", thrown.Message);
    });

    [Fact]
    public Task Reader_OnARendezvous_ServesWaitingSenders() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ChannelReader<int> reader = channel.Receiver.ToChannelReader();
        Task sender = place.Start(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await channel.SendAsync(i);
            }

            channel.Close();
        });
        int expected = 0;
        await foreach (int value in reader.ReadAllAsync())
        {
            Assert.Equal(expected++, value);
        }

        Assert.Equal(100, expected);
        await sender;
        await reader.Completion;
    });

    [Fact]
    public Task Writer_OnARendezvous_ServesWaitingReceivers() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ChannelWriter<int> writer = channel.Sender.ToChannelWriter();
        Assert.False(writer.TryWrite(0));
        Task receiver = place.Start(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                Assert.Equal(i, (await channel.ReceiveAsync()).Value);
            }
        });
        for (int i = 0; i < 100; i++)
        {
            while (!writer.TryWrite(i))
            {
                Assert.True(await writer.WaitToWriteAsync());
            }
        }

        await receiver;
    });

    [Fact]
    public Task WaitToWriteAsync_EveryWayOfMakingRoom_IsTold() => place.Run(async () =>
    {
        var channel = new Chan<int>(1);
        ChannelWriter<int> writer = channel.Sender.ToChannelWriter();
        Func<Task>[] makeRoom =
        [
            async () => await channel.ReceiveAsync(),
            () => Task.FromResult(channel.TryReceive(out _)),
            async () =>
            {
                var select = new Select();
                select.Receive(channel);
                await select.WaitAsync();
            },
            async () => Assert.True(await channel.GetAsyncEnumerator().MoveNextAsync()),
            async () => await channel.Receiver.ToChannelReader().ReadAsync(),
            () => Task.FromResult(channel.Receive()),
        ];
        foreach (Func<Task> make in makeRoom)
        {
            Assert.True(writer.TryWrite(1));
            Task<bool> wait = writer.WaitToWriteAsync().AsTask();
            Assert.False(wait.IsCompleted);
            await make();
            Assert.True(await wait);
        }
    });

    [Fact]
    public Task WaitToWriteAsync_OnARendezvous_EveryWayOfReceivingIsTold() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ChannelWriter<int> writer = channel.Sender.ToChannelWriter();
        Func<Task>[] receives =
        [
            async () => await channel.ReceiveAsync(),
            async () =>
            {
                var select = new Select();
                select.Receive(channel);
                await select.WaitAsync();
            },
            async () => Assert.True(await channel.GetAsyncEnumerator().MoveNextAsync()),
            async () => await channel.Receiver.ToChannelReader().ReadAsync(),
        ];
        foreach (Func<Task> receive in receives)
        {
            Task<bool> wait = writer.WaitToWriteAsync().AsTask();
            Assert.False(wait.IsCompleted);
            Task receiving = receive();
            Assert.True(await wait);
            Assert.True(writer.TryWrite(1));
            await receiving;
        }
    });

    [Fact]
    public Task Views_OfNil_AreInvalid() => place.Run(() =>
    {
        Assert.ThrowsAny<InvalidOperationException>(() => default(Sender<int>).ToChannelWriter());
        Assert.ThrowsAny<InvalidOperationException>(() => default(Receiver<int>).ToChannelReader());
        return Task.CompletedTask;
    });
}

public sealed class FrameworkViewInPoolTests() : FrameworkViewTests(Place.Pool);

public sealed class FrameworkViewInGoroutineTests() : FrameworkViewTests(Place.Goroutine);
