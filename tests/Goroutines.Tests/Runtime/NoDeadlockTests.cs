using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>What can still wake a goroutine, and so is no deadlock however long it takes.</summary>
[Collection(AloneCollection.Name)]
public class NoDeadlockTests
{
    /// <summary>More than the quiet that the scheduler needs to call it a deadlock; a wrong report would come within it.</summary>
    private static readonly TimeSpan s_longEnough = TimeSpan.FromMilliseconds(150);

    [Fact]
    public Task PendingSleep_IsWaitedFor() => Passes(async () =>
    {
        var channel = new Chan<int>();
        Go.Spawn(async () =>
        {
            await Go.SleepAsync(s_longEnough);
            await channel.SendAsync(1);
        });
        await channel.ReceiveAsync();
    });

    [Fact]
    public Task OwnSleep_IsWaitedFor() => Passes(async () => await Go.SleepAsync(s_longEnough));

    [Fact]
    public Task After_IsWaitedFor() => Passes(async () => await Go.After(s_longEnough).ReceiveAsync());

    [Fact]
    public Task SelectTimeout_IsWaitedFor() => Passes(async () =>
    {
        var never = new Chan<int>();
        Assert.Equal(1, await new Select().Receive(never, out _).Timeout(s_longEnough, out _).WaitAsync());
    });

    [Fact]
    public Task TaskDelay_IsWaitedFor() => Passes(async () => await Task.Delay(s_longEnough));

    [Fact]
    public Task TaskDelayOfAnotherGoroutine_IsWaitedFor() => Passes(async () =>
    {
        var channel = new Chan<int>();
        Go.Spawn(async () =>
        {
            await Task.Delay(s_longEnough);
            await channel.SendAsync(1);
        });
        await channel.ReceiveAsync();
    });

    [Fact]
    public Task CompletionSourceOfAnotherThread_IsWaitedFor() => Passes(async () =>
    {
        var completion = new TaskCompletionSource();
        _ = Later(completion.SetResult);
        await completion.Task;
    });

    [Fact]
    public Task ConfigureAwaitFalse_IsWaitedFor() => Passes(async () =>
    {
        var channel = new Chan<int>();
        Go.Spawn(async () =>
        {
            await Task.Delay(s_longEnough).ConfigureAwait(false);
            await channel.SendAsync(1);
        });
        await channel.ReceiveAsync();
    });

    [Fact]
    public Task MainLeftByConfigureAwaitFalse_IsWaitedFor() => Passes(async () =>
    {
        await Task.Delay(s_longEnough).ConfigureAwait(false);
        await Task.Delay(s_longEnough).ConfigureAwait(false);
    });

    [Fact]
    public Task SeveralForeignTasks_AreWaitedFor() => Passes(async () =>
    {
        await Task.WhenAll(Wait(), Wait(), Task.Run(Wait));

        static async Task Wait() => await Task.Delay(s_longEnough);
    });

    [Fact]
    public Task TaskRunThatSends_IsWaitedFor() => Passes(async () =>
    {
        var channel = new Chan<int>();
        var sender = Task.Run(async () =>
        {
            await Task.Delay(s_longEnough);
            await channel.SendAsync(7);
        });
        var values = Go.Run(async () => (await channel.ReceiveAsync()).Value);
        await sender;
        Assert.Equal(7, await values);
    });

    [Fact]
    public Task PlainThreadWaitingOnAChannel_IsWaitedFor() => Passes(async () =>
    {
        var there = new Chan<int>();
        var back = new Chan<int>();
        var thread = PlainThread.Run(() => back.Send(there.Receive().Value)); // which alone wakes main
        _ = Later(() => there.Send(3));
        Assert.Equal(3, (await back.ReceiveAsync()).Value);
        await thread;
    });

    [Fact]
    public Task TaskWaitingOnAChannel_IsWaitedFor() => Passes(async () =>
    {
        var there = new Chan<int>();
        var back = new Chan<int>();
        var task = Task.Run(async () => await back.SendAsync((await there.ReceiveAsync()).Value));
        _ = Later(() => there.Send(4));
        Assert.Equal(4, (await back.ReceiveAsync()).Value);
        await task;
    });

    [Fact]
    public Task PlainThreadThatWaitsForEver_IsADeadlock() => Isolated.RunAsync(async runtime =>
    {
        // The thread waits for what nobody sends, and has nothing to do with main.
        var never = new Chan<int>();
        var thread = PlainThread.Run(() => never.Receive().Ok);
        await Poll.UntilAsync(() => never.HasReceivers, "the thread to wait");
        await Assert.ThrowsAsync<DeadlockException>(() => PlainThread.Run(() => runtime.Main(static async () => (await new Chan<int>().ReceiveAsync()).Value)));
        never.Close();
        Assert.False(await thread);
    });

    [Fact]
    public Task TaskThatWaitsForEver_IsADeadlock() => Isolated.RunAsync(async runtime =>
    {
        var never = new Chan<int>();
        var task = Task.Run(async () => (await never.ReceiveAsync()).Ok);
        await Poll.UntilAsync(() => never.HasReceivers, "the task to wait");
        await Assert.ThrowsAsync<DeadlockException>(() => PlainThread.Run(() => runtime.Main(static async () => (await new Chan<int>().ReceiveAsync()).Value)));
        never.Close();
        Assert.False(await task);
    });

    [Fact]
    public Task ReceiveWithALiveToken_IsWaitedFor() => Passes(async () =>
    {
        using var cts = new CancellationTokenSource(s_longEnough);
        var never = new Chan<int>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await never.ReceiveAsync(cts.Token));
    });

    [Fact]
    public Task SendWithALiveToken_IsWaitedFor() => Passes(async () =>
    {
        using var cts = new CancellationTokenSource();
        var never = new Chan<int>();
        _ = Later(cts.Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await never.SendAsync(1, cts.Token));
    });

    [Fact]
    public Task SelectWithALiveToken_IsWaitedFor() => Passes(async () =>
    {
        using var cts = new CancellationTokenSource(s_longEnough);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await new Select().WaitAsync(cts.Token));
    });

    [Fact]
    public Task EndlessSleepWithALiveToken_IsWaitedFor() => Passes(async () =>
    {
        using var cts = new CancellationTokenSource(s_longEnough);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Go.SleepAsync(Timeout.InfiniteTimeSpan, cts.Token));
    });

    [Fact]
    public Task JoinWithALiveToken_IsWaitedFor() => Passes(async () =>
    {
        using var cts = new CancellationTokenSource(s_longEnough);
        var never = new Chan<int>();
        var handle = Go.Run(async () => await never.ReceiveAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await handle.JoinAsync(cts.Token));
    });

    [Fact]
    public Task BlockingRegion_IsWaitedFor() => Passes(async () =>
    {
        var channel = new Chan<int>();
        Go.Spawn(async () =>
        {
            Go.Blocking(() => Thread.Sleep(s_longEnough));
            await channel.SendAsync(1);
        });
        await channel.ReceiveAsync();
    });

    [Fact]
    public Task ManagedWait_IsWaitedFor() => Passes(async () =>
    {
        var channel = new Chan<int>();
        using var done = new ManualResetEventSlim();
        _ = Later(done.Set);
        Go.Spawn(async () =>
        {
            done.Wait();
            await channel.SendAsync(1);
        });
        await channel.ReceiveAsync();
    });

    [Fact]
    public Task HiddenSleep_IsWaitedFor() => Passes(async () =>
    {
        var channel = new Chan<int>();
        Go.Spawn(async () =>
        {
            Thread.Sleep(s_longEnough);
            await channel.SendAsync(1);
        });
        await channel.ReceiveAsync();
    });

    [Fact]
    public Task DetectionTurnedOff_MainIsWokenByWhoeverComes() => Isolated.RunAsync(
        async runtime =>
        {
            var channel = new Chan<int>();
            var main = PlainThread.Run(() => runtime.Main(async () => (await channel.ReceiveAsync()).Value));
            await Later(static () => { });
            await Poll.UntilAsync(() => channel.TrySend(8), "main to wait");
            Assert.Equal(8, await main);
        },
        new GoRuntimeOptions { DetectDeadlocks = false });

    private static Task Passes(Func<ValueTask> body) => Isolated.RunAsync(runtime => PlainThread.Run(() => runtime.Main(body)));

    /// <summary>Calls from a plain thread, which no runtime knows of, after a time in which a wrong report would come.</summary>
    private static Task Later(Action call) => PlainThread.Run(() =>
    {
        Thread.Sleep(s_longEnough);
        call();
    });
}
