using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>Awaits of the library's operations that say <c>ConfigureAwait(false)</c>, as the framework's own code does.</summary>
public class AnywhereTests
{
    [Fact]
    public Task Await_OfAParkedGoroutine_GoesOnInIt() => Isolated.OneAtATimeAsync(async () =>
    {
        var ch = new Chan<int>();
        Go.Spawn(async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                await ch.SendAsync(i);
            }
        });
        long id = Go.CurrentId;
        Assert.Equal(45, await Sum());
        Assert.Equal(id, Go.CurrentId);

        async Task<int> Sum()
        {
            int sum = 0;
            for (int i = 0; i < 10; i++)
            {
                sum += (await ch.ReceiveAsync().ConfigureAwait(false)).Value;
                Assert.False(Thread.CurrentThread.IsThreadPoolThread);
            }

            return sum;
        }
    });

    [Fact]
    public Task Await_TheBodySpinsOnIt_SeesItEnd() => Isolated.GoAsync(1, async () =>
    {
        await Go.Yield();
        var ch = new Chan<int>();
        Task<int> receiving = Receive(ch);
        Go.Spawn(async () => await ch.SendAsync(3));
        Assert.True(SpinWait.SpinUntil(() => receiving.IsCompleted, Limits.Wait));
        Assert.Equal(3, await receiving);
    });

    [Fact]
    public Task Await_TheBodySleepsForIt_SeesItEnd() => Isolated.GoAsync(1, async () =>
    {
        await Go.Yield();
        var ch = new Chan<int>();
        Task<int> receiving = Receive(ch);
        Go.Spawn(async () => await ch.SendAsync(3));
        await SpinInRegion(receiving);
        Assert.Equal(3, await receiving);

        static Task SpinInRegion(Task task) => Go.Blocking(() =>
        {
            Assert.True(SpinWait.SpinUntil(() => task.IsCompleted, Limits.Wait));
            return Task.CompletedTask;
        });
    });

    [Fact]
    public Task Await_TheBodyAwaitsSomethingElseAndThenSpins_SeesItEnd() => Isolated.GoAsync(1, async () =>
    {
        await Go.Yield();
        var ch = new Chan<int>();
        var other = new Chan<int>();
        Task<int> receiving = Receive(ch);
        Go.Spawn(async () =>
        {
            await ch.SendAsync(3);
            await other.SendAsync(1);
        });
        await other.ReceiveAsync();
        Assert.True(SpinWait.SpinUntil(() => receiving.IsCompleted, Limits.Wait));
        Assert.Equal(3, await receiving);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Await_TheBodyBlocksOnIt_SeesItEnd(bool goWait) => Isolated.GoAsync(1, async () =>
    {
        await Go.Yield();
        var ch = new Chan<int>();
        Go.Spawn(async () => await ch.SendAsync(3));
        Assert.Equal(3, goWait ? Go.Wait(Receive(ch)) : Receive(ch).Result);
    });

    [Fact]
    public Task Await_SeveralAtOnce_AllEnd() => Isolated.GoAsync(1, async () =>
    {
        await Go.Yield();
        Chan<int>[] channels = [.. Enumerable.Range(0, 10).Select(_ => new Chan<int>())];
        Task<int>[] receiving = [.. channels.Select(Receive)];
        foreach (Chan<int> channel in channels)
        {
            await channel.SendAsync(1);
        }

        Assert.Equal(10, (await Task.WhenAll(receiving)).Sum());
    });

    [Fact]
    public Task Await_OfABodyThatHasEnded_GoesOn() => Isolated.RunAsync(1, async runtime =>
    {
        var ch = new Chan<int>();
        Task<int> receiving = await runtime.Run(() => new ValueTask<Task<int>>(Receive(ch)));
        await ch.SendAsync(8);
        Assert.Equal(8, await receiving.WaitAsync(Limits.Wait));
    });

    [Fact]
    public async Task Await_TheRuntimeStops_GoesOnElsewhere()
    {
        var ch = new Chan<int>();
        Task<int>? receiving = null;
        await Isolated.RunAsync(1, runtime => runtime.Run(async () =>
        {
            receiving = Receive(ch);
            await Go.Yield();
        }).JoinAsync().AsTask());
        await ch.SendAsync(8).AsTask().WaitAsync(Limits.Wait);
        Assert.Equal(8, await receiving!.WaitAsync(Limits.Wait));
    }

    private static async Task<int> Receive(Chan<int> ch) => (await ch.ReceiveAsync().ConfigureAwait(false)).Value;
}
