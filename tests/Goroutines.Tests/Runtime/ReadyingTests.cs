using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>Making a goroutine ready always queues it: the thread that wakes it never runs its code inside its own call.</summary>
public class ReadyingTests
{
    [Fact]
    public Task ChannelOperation_FromAGoroutine_DoesNotRunTheOtherInline() => Isolated.OneAtATimeAsync(async () =>
    {
        var values = new Chan<int>();
        int received = 0;
        var receiver = Go.Run(async () => received = (await values.ReceiveAsync()).Value);
        while (!values.TrySend(7))
        {
            await Go.Yield();
        }

        Assert.Equal(0, received);
        await receiver;
        Assert.Equal(7, received);
    });

    [Fact]
    public Task ChannelOperation_FromAThread_DoesNotRunTheGoroutineThere() => WokenElsewhere(
        (gate, _, _) => Assert.True(gate.TrySend(1)),
        async (gate, _, _) => await gate.ReceiveAsync());

    [Fact]
    public Task Close_FromAThread_DoesNotRunTheGoroutineThere() => WokenElsewhere(
        (gate, _, _) => gate.Close(),
        async (gate, _, _) => await gate.ReceiveAsync());

    [Fact]
    public Task SelectedCase_FromAThread_DoesNotRunTheGoroutineThere() => WokenElsewhere(
        (gate, _, _) => Assert.True(gate.TrySend(1)),
        async (gate, _, _) => await new Select().Receive(gate, out _).WaitAsync());

    [Fact]
    public Task Cancellation_FromAThread_DoesNotRunTheGoroutineThere() => WokenElsewhere(
        (_, _, cts) => cts.Cancel(),
        async (gate, _, cts) => await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await gate.ReceiveAsync(cts.Token)));

    [Fact]
    public Task CancelledSleep_FromAThread_DoesNotRunTheGoroutineThere() => WokenElsewhere(
        (_, _, cts) => cts.Cancel(),
        async (_, _, cts) => await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Go.SleepAsync(Timeout.InfiniteTimeSpan, cts.Token)));

    [Fact]
    public Task ForeignTask_CompletedByAThread_DoesNotRunTheGoroutineThere() => WokenElsewhere(
        (_, task, _) => task.SetResult(),
        async (_, task, _) => await task.Task);

    private static Task WokenElsewhere(
        Action<Chan<int>, TaskCompletionSource, CancellationTokenSource> wake,
        Func<Chan<int>, TaskCompletionSource, CancellationTokenSource, Task> wait) => Isolated.RunAsync(async runtime =>
    {
        var gate = new Chan<int>();

        // Without RunContinuationsAsynchronously, so that only the goroutine's context keeps the continuation off the waker.
        var task = new TaskCompletionSource();
        using var cts = new CancellationTokenSource();
        int resumedOn = 0;
        long resumedAs = 0;
        var handle = runtime.Run(async () =>
        {
            await wait(gate, task, cts);
            resumedOn = Environment.CurrentManagedThreadId;
            resumedAs = Go.CurrentId;
        });
        await Poll.UntilAsync(
            () => runtime.Snapshot().Any(info => info.Id == handle.Id && info.Status == GoroutineStatus.Waiting),
            "the goroutine to wait");

        int waker = await PlainThread.Run(() =>
        {
            wake(gate, task, cts);
            return Environment.CurrentManagedThreadId;
        });
        await handle.JoinAsync();

        Assert.Equal(handle.Id, resumedAs);
        Assert.NotEqual(waker, resumedOn);
    });
}
