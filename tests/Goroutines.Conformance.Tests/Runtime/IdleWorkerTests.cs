using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Runtime;

/// <summary>From Go's <c>runtime/proc_test.go</c>: the long wait of an idle worker ends as soon as there is something to do.</summary>
public class IdleWorkerTests
{
    /// <summary>With nothing to do it waits for the first timer, an hour away, or also for the network; work and an earlier timer wake it.</summary>
    [Theory(DisplayName = "go: runtime/proc_test.go TestNetpollBreak")]
    [InlineData(false)]
    [InlineData(true)]
    public Task LongWait_IsBrokenByWorkAndByAnEarlierTimer(bool net) => Isolated.RunAsync(4, async runtime =>
    {
        Listener? listener = net ? Listener.Listen("127.0.0.1:0") : null;
        Goroutine<Conn>? accepting = listener is null ? null : runtime.Run(() => listener.AcceptAsync());
        if (accepting is not null)
        {
            await Poll.UntilAsync(() => runtime.Snapshot().Any(info => info.Id == accepting.Id && info.WaitReason == "IO wait"), "the listener to wait");
        }

        Goroutine sleeper = runtime.Run(static async () => await Go.SleepAsync(TimeSpan.FromHours(1)));
        await Poll.UntilAsync(() => runtime.Snapshot().Any(info => info.Id == sleeper.Id && info.WaitReason == "sleep"), "the sleeper to sleep");
        for (int i = 0; i < 200; i++)
        {
            await runtime.Run(static () => default(ValueTask));
            await runtime.Run(static async () => await Go.SleepAsync(TimeSpan.FromMicroseconds(10)));
        }

        Assert.Contains(runtime.Snapshot(), info => info.Id == sleeper.Id && info.WaitReason == "sleep");
        if (listener is not null)
        {
            listener.Dispose();
            await Assert.ThrowsAsync<ObjectDisposedException>(async () => await accepting!);
        }
    });
}
