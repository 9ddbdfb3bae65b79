using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Runtime;

/// <summary>
/// From Go's <c>runtime/proc_test.go</c>: goroutines that yield in a loop, and goroutines locked to a thread, which here are
/// those with a synchronous body. With one P there is nobody else to make up for one that keeps it.
/// </summary>
public class YieldProgressTests
{
    private const int Rounds = 10;

    [Theory(DisplayName = "go: runtime/proc_test.go TestYieldProgress")]
    [InlineData(1)]
    [InlineData(4)]
    public Task YieldingInALoop_OthersGetThrough(int procs) => Isolated.GoAsync(
        async () =>
        {
            var stop = new Chan<bool>();
            var stopped = new Chan<bool>();
            Goroutine looping = Go.Run(async () =>
            {
                var select = new Select();
                select.Receive(stop);
                while (!select.TryWait(out _))
                {
                    await Go.Yield();
                }

                await stopped.SendAsync(true);
            });

            await Go.SleepAsync(TimeSpan.FromMilliseconds(10));
            await stop.SendAsync(true);
            Assert.True((await stopped.ReceiveAsync()).Ok);
            await looping;
        },
        Procs(procs));

    [Theory(DisplayName = "go: runtime/proc_test.go TestYieldLockedProgress")]
    [InlineData(1)]
    [InlineData(4)]
    public Task YieldingInALoop_WithAThread_OthersGetThrough(int procs) => Isolated.GoAsync(
        async () =>
        {
            var stop = new Chan<bool>();
            var stopped = new Chan<bool>();
            Goroutine looping = Go.Run(() =>
            {
                int thread = Environment.CurrentManagedThreadId;
                while (!stop.TryReceive(out _))
                {
                    Go.Wait(Go.Yield());
                    Assert.Equal(thread, Environment.CurrentManagedThreadId);
                }

                stopped.Send(true);
            });

            await Go.SleepAsync(TimeSpan.FromMilliseconds(10));
            await stop.SendAsync(true);
            Assert.True((await stopped.ReceiveAsync()).Ok);
            await looping;
        },
        Procs(procs));

    [Fact(DisplayName = "go: runtime/proc_test.go TestYieldLocked")]
    public Task YieldsAndSleeps_WithAThread_ComeBackOnIt() => Isolated.GoAsync(async () =>
    {
        var done = new Chan<bool>();
        Goroutine locked = Go.Run(() =>
        {
            int thread = Environment.CurrentManagedThreadId;
            for (int i = 0; i < Rounds; i++)
            {
                Go.Wait(Go.Yield());
                Go.Wait(Go.SleepAsync(TimeSpan.FromMilliseconds(1)));
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
            }

            done.Send(true);
        });
        Assert.True((await done.ReceiveAsync()).Value);
        await locked;
    });

    [Theory(DisplayName = "go: runtime/proc_test.go TestBlockLocked")]
    [InlineData(1)]
    [InlineData(4)]
    public Task SendsThatWait_WithAThread_AreReceived(int procs) => Isolated.GoAsync(
        async () =>
        {
            var channel = new Chan<int>();
            Goroutine locked = Go.Run(() =>
            {
                int thread = Environment.CurrentManagedThreadId;
                for (int i = 0; i < Rounds; i++)
                {
                    channel.Send(i);
                    Assert.Equal(thread, Environment.CurrentManagedThreadId);
                }
            });
            for (int i = 0; i < Rounds; i++)
            {
                Assert.Equal(new Received<int>(i, true), await channel.ReceiveAsync());
            }

            await locked;
        },
        Procs(procs));

    /// <summary>No worker is ever added to make up for a goroutine that seems stuck.</summary>
    private static GoRuntimeOptions Procs(int procs) => new() { MaxProcs = procs, MaxThreads = procs };
}
