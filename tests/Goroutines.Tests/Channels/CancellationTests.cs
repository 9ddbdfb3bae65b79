using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>A cancelled operation throws, and has consumed or delivered nothing.</summary>
public abstract class CancellationTests(Place place)
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public Task SendAsync_TokenAlreadyCancelled_ThrowsAndSendsNothing(int capacity) => place.Run(async () =>
    {
        var channel = new Chan<int>(capacity);
        var cancelled = new CancellationToken(true);

        // No receiver waits, then one does: the token goes first either way.
        ValueTask send = channel.SendAsync(1, cancelled);
        Assert.True(send.IsCanceled);
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await send);
        Assert.Equal(cancelled, thrown.CancellationToken);

        ValueTask<Received<int>> receive = channel.ReceiveAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await channel.SendAsync(2, cancelled));
        Assert.False(receive.IsCompleted);
        Assert.Equal(0, channel.Count);
        await channel.SendAsync(3);
        Assert.Equal(3, (await receive).Value);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public Task ReceiveAsync_TokenAlreadyCancelled_ThrowsAndTakesNothing(int capacity) => place.Run(async () =>
    {
        var channel = new Chan<int>(capacity);
        var cancelled = new CancellationToken(true);
        ValueTask send = channel.SendAsync(1);
        ValueTask<Received<int>> receive = channel.ReceiveAsync(cancelled);
        Assert.True(receive.IsCanceled);
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await receive);
        Assert.Equal(cancelled, thrown.CancellationToken);
        Assert.Equal(1, (await channel.ReceiveAsync()).Value);
        await send;
    });

    [Fact]
    public Task Operations_ClosedChannelAndCancelledToken_AreCancelled() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        channel.Close();
        var cancelled = new CancellationToken(true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await channel.SendAsync(1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await channel.ReceiveAsync(cancelled));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public Task SendAsync_CancelledWhileWaiting_ThrowsAndSendsNothing(int capacity) => place.Run(async () =>
    {
        var channel = new Chan<int>(capacity);
        for (int i = 0; i < capacity; i++)
        {
            await channel.SendAsync(i);
        }

        using var cancellation = new CancellationTokenSource();
        ValueTask before = channel.SendAsync(10);
        ValueTask cancelled = channel.SendAsync(11, cancellation.Token);
        ValueTask after = channel.SendAsync(12);
        Assert.False(cancelled.IsCompleted);
        await cancellation.CancelAsync();
        Assert.True(cancelled.IsCanceled);
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);
        Assert.Equal(cancellation.Token, thrown.CancellationToken);

        int[] expected = [.. Enumerable.Range(0, capacity), 10, 12];
        foreach (int value in expected)
        {
            Assert.Equal(value, (await channel.ReceiveAsync()).Value);
        }

        Assert.False(channel.TryReceive(out _));
        await before;
        await after;
    });

    [Fact]
    public Task ReceiveAsync_CancelledWhileWaiting_ThrowsAndTheOthersGetTheValues() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        using var cancellation = new CancellationTokenSource();
        ValueTask<Received<int>> first = channel.ReceiveAsync();
        ValueTask<Received<int>> cancelled = channel.ReceiveAsync(cancellation.Token);
        ValueTask<Received<int>> last = channel.ReceiveAsync();
        await cancellation.CancelAsync();
        Assert.True(cancelled.IsCanceled);
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);
        Assert.Equal(cancellation.Token, thrown.CancellationToken);
        await channel.SendAsync(1);
        await channel.SendAsync(2);
        Assert.False(channel.TrySend(3));
        Assert.Equal(1, (await first).Value);
        Assert.Equal(2, (await last).Value);
    });

    [Fact]
    public Task Cancel_EveryPlaceInTheQueue_LeavesTheOthersInOrder() => place.Run(async () =>
    {
        // First, middle, last, only: the queue's links are right after each.
        const int Waiters = 5;
        for (int leave = 0; leave < 1 << Waiters; leave++)
        {
            var channel = new Chan<int>();
            using var cancellation = new CancellationTokenSource();
            int gone = leave;
            ValueTask[] sends = [.. Enumerable.Range(0, Waiters)
                .Select(i => channel.SendAsync(i, (gone >> i & 1) != 0 ? cancellation.Token : default))];
            await cancellation.CancelAsync();
            for (int i = 0; i < Waiters; i++)
            {
                if ((leave >> i & 1) != 0)
                {
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sends[i]);
                }
                else
                {
                    Assert.True(channel.TryReceive(out Received<int> received));
                    Assert.Equal(i, received.Value);
                    await sends[i];
                }
            }

            Assert.False(channel.TryReceive(out _));
            ValueTask<Received<int>> receive = channel.ReceiveAsync();
            Assert.True(channel.TrySend(99));
            Assert.Equal(99, (await receive).Value);
        }
    });

    [Fact]
    public Task Cancel_AfterCompletion_ChangesNothing() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        using var cancellation = new CancellationTokenSource();
        ValueTask<Received<int>> receive = channel.ReceiveAsync(cancellation.Token);
        Assert.True(channel.TrySend(1));
        await cancellation.CancelAsync();
        Assert.Equal(new Received<int>(1, true), await receive);

        using var second = new CancellationTokenSource();
        ValueTask send = channel.SendAsync(2, second.Token);
        Assert.True(channel.TryReceive(out _));
        await second.CancelAsync();
        await send;

        using var third = new CancellationTokenSource();
        ValueTask closed = channel.SendAsync(3, third.Token);
        channel.Close();
        await third.CancelAsync();
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await closed);
    });

    [Fact]
    public Task Cancel_AfterTheResultWasTaken_LeavesTheNextOperationAlone() => place.Run(async () =>
    {
        // The pooled object of the operation before has been reused by now: its token must be unlinked.
        var channel = new Chan<int>();
        using var stale = new CancellationTokenSource();
        for (int i = 0; i < 10; i++)
        {
            ValueTask<Received<int>> first = channel.ReceiveAsync(stale.Token);
            Assert.True(channel.TrySend(i));
            Assert.Equal(i, (await first).Value);
        }

        ValueTask<Received<int>>[] next = [.. Enumerable.Range(0, 10).Select(_ => channel.ReceiveAsync())];
        await stale.CancelAsync();
        for (int i = 0; i < next.Length; i++)
        {
            Assert.False(next[i].IsCompleted);
            Assert.True(channel.TrySend(i));
            Assert.Equal(i, (await next[i]).Value);
        }
    });

    [Fact]
    public Task Cancel_WhileParked_WakesTheWaiter() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        using var cancellation = new CancellationTokenSource();
        Task receiver = place.Start(async () => await channel.ReceiveAsync(cancellation.Token));
        Task canceller = place.Start(cancellation.CancelAsync);
        await canceller;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiver);
    });

    [Fact]
    public Task Token_LiveButNeverCancelled_LetsTheOperationSucceed() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        using var cancellation = new CancellationTokenSource();
        Task sender = place.Start(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await channel.SendAsync(i, cancellation.Token);
            }
        });
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(i, (await channel.ReceiveAsync(cancellation.Token)).Value);
        }

        await sender;
    });
}

public sealed class CancellationInPoolTests() : CancellationTests(Place.Pool);

public sealed class CancellationInGoroutineTests() : CancellationTests(Place.Goroutine);
