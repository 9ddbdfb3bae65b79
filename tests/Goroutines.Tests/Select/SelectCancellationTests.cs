using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Selects;

/// <summary>A cancelled wait throws, and has performed no case.</summary>
public abstract class SelectCancellationTests(Place place)
{
    [Fact]
    public Task WaitAsync_TokenAlreadyCancelled_ThrowsAndPerformsNothing() => place.Run(async () =>
    {
        var input = new Chan<int>(1);
        var output = new Chan<int>(1);
        await input.SendAsync(1);
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(input);
        SendCase<int> send = select.Send(output, 1);
        var cancelled = new CancellationToken(true);
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await select.WaitAsync(cancelled));
        Assert.Equal(cancelled, thrown.CancellationToken);
        Assert.Equal(1, input.Count);
        Assert.Equal(0, output.Count);
        Assert.False(receive.Selected);
        Assert.False(send.Selected);
        int[] both = [await select.WaitAsync(), await select.WaitAsync()];
        Assert.Equal([0, 1], both.Order());
    });

    [Fact]
    public Task WaitAsync_CancelledWhileWaiting_LeavesEveryQueue() => place.Run(async () =>
    {
        var input = new Chan<int>();
        var output = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(input);
        SendCase<int> send = select.Send(output, 1);
        for (int i = 0; i < 10; i++)
        {
            using var cancellation = new CancellationTokenSource();
            ValueTask<int> wait = select.WaitAsync(cancellation.Token);
            await cancellation.CancelAsync();
            Assert.True(wait.IsCompleted);

            // Also before the cancellation was seen by its awaiter, nobody can meet it.
            Assert.False(input.TrySend(1));
            Assert.False(output.TryReceive(out _));
            var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);
            Assert.Equal(cancellation.Token, thrown.CancellationToken);
            Assert.False(receive.Selected);
            Assert.False(send.Selected);
            Assert.False(input.TrySend(1));
            Assert.False(output.TryReceive(out _));
        }

        ValueTask<int> last = select.WaitAsync();
        Assert.True(input.TrySend(5));
        Assert.Equal(0, await last);
        Assert.Equal(5, receive.Value);
    });

    [Fact]
    public Task Cancel_AfterACaseWasChosen_ChangesNothing() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        using var cancellation = new CancellationTokenSource();
        ValueTask<int> wait = select.WaitAsync(cancellation.Token);
        Assert.True(channel.TrySend(4));
        await cancellation.CancelAsync();
        Assert.Equal(0, await wait);
        Assert.Equal(4, receive.Value);
    });

    [Fact]
    public Task Cancel_TokenOfAnEarlierWait_LeavesTheNextAlone() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        var select = new Select();
        select.Receive(channel);
        using var stale = new CancellationTokenSource();
        for (int i = 0; i < 5; i++)
        {
            ValueTask<int> wait = select.WaitAsync(stale.Token);
            Assert.True(channel.TrySend(i));
            Assert.Equal(0, await wait);
        }

        ValueTask<int> next = select.WaitAsync();
        await stale.CancelAsync();
        Assert.False(next.IsCompleted);
        Assert.True(channel.TrySend(9));
        Assert.Equal(0, await next);
    });

    [Fact]
    public Task Cancel_WhileParked_WakesTheWaiter() => place.Run(async () =>
    {
        var never = new Chan<int>();
        using var cancellation = new CancellationTokenSource();
        Task waiter = place.Start(async () =>
        {
            var select = new Select();
            select.Receive(never);
            select.Send(never, 1);
            select.Timeout(TimeSpan.FromHours(1));
            await select.WaitAsync(cancellation.Token);
        });
        await place.Start(cancellation.CancelAsync);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiter);
    });

    [Fact]
    public Task Cancel_OfTheOtherSide_IsNoPartner() => place.Run(async () =>
    {
        // A plain sender that was cancelled is gone when the select looks.
        var channel = new Chan<int>();
        using var cancellation = new CancellationTokenSource();
        ValueTask send = channel.SendAsync(1, cancellation.Token);
        await cancellation.CancelAsync();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        Assert.False(select.TryWait(out _));
        ValueTask<int> wait = select.WaitAsync();
        Assert.False(wait.IsCompleted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await send);
        Assert.True(channel.TrySend(2));
        await wait;
        Assert.Equal(2, receive.Value);
    });
}

public sealed class SelectCancellationInPoolTests() : SelectCancellationTests(Place.Pool);

public sealed class SelectCancellationInGoroutineTests() : SelectCancellationTests(Place.Goroutine);
