using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Selects;

/// <summary>The first look: cases that can go on at once.</summary>
public abstract class SelectReadyTests(Place place)
{
    [Fact]
    public Task WaitAsync_BufferedValue_IsReceived() => place.Run(async () =>
    {
        var channel = new Chan<int>(1);
        await channel.SendAsync(7);
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel.Receiver);
        ValueTask<int> wait = select.WaitAsync();
        Assert.True(wait.IsCompletedSuccessfully);
        Assert.Equal(0, await wait);
        Assert.True(receive.Selected);
        Assert.Equal(7, receive.Value);
        Assert.True(receive.Ok);
        Assert.Equal(0, channel.Count);
    });

    [Fact]
    public Task WaitAsync_RoomInTheBuffer_IsSentTo() => place.Run(async () =>
    {
        var channel = new Chan<int>(1);
        var select = new Select();
        SendCase<int> send = select.Send(channel.Sender, 7);
        ValueTask<int> wait = select.WaitAsync();
        Assert.True(wait.IsCompletedSuccessfully);
        Assert.Equal(0, await wait);
        Assert.True(send.Selected);
        Assert.Equal(7, (await channel.ReceiveAsync()).Value);
        Assert.False(channel.TryReceive(out _));
    });

    [Fact]
    public Task WaitAsync_PartnerWaits_MeetsIt() => place.Run(async () =>
    {
        var incoming = new Chan<string>();
        var outgoing = new Chan<string>();
        var select = new Select();
        ReceiveCase<string> receive = select.Receive(incoming);
        select.Send(outgoing, "out");

        ValueTask send = incoming.SendAsync("in");
        Assert.Equal(0, await select.WaitAsync());
        Assert.Equal("in", receive.Value);
        Assert.True(send.IsCompletedSuccessfully);
        await send;

        ValueTask<Received<string>> taken = outgoing.ReceiveAsync();
        Assert.Equal(1, await select.WaitAsync());
        Assert.Equal("out", (await taken).Value);
        Assert.False(receive.Selected);
    });

    [Fact]
    public Task WaitAsync_SeveralReady_PerformsOneAndLeavesTheRest() => place.Run(async () =>
    {
        Chan<int>[] channels = [new(1), new(1), new(1)];
        for (int i = 0; i < channels.Length; i++)
        {
            await channels[i].SendAsync(i);
        }

        var select = new Select();
        ReceiveCase<int>[] cases = [.. channels.Select(channel => select.Receive(channel))];
        var chosen = new List<int>();
        for (int left = channels.Length; left > 0; left--)
        {
            Assert.Equal(left, channels.Sum(channel => channel.Count));
            int index = await select.WaitAsync();
            Assert.Equal(index, cases[index].Value);
            Assert.Equal([index], cases.Where(one => one.Selected).Select(one => one.Index));
            chosen.Add(index);
        }

        Assert.Equal([0, 1, 2], chosen.Order());
        Assert.False(select.TryWait(out _));
    });

    [Fact]
    public Task WaitAsync_FullBufferWithWaitingSender_MovesTheSenderIn() => place.Run(async () =>
    {
        var channel = new Chan<int>(1);
        await channel.SendAsync(1);
        ValueTask second = channel.SendAsync(2);
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        Assert.Equal(0, await select.WaitAsync());
        Assert.Equal(1, receive.Value);
        Assert.True(second.IsCompletedSuccessfully);
        await second;
        Assert.Equal(0, await select.WaitAsync());
        Assert.Equal(2, receive.Value);
    });

    [Fact]
    public Task TryWait_NothingReady_IsFalseAndLeavesNoTrace() => place.Run(async () =>
    {
        var incoming = new Chan<int>();
        var outgoing = new Chan<int>();
        var full = new Chan<int>(1);
        await full.SendAsync(0);
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(incoming);
        SendCase<int> send = select.Send(outgoing, 1);
        select.Send(full, 1);
        select.Timeout(TimeSpan.FromHours(1));
        for (int i = 0; i < 3; i++)
        {
            Assert.False(select.TryWait(out _));
            Assert.False(receive.Selected);
            Assert.False(send.Selected);
        }

        // Nothing of it is left in the channels' queues.
        Assert.False(incoming.TrySend(1));
        Assert.False(outgoing.TryReceive(out _));
        Assert.Equal(1, full.Count);
    });

    [Fact]
    public Task TryWait_SomethingReady_PerformsIt() => place.Run(async () =>
    {
        var incoming = new Chan<int>(1);
        var outgoing = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(incoming);
        select.Send(outgoing, 5);

        await incoming.SendAsync(3);
        Assert.True(select.TryWait(out int index));
        Assert.Equal(0, index);
        Assert.Equal(3, receive.Value);
        Assert.True(receive.Ok);

        ValueTask<Received<int>> taken = outgoing.ReceiveAsync();
        Assert.True(select.TryWait(out index));
        Assert.Equal(1, index);
        Assert.Equal(5, (await taken).Value);
        Assert.False(select.TryWait(out _));
    });

    [Fact]
    public Task TryWait_NoCases_IsFalse() => place.Run(() =>
    {
        var select = new Select();
        Assert.False(select.TryWait(out _));
        select.Receive(default(Receiver<int>));
        Assert.False(select.TryWait(out _));
        return Task.CompletedTask;
    });

    [Fact]
    public Task TryWait_LoopWithDefault_GoesOnUntilSomethingComes() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        Task sender = place.Start(async () => await channel.SendAsync(4));
        while (!select.TryWait(out _))
        {
            await (Go.CurrentId == 0 ? new ValueTask(Task.Delay(1)) : Go.Yield());
        }

        Assert.Equal(4, receive.Value);
        await sender;
    });
}

public sealed class SelectReadyInPoolTests() : SelectReadyTests(Place.Pool);

public sealed class SelectReadyInGoroutineTests() : SelectReadyTests(Place.Goroutine);
