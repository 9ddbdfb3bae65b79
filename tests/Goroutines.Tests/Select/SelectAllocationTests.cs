using Goroutines.Tests.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Selects;

/// <summary>A select that is built once allocates nothing for a wait.</summary>
[Collection(AloneCollection.Name)]
public class SelectAllocationTests
{
    [Fact]
    public Task WaitAsync_SomethingReady_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var first = new Chan<int>(1);
        var second = new Chan<string>(1);
        var select = new Select();
        select.Receive(first);
        select.Receive(second);
        select.Timeout(TimeSpan.FromHours(1));
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await first.SendAsync(i);
                await second.SendAsync("a");
                await select.WaitAsync();
                await select.WaitAsync();
            }
        });
    });

    [Fact]
    public Task WaitAsync_Waiting_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var first = new Chan<int>();
        var second = new Chan<int>();
        var output = new Chan<int>();
        Goroutine one = Go.Run(() => Feed(first));
        Goroutine two = Go.Run(() => Feed(second));
        Goroutine sink = Go.Run(async () =>
        {
            while ((await output.ReceiveAsync()).Ok)
            {
            }
        });
        var select = new Select();
        select.Receive(first);
        select.Receive(second);
        select.Send(output, 1);
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await select.WaitAsync();
            }
        });
        first.Close();
        second.Close();
        output.Close();
        await one;
        await two;
        await sink;

        static async Task Feed(Chan<int> channel)
        {
            try
            {
                for (; ; )
                {
                    await channel.SendAsync(1);
                }
            }
            catch (System.Threading.Channels.ChannelClosedException)
            {
            }
        }
    });

    [Fact]
    public Task TryWait_NothingReady_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var select = new Select();
        select.Receive(new Chan<int>());
        select.Send(new Chan<string>(), "a");
        select.Receive(default(Receiver<int>));
        await Allocations.AssertNone(rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                Assert.False(select.TryWait(out _));
            }

            return default;
        });
    });

    [Fact]
    public Task TryWait_SomethingReady_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var channel = new Chan<int>(1);
        var select = new Select();
        select.Receive(channel);
        select.Send(channel, 1);
        await Allocations.AssertNone(rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                Assert.True(select.TryWait(out _));
            }

            return default;
        });
    });

    [Fact]
    public Task Timeout_ArmedByEachWait_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var channel = new Chan<int>();
        Goroutine partner = Go.Run(async () =>
        {
            while ((await channel.ReceiveAsync()).Ok)
            {
            }
        });
        var select = new Select();
        select.Send(channel, 1);
        select.Timeout(TimeSpan.FromHours(1));
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await select.WaitAsync();
            }
        });
        channel.Close();
        await partner;
    });

    [Fact]
    public Task LiveToken_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        using var cancellation = new CancellationTokenSource();
        CancellationToken token = cancellation.Token;
        var channel = new Chan<int>();
        Goroutine partner = Go.Run(async () =>
        {
            while ((await channel.ReceiveAsync()).Ok)
            {
            }
        });
        var select = new Select();
        select.Send(channel, 1);
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await select.WaitAsync(token);
            }
        });
        channel.Close();
        await partner;
    });

    [Fact]
    public Task ChangingCases_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var first = new Chan<int>(1);
        var second = new Chan<int>(1);
        var select = new Select();
        SendCase<int> send = select.Send(first);
        ReceiveCase<int> receive = select.Receive(first);
        TimeoutCase timeout = select.Timeout(TimeSpan.FromHours(1));
        int wrong = 0;
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                Chan<int> channel = i % 2 == 0 ? first : second;
                send.Value = i;
                send.Channel = channel;
                receive.Channel = channel;
                timeout.After = TimeSpan.FromSeconds(i + 1);
                receive.Enabled = false;
                wrong += await select.WaitAsync() == 0 ? 0 : 1;
                receive.Enabled = true;
                wrong += await select.WaitAsync() == 1 ? 0 : 1;
            }
        });
        Assert.Equal(0, wrong);
    });
}
