using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>A wait with a token that can still fire is no deadlock.</summary>
public class LiveTokenTests
{
    [Fact]
    public Task Main_ReceiveWithLiveToken_WaitsForItsCancellation() => Isolated.RunAsync(1, async runtime =>
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task main = PlainThread.Run(() => runtime.Main(async () =>
        {
            ValueTask<Received<int>> receive = new Chan<int>().ReceiveAsync(cancellation.Token);
            waiting.SetResult();
            await receive;
        }));
        await waiting.Task;
        await UntilParked(runtime, "chan receive");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => main);
    });

    [Fact]
    public Task Main_SelectWithLiveToken_WaitsForItsCancellation() => Isolated.RunAsync(1, async runtime =>
    {
        using var cancellation = new CancellationTokenSource();
        Task main = PlainThread.Run(() => runtime.Main(async () =>
        {
            var select = new Select();
            select.Receive(new Chan<int>());
            select.Send(new Chan<int>(), 1);
            await select.WaitAsync(cancellation.Token);
        }));
        await UntilParked(runtime, "select");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => main);
    });

    [Fact]
    public Task Main_WaitsWithoutToken_AreADeadlock() => Isolated.RunAsync(1, async runtime =>
    {
        var thrown = await Assert.ThrowsAsync<DeadlockException>(() => PlainThread.Run(() => runtime.Main(async () =>
        {
            await new Chan<int>().ReceiveAsync();
        })));
        Assert.StartsWith("all goroutines are asleep - deadlock!", thrown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DeadlockException>(() => PlainThread.Run(() => runtime.Main(async () => await new Chan<int>().SendAsync(1))));
        await Assert.ThrowsAsync<DeadlockException>(() => PlainThread.Run(() => runtime.Main(async () => await default(Sender<int>).SendAsync(1))));
        await Assert.ThrowsAsync<DeadlockException>(() => PlainThread.Run(() => runtime.Main(async () => { await new Select().WaitAsync(); })));
    });

    [Theory]
    [InlineData("chan receive")]
    [InlineData("chan send")]
    [InlineData("chan receive (nil chan)")]
    [InlineData("chan send (nil chan)")]
    [InlineData("select")]
    [InlineData("select (no cases)")]
    public Task Snapshot_OfAWaitingGoroutine_SaysWhatItWaitsFor(string reason) => Isolated.RunAsync(1, async runtime =>
    {
        using var cancellation = new CancellationTokenSource();
        CancellationToken token = cancellation.Token;
        Goroutine waiter = runtime.Run(async () =>
        {
            var channel = new Chan<int>();
            var select = new Select();
            switch (reason)
            {
                case "chan receive":
                    await channel.ReceiveAsync(token);
                    break;
                case "chan send":
                    await channel.SendAsync(1, token);
                    break;
                case "chan receive (nil chan)":
                    await default(Receiver<int>).ReceiveAsync(token);
                    break;
                case "chan send (nil chan)":
                    await default(Sender<int>).SendAsync(1, token);
                    break;
                case "select":
                    select.Receive(channel);
                    await select.WaitAsync(token);
                    break;
                default:
                    await select.WaitAsync(token);
                    break;
            }
        });
        await UntilParked(runtime, reason);
        GoroutineInfo info = Assert.Single(runtime.Snapshot());
        Assert.Equal(waiter.Id, info.Id);
        Assert.Equal(GoroutineStatus.Waiting, info.Status);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiter);
    });

    private static Task UntilParked(GoRuntime runtime, string reason)
        => Poll.UntilAsync(() => runtime.Snapshot().Any(info => info.WaitReason == reason), $"a goroutine to wait for \"{reason}\"");
}
