using System.Text.RegularExpressions;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary><c>Main</c> reports that every goroutine is asleep and nothing can wake one.</summary>
[Collection(AloneCollection.Name)]
public class DeadlockTests
{
    [Fact]
    public Task ReceiveThatNobodyAnswers_IsReported() => Reports("chan receive", async () =>
    {
        var channel = new Chan<int>();
        await channel.ReceiveAsync();
    });

    [Fact]
    public Task SendThatNobodyTakes_IsReported() => Reports("chan send", async () =>
    {
        var channel = new Chan<int>();
        await channel.SendAsync(1);
    });

    [Fact]
    public Task SendIntoAFullBuffer_IsReported() => Reports("chan send", async () =>
    {
        var channel = new Chan<int>(2);
        for (int i = 0; i < 3; i++)
        {
            await channel.SendAsync(i);
        }
    });

    [Fact]
    public Task WaitInsideNestedHelpers_IsReported() => Reports("chan receive", async () =>
    {
        var channel = new Chan<int>();
        await Outer(5);

        async Task Outer(int depth)
        {
            await Go.Yield();
            if (depth > 0)
            {
                await Outer(depth - 1);
            }

            await Inner();
        }

        async ValueTask<int> Inner() => (await channel.ReceiveAsync()).Value;
    });

    [Fact]
    public Task ReceiveFromANilChannel_IsReported() => Reports("chan receive (nil chan)", async () => await default(Receiver<int>).ReceiveAsync());

    [Fact]
    public Task SendToANilChannel_IsReported() => Reports("chan send (nil chan)", async () => await default(Sender<int>).SendAsync(1));

    [Fact]
    public Task SelectWithoutCases_IsReported() => Reports("select (no cases)", async () => await new Select().WaitAsync());

    [Fact]
    public Task SelectThatNobodyAnswers_IsReported() => Reports("select", async () =>
    {
        var left = new Chan<int>();
        var right = new Chan<int>();
        var select = new Select();
        select.Receive(left);
        select.Send(right, 1);
        await select.WaitAsync();
    });

    [Fact]
    public Task JoinOfASleepingGoroutine_IsReported() => Reports("join", async () =>
    {
        var channel = new Chan<int>();
        await Go.Run(async () => await channel.ReceiveAsync());
    });

    [Fact]
    public Task EndlessSleep_IsReported() => Reports("sleep", async () => await Go.SleepAsync(Timeout.InfiniteTimeSpan));

    [Fact]
    public Task ForeachOverAChannelNobodyCloses_IsReported() => Reports("chan receive", async () =>
    {
        var channel = new Chan<int>();
        Go.Spawn(async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                await channel.SendAsync(i);
            }
        });
        await foreach (int value in channel)
        {
            Assert.InRange(value, 0, 9);
        }
    });

    [Fact]
    public Task SeveralGoroutinesInACircle_AreAllInTheDump() => OnThread(runtime =>
    {
        var thrown = Assert.Throws<DeadlockException>(() => runtime.Main(async () =>
        {
            var forks = Enumerable.Range(0, 5).Select(_ => new Chan<int>()).ToList();
            for (int i = 0; i < 5; i++)
            {
                Chan<int> left = forks[i];
                Chan<int> right = forks[(i + 1) % 5];
                Go.Spawn(async () =>
                {
                    await left.ReceiveAsync();
                    await right.SendAsync(1);
                });
            }

            await new Select().WaitAsync();
        }));

        Assert.Equal(5, Regex.Count(thrown.Dump, @"^goroutine \d+ \[chan receive[^\]]*\]:", RegexOptions.Multiline));
        Assert.Equal(1, Regex.Count(thrown.Dump, @"^goroutine \d+ \[select \(no cases\)[^\]]*\]:", RegexOptions.Multiline));
    });

    [Fact]
    public Task AfterWorkOfEveryKind_IsStillReported() => Reports("chan receive", async () =>
    {
        // Each of these may wake a goroutine while it lasts, and must not be counted any longer once it is over.
        await Go.SleepAsync(TimeSpan.FromMilliseconds(2));
        await Go.After(TimeSpan.FromMilliseconds(1)).ReceiveAsync();
        await Task.Delay(1);
        await Task.Delay(1).ConfigureAwait(true);
        await Task.Run(static async () => await Task.Yield());
        Go.Blocking(() => Thread.Sleep(1));
        await Go.Run(async () => await Task.Delay(1));

        var values = new Chan<int>();
        await PlainThread.Run(() => Go.Spawn(() => default));
        var outside = PlainThread.Run(() => values.Receive().Value);
        await values.SendAsync(1);
        Assert.Equal(1, await outside);
        await new Select().Receive(values, out _).Timeout(TimeSpan.FromMilliseconds(1), out _).WaitAsync();

        using (var cts = new CancellationTokenSource())
        {
            var hour = Go.SleepAsync(TimeSpan.FromHours(1), cts.Token).AsTask();
            var receive = values.ReceiveAsync(cts.Token).AsTask();
            await cts.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hour);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receive);
        }

        await values.ReceiveAsync();
    });

    [Fact]
    public Task MainWaitsAfterTheOthersEnded_IsReported() => Reports("chan receive", async () =>
    {
        var channel = new Chan<int>();
        for (int i = 0; i < 100; i++)
        {
            Go.Spawn(async () => await Go.Yield());
        }

        await channel.ReceiveAsync();
    });

    [Fact]
    public Task Report_CanBeCaught_AndTheRuntimeGoesOn() => OnThread(runtime =>
    {
        Assert.Throws<DeadlockException>(() => runtime.Main(async () => await new Chan<int>().ReceiveAsync()));

        Assert.Equal(3, runtime.Main(async () =>
        {
            await Go.Yield();
            return 3;
        }));
        Assert.Throws<DeadlockException>(() => _ = runtime.Main(async () => (await new Chan<int>().ReceiveAsync()).Value));
    });

    [Fact]
    public Task MainEndsWhileOthersSleepForever_IsNoDeadlock() => OnThread(runtime =>
    {
        var channel = new Chan<int>();
        Assert.Equal(1, runtime.Main(async () =>
        {
            Go.Spawn(async () => await channel.ReceiveAsync());
            await Go.Yield();
            return 1;
        }));
        GC.KeepAlive(channel);
    });

    /// <summary>Without a main there is nobody to report to: goroutines may wait for as long as they like.</summary>
    [Fact]
    public Task WithoutMain_SleepingGoroutinesAreLeftAlone() => Isolated.RunAsync(async runtime =>
    {
        var channel = new Chan<int>();
        var handle = runtime.Run(async () => (await channel.ReceiveAsync()).Value);
        await Poll.UntilAsync(() => runtime.Snapshot().Any(info => info.WaitReason == "chan receive"), "the goroutine to wait");

        await channel.SendAsync(4);
        Assert.Equal(4, await handle.JoinAsync());
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task AnyNumberOfPs_IsReported(int procs) => OnThread(
        runtime =>
        {
            for (int i = 0; i < 20; i++)
            {
                Assert.Throws<DeadlockException>(() => runtime.Main(async () =>
                {
                    var channel = new Chan<int>();
                    for (int g = 0; g < 20; g++)
                    {
                        Go.Spawn(async () => await Go.Yield());
                    }

                    await channel.ReceiveAsync();
                }));
            }
        },
        new GoRuntimeOptions { MaxProcs = procs });

    private static Task Reports(string waitReason, Func<ValueTask> body) => OnThread(runtime =>
    {
        var thrown = Assert.Throws<DeadlockException>(() => runtime.Main(body));

        Assert.StartsWith("all goroutines are asleep - deadlock!", thrown.Message, StringComparison.Ordinal);
        Assert.Matches($@"(?m)^goroutine \d+ \[{Regex.Escape(waitReason)}\]:", thrown.Dump);
    });

    private static Task OnThread(Action<GoRuntime> body, GoRuntimeOptions? options = null) =>
        Isolated.RunAsync(runtime => PlainThread.Run(() => body(runtime)), options);
}
