using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>The default views are Go's nil channel.</summary>
public abstract class NilChannelTests(Place place)
{
    [Fact]
    public void Default_IsNilAndEmpty()
    {
        Assert.True(default(Sender<int>).IsNil);
        Assert.True(default(Receiver<int>).IsNil);
        Assert.Equal(0, default(Sender<int>).Count);
        Assert.Equal(0, default(Sender<int>).Capacity);
        Assert.Equal(0, default(Receiver<int>).Count);
        Assert.Equal(0, default(Receiver<int>).Capacity);
    }

    [Fact]
    public Task TrySend_OnNil_IsFalse() => place.Run(() =>
    {
        Assert.False(default(Sender<int>).TrySend(1));
        return Task.CompletedTask;
    });

    [Fact]
    public Task TryReceive_OnNil_IsFalse() => place.Run(() =>
    {
        Assert.False(default(Receiver<int>).TryReceive(out Received<int> received));
        Assert.Equal(default, received);
        return Task.CompletedTask;
    });

    [Fact]
    public Task SendAsync_OnNil_WaitsUntilCancelled() => place.Run(async () =>
    {
        using var cancellation = new CancellationTokenSource();
        ValueTask send = default(Sender<int>).SendAsync(1, cancellation.Token);
        Assert.False(send.IsCompleted);
        await cancellation.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await send);
        Assert.Equal(cancellation.Token, thrown.CancellationToken);
    });

    [Fact]
    public Task ReceiveAsync_OnNil_WaitsUntilCancelled() => place.Run(async () =>
    {
        using var cancellation = new CancellationTokenSource();
        ValueTask<Received<int>> receive = default(Receiver<int>).ReceiveAsync(cancellation.Token);
        Assert.False(receive.IsCompleted);
        await cancellation.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await receive);
        Assert.Equal(cancellation.Token, thrown.CancellationToken);
    });

    [Fact]
    public Task Operations_OnNilWithCancelledToken_AreCancelled() => place.Run(async () =>
    {
        var cancelled = new CancellationToken(true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await default(Sender<int>).SendAsync(1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await default(Receiver<int>).ReceiveAsync(cancelled));
    });

    [Fact]
    public Task Enumeration_OfNil_WaitsUntilCancelled() => place.Run(async () =>
    {
        using var cancellation = new CancellationTokenSource();
        IAsyncEnumerator<int> values = default(Receiver<int>).GetAsyncEnumerator(cancellation.Token);
        ValueTask<bool> next = values.MoveNextAsync();
        Assert.False(next.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        await values.DisposeAsync();
    });

    [Fact]
    public Task Close_OfNil_Throws() => place.Run(() =>
    {
        Assert.Equal("close of nil channel", Assert.ThrowsAny<InvalidOperationException>(() => default(Sender<int>).Close()).Message);
        Assert.Equal("close of nil channel", Assert.ThrowsAny<InvalidOperationException>(() => default(Sender<int>).TryClose()).Message);
        return Task.CompletedTask;
    });

    [Fact]
    public Task ParkedOnNil_OthersGoOn() => place.Run(async () =>
    {
        using var cancellation = new CancellationTokenSource();
        var done = new Chan<int>();
        Task sender = place.Start(async () => await default(Sender<string>).SendAsync("", cancellation.Token));
        Task receiver = place.Start(async () => await default(Receiver<string>).ReceiveAsync(cancellation.Token));
        Task other = place.Start(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await done.SendAsync(i);
            }
        });
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(i, (await done.ReceiveAsync()).Value);
        }

        await other;
        Assert.False(sender.IsCompleted);
        Assert.False(receiver.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sender);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiver);
    });
}

public sealed class NilChannelInPoolTests() : NilChannelTests(Place.Pool);

public sealed class NilChannelInGoroutineTests() : NilChannelTests(Place.Goroutine);
