using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>Receiving the value alone.</summary>
public class TakeTests
{
    [Fact]
    public Task TakeAsync_ValueThereOrLater_GivesIt() => Isolated.GoAsync(static async () =>
    {
        var ch = new Chan<string>(1);
        await ch.SendAsync("there");
        Assert.Equal("there", await ch.TakeAsync());
        Goroutine<string> taker = Go.Run(async () => await ch.Receiver.TakeAsync());
        await ch.SendAsync("later");
        Assert.Equal("later", await taker);
    });

    [Fact]
    public Task TakeAsync_Closed_DrainsAndThenThrows() => Isolated.GoAsync(static async () =>
    {
        var ch = new Chan<int>(2);
        ch.Send(1);
        ch.Close();
        Assert.Equal(1, await ch.TakeAsync());
        Assert.Equal("receive from closed channel", (await Assert.ThrowsAsync<ChannelClosedException>(async () => await ch.TakeAsync())).Message);
        Assert.Throws<ChannelClosedException>(() => ch.Take());
        Assert.Throws<ChannelClosedException>(() => ch.Receiver.Take());
    });

    [Fact]
    public Task TakeAsync_ClosedWhileWaiting_Throws() => Isolated.GoAsync(static async () =>
    {
        var ch = new Chan<int>();
        Goroutine<int> taker = Go.Run(async () => await ch.TakeAsync());
        Goroutine<int> synchronous = Go.Run(() => ch.Take());
        GoRuntime runtime = GoRuntime.Current;
        await Poll.UntilAsync(() => runtime.Snapshot().Count(static g => g.WaitReason == "chan receive") == 2, "two takers to park");
        ch.Close();
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await taker);
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await synchronous);
    });

    /// <summary>The loop that users of <c>ChannelReader.TryRead</c> write.</summary>
    [Fact]
    public void TryTake_InALoop_EndsOnAClosedChannel()
    {
        var ch = new Chan<int>(3);
        ch.Send(1);
        ch.Send(2);
        ch.Close();
        int sum = 0;
        while (ch.TryTake(out int value))
        {
            sum += value;
        }

        Assert.Equal(3, sum);
        Assert.False(ch.Receiver.TryTake(out int none));
        Assert.Equal(0, none);
        Assert.False(new Chan<string>().TryTake(out string? nothing));
        Assert.Null(nothing);
    }

    [Fact]
    public Task TakeAsync_Cancelled_ConsumesNothing() => Isolated.GoAsync(static async () =>
    {
        var ch = new Chan<int>();
        using var source = new CancellationTokenSource();
        ValueTask<int> take = ch.TakeAsync(source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await take);
        Goroutine sender = Go.Run(async () => await ch.SendAsync(7));
        Assert.Equal(7, await ch.TakeAsync());
        await sender;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ch.TakeAsync(source.Token));
    });

    [Fact]
    public Task TakeAsync_NilChannel_WaitsUntilCancelled() => Isolated.GoAsync(static async () =>
    {
        using var source = new CancellationTokenSource();
        ValueTask<int> take = default(Receiver<int>).TakeAsync(source.Token);
        Assert.False(take.IsCompleted);
        Assert.False(default(Receiver<int>).TryTake(out _));
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await take);
    });

    [Fact]
    public Task TakeAsync_AwaitedTwice_Throws() => Isolated.GoAsync(static async () =>
    {
        var ch = new Chan<int>();
        ValueTask<int> take = ch.TakeAsync();
        Goroutine sender = Go.Run(async () => await ch.SendAsync(1));
        Assert.Equal(1, await take);
        await sender;
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await take);
    });

    [Fact]
    public Task TakeAsync_SteadyState_AllocatesNothing() => Isolated.OneAtATimeAsync(static async () =>
    {
        var there = new Chan<int>();
        var back = new Chan<int>();
        Go.Spawn(async () =>
        {
            while (true)
            {
                await back.SendAsync(await there.TakeAsync());
            }
        });
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await there.SendAsync(i);
                await back.TakeAsync();
            }
        });
    });
}
