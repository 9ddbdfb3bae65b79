using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Selects;

/// <summary>One user at a time, one await for each wait; and waiting for nothing.</summary>
public abstract class SelectUseTests(Place place)
{
    [Fact]
    public Task WaitAsync_NoCases_WaitsUntilCancelled() => place.Run(async () =>
    {
        var select = new Select();
        using var cancellation = new CancellationTokenSource();
        ValueTask<int> wait = select.WaitAsync(cancellation.Token);
        Assert.False(wait.IsCompleted);
        await cancellation.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);
        Assert.Equal(cancellation.Token, thrown.CancellationToken);
    });

    [Fact]
    public Task WaitAsync_NoneEnabled_WaitsUntilCancelled() => place.Run(async () =>
    {
        var ready = new Chan<int>(1);
        await ready.SendAsync(1);
        var select = new Select();
        select.Receive(ready).Enabled = false;
        select.Send(ready, 1).Enabled = false;
        select.Receive(default(Receiver<int>));
        select.Timeout(TimeSpan.Zero).Enabled = false;
        using var cancellation = new CancellationTokenSource();
        ValueTask<int> wait = select.WaitAsync(cancellation.Token);
        Assert.False(wait.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);
        Assert.Equal(1, ready.Count);
    });

    [Fact]
    public Task AnotherWait_WhileOneIsPending_IsInvalidAndTheFirstGoesOn() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        ValueTask<int> wait = select.WaitAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await select.WaitAsync());
        Assert.Throws<InvalidOperationException>(() => select.TryWait(out _));
        Assert.Throws<InvalidOperationException>(() => select.Wait());
        await Assert.ThrowsAsync<InvalidOperationException>(() => Task.Run(async () => await select.WaitAsync()));
        Assert.False(wait.IsCompleted);
        Assert.True(channel.TrySend(1));

        // Its result is there, but not taken: it still has the select.
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await select.WaitAsync());
        Assert.Throws<InvalidOperationException>(() => select.TryWait(out _));
        Assert.Equal(0, await wait);
        Assert.Equal(1, receive.Value);

        wait = select.WaitAsync();
        Assert.True(channel.TrySend(2));
        Assert.Equal(0, await wait);
        Assert.Equal(2, receive.Value);
    });

    [Fact]
    public Task Changes_WhileWaiting_AreInvalid() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        SendCase<int> send = select.Send(new Chan<int>());
        TimeoutCase timeout = select.Timeout(TimeSpan.FromHours(1));
        ValueTask<int> wait = select.WaitAsync();
        Assert.Throws<InvalidOperationException>(() => receive.Enabled = false);
        Assert.Throws<InvalidOperationException>(() => receive.Channel = default);
        Assert.Throws<InvalidOperationException>(() => send.Channel = default);
        Assert.Throws<InvalidOperationException>(() => send.Value = 1);
        Assert.Throws<InvalidOperationException>(() => timeout.After = TimeSpan.Zero);
        Assert.Throws<InvalidOperationException>(() => select.Receive(channel));
        Assert.Throws<InvalidOperationException>(() => select.Send(channel));
        Assert.Throws<InvalidOperationException>(() => select.Timeout(TimeSpan.Zero));
        Assert.True(channel.TrySend(1));
        Assert.Equal(0, await wait);
        receive.Enabled = false;
        timeout.After = TimeSpan.Zero;
        Assert.Equal(2, await select.WaitAsync());
    });

    [Fact]
    public Task Wait_AwaitedASecondTime_IsInvalid() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        ValueTask<int> first = select.WaitAsync();
        Assert.Throws<InvalidOperationException>(() => first.GetAwaiter().GetResult());
        Assert.True(channel.TrySend(1));
        Assert.Equal(0, await first);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await first);

        ValueTask<int> second = select.WaitAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await first);
        Assert.True(first.IsFaulted);
        await Assert.ThrowsAsync<InvalidOperationException>(() => first.AsTask());
        var called = new TaskCompletionSource();
        first.GetAwaiter().OnCompleted(called.SetResult);
        await called.Task.WaitAsync(Limits.Wait);
        Assert.Throws<InvalidOperationException>(() => first.GetAwaiter().GetResult());
        Assert.False(second.IsCompleted);
        Assert.True(channel.TrySend(2));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await first);
        Assert.Equal(0, await second);
        Assert.Equal(2, receive.Value);
    });

    [Fact]
    public Task Wait_AwaitedAgainWhilePending_IsInvalidAndTheFirstAwaitSucceeds() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        ValueTask<int> wait = select.WaitAsync();
        Task<int> first = wait.AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await wait);
        Assert.True(channel.TrySend(1));
        Assert.Equal(0, await first);
        Assert.Equal(1, receive.Value);
    });

    [Fact]
    public Task Waits_OfSeveralSelectsOfOneBody_DoNotDisturbEachOther() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        Select[] selects = [.. Enumerable.Range(0, 10).Select(_ => new Select())];
        ReceiveCase<int>[] cases = [.. selects.Select(select => select.Receive(channel))];
        Task<int>[] waits = [.. selects.Select(select => select.WaitAsync().AsTask())];
        Task sender = place.Start(async () =>
        {
            for (int i = 0; i < selects.Length; i++)
            {
                await channel.SendAsync(i);
            }
        });
        await Task.WhenAll(waits);
        Assert.Equal(Enumerable.Range(0, selects.Length), cases.Select(one => one.Value));
        await sender;
    });

    [Fact]
    public Task Select_HandedFromOneToAnother_Works() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        for (int i = 0; i < 20; i++)
        {
            Task user = i % 2 == 0 ? place.Start(Use) : Task.Run(Use);
            await channel.SendAsync(i);
            await user;
            Assert.Equal(i, receive.Value);
        }

        async Task Use() => Assert.Equal(0, await select.WaitAsync());
    });
}

public sealed class SelectUseInPoolTests() : SelectUseTests(Place.Pool);

public sealed class SelectUseInGoroutineTests() : SelectUseTests(Place.Goroutine);
