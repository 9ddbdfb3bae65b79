using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>
/// Operations that wait are pooled objects behind a version: a second await, or any other use of an operation that is
/// over, throws and never touches the wait of the caller that has the object now.
/// </summary>
public abstract class PendingOperationTests(Place place)
{
    [Fact]
    public Task Receive_AwaitedASecondTime_IsInvalid() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask<Received<int>> receive = channel.ReceiveAsync();
        Assert.True(channel.TrySend(1));
        Assert.Equal(1, (await receive).Value);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await receive);
    });

    [Fact]
    public Task Send_AwaitedASecondTime_IsInvalid() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask send = channel.SendAsync(1);
        Assert.True(channel.TryReceive(out _));
        await send;
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await send);
    });

    [Fact]
    public Task FailedOperations_AwaitedASecondTime_AreInvalid() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        using var cancellation = new CancellationTokenSource();
        ValueTask<Received<int>> cancelled = channel.ReceiveAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await cancelled);

        ValueTask closed = channel.SendAsync(1);
        channel.Close();
        await Assert.ThrowsAsync<System.Threading.Channels.ChannelClosedException>(async () => await closed);
        Assert.Equal(typeof(InvalidOperationException), (await Record.ExceptionAsync(async () => await closed))?.GetType());
    });

    [Fact]
    public Task Receive_AwaitedAgainWhilePending_IsInvalidAndTheFirstAwaitSucceeds() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask<Received<int>> receive = channel.ReceiveAsync();
        Task<Received<int>> first = receive.AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await receive);
        Assert.True(channel.TrySend(1));
        Assert.Equal(1, (await first).Value);
    });

    [Fact]
    public Task Send_AwaitedAgainWhilePending_IsInvalidAndTheFirstAwaitSucceeds() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask send = channel.SendAsync(5);
        Task first = send.AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await send);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await send.ConfigureAwait(false));
        Assert.True(channel.TryReceive(out Received<int> received));
        Assert.Equal(5, received.Value);
        await first;
    });

    [Fact]
    public Task Receive_AwaitedByAnotherAsWell_OneOfThemGetsTheValue() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask<Received<int>> receive = channel.ReceiveAsync();
        Task<Received<int>> mine = Await();
        Task<Received<int>> another = Task.Run(Await);
        await Assert.ThrowsAsync<InvalidOperationException>(() => another);
        Assert.True(channel.TrySend(1));
        Assert.Equal(1, (await mine).Value);

        async Task<Received<int>> Await() => await receive;
    });

    [Fact]
    public Task Receive_ResultTakenByAnother_OneOfThemGetsItAndTheOtherIsTold() => place.Run(async () =>
    {
        // The second awaiter comes when the operation is complete but the first has not gone on yet.
        var channel = new Chan<int>();
        for (int i = 0; i < 20; i++)
        {
            ValueTask<Received<int>> receive = channel.ReceiveAsync();
            Task<int> first = Take();
            Assert.True(channel.TrySend(i));
            Task<int> second = Take();
            Assert.Equal([-1, i], new[] { await first, await second }.Order());

            async Task<int> Take()
            {
                try
                {
                    return (await receive).Value;
                }
                catch (InvalidOperationException)
                {
                    return -1;
                }
            }
        }
    });

    [Fact]
    public Task GetResult_BeforeCompletion_IsInvalidAndChangesNothing() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask<Received<int>> receive = channel.ReceiveAsync();
        Assert.Throws<InvalidOperationException>(() => receive.GetAwaiter().GetResult());
        Assert.Throws<InvalidOperationException>(() => receive.Result);
        Assert.False(receive.IsCompleted);
        Assert.True(channel.TrySend(1));
        Assert.Equal(1, (await receive).Value);

        ValueTask send = channel.SendAsync(2);
        Assert.Throws<InvalidOperationException>(() => send.GetAwaiter().GetResult());
        Assert.True(channel.TryReceive(out _));
        send.GetAwaiter().GetResult();
    });

    [Fact]
    public Task StaleReceive_UsedInEveryWay_IsInvalidAndLeavesItsSuccessorAlone() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask<Received<int>> stale = channel.ReceiveAsync();
        Assert.True(channel.TrySend(0));
        await stale;
        for (int i = 1; i <= 10; i++)
        {
            ValueTask<Received<int>> receive = channel.ReceiveAsync();
            Assert.False(receive.IsCompleted);
            // It has ended, in failure: a status that throws would end the process where the framework asks for it.
            Assert.True(stale.IsCompleted);
            Assert.False(stale.IsCompletedSuccessfully);
            Assert.True(stale.IsFaulted);
            AssertInvalid(() => _ = stale.Result);
            AssertInvalid(() => stale.GetAwaiter().GetResult());
            await AssertGoesOnAndFails(stale.GetAwaiter().OnCompleted, () => stale.GetAwaiter().GetResult());
            await Assert.ThrowsAsync<InvalidOperationException>(() => stale.AsTask());
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await stale);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await stale.ConfigureAwait(false));

            // The same while the successor has its result already.
            Assert.True(channel.TrySend(i));
            AssertInvalid(() => stale.GetAwaiter().GetResult());
            Assert.Equal(new Received<int>(i, true), await receive);
            stale = receive;
        }
    });

    [Fact]
    public Task StaleSend_UsedInEveryWay_IsInvalidAndLeavesItsSuccessorAlone() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask stale = channel.SendAsync(0);
        Assert.True(channel.TryReceive(out _));
        await stale;
        for (int i = 1; i <= 10; i++)
        {
            ValueTask send = channel.SendAsync(i);
            Assert.True(stale.IsCompleted);
            Assert.True(stale.IsFaulted);
            AssertInvalid(() => stale.GetAwaiter().GetResult());
            await AssertGoesOnAndFails(stale.GetAwaiter().OnCompleted, stale.GetAwaiter().GetResult);
            await Assert.ThrowsAsync<InvalidOperationException>(() => stale.AsTask());
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await stale);
            Assert.False(send.IsCompleted);
            Assert.True(channel.TryReceive(out Received<int> received));
            Assert.Equal(i, received.Value);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await stale);
            await send;
            stale = send;
        }
    });

    [Fact]
    public Task StaleAwaits_WhileManyOthersWait_DisturbNone() => place.Run(async () =>
    {
        // Whatever the pool does with the objects: none of the later waits is completed, or stolen, by earlier handles.
        const int Waits = 40;
        var channel = new Chan<int>();
        var stale = new List<ValueTask<Received<int>>>();
        for (int round = 0; round < 5; round++)
        {
            ValueTask<Received<int>>[] receives = [.. Enumerable.Range(0, Waits).Select(_ => channel.ReceiveAsync())];
            foreach (ValueTask<Received<int>> old in stale)
            {
                await Assert.ThrowsAsync<InvalidOperationException>(async () => await old);
            }

            for (int i = 0; i < Waits; i++)
            {
                Assert.False(receives[i].IsCompleted);
                Assert.True(channel.TrySend(i));
            }

            for (int i = 0; i < Waits; i++)
            {
                Assert.Equal(i, (await receives[i]).Value);
            }

            stale.AddRange(receives);
        }
    });

    [Fact]
    public Task Preserve_MakesAnOperationAwaitableTwice() => place.Run(async () =>
    {
        var channel = new Chan<int>();
        ValueTask<Received<int>> receive = channel.ReceiveAsync().Preserve();
        Assert.True(channel.TrySend(3));
        Assert.Equal(3, (await receive).Value);
        Assert.Equal(3, (await receive).Value);
    });

    private static void AssertInvalid(Action use) => Assert.Throws<InvalidOperationException>(use);

    /// <summary>A continuation that is registered too late runs, and finds that there is no result for it.</summary>
    private static async Task AssertGoesOnAndFails(Action<Action> onCompleted, Action getResult)
    {
        var called = new TaskCompletionSource();
        onCompleted(() => called.SetResult());
        await called.Task.WaitAsync(Limits.Wait);
        AssertInvalid(getResult);
    }
}

public sealed class PendingOperationInPoolTests() : PendingOperationTests(Place.Pool);

public sealed class PendingOperationInGoroutineTests() : PendingOperationTests(Place.Goroutine);
