using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Misuse;

public class SelectReuseTests
{
    [Fact]
    public Task Select_ResultTakenByAnother_WaitsProperlyAfterwards() => Isolated.OneAtATimeAsync(async () =>
    {
        var channel = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        TimeoutCase never = select.Timeout(TimeSpan.FromHours(1));
        ValueTask<int> wait = select.WaitAsync();
        Go.Spawn(() =>
        {
            Assert.True(channel.TrySend(1));
            Assert.Equal(0, wait.GetAwaiter().GetResult()); // before the goroutine that awaits it has gone on
            return default;
        });
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await wait);

        for (int i = 0; i < 3; i++)
        {
            wait = select.WaitAsync();
            Assert.False(wait.IsCompleted);
            Assert.True(channel.TrySend(i));
            Assert.Equal(0, await wait);
            Assert.Equal(i, receive.Value);
        }

        never.After = TimeSpan.FromMilliseconds(1);
        Assert.Equal(1, await select.WaitAsync());
    });

    [Fact]
    public Task Holder_CopiedAndDisposedByAll_UnlocksOnce() => Isolated.GoAsync(async () =>
    {
        var mutex = new GoMutex();
        var both = new GoRWMutex();
        foreach (Func<ValueTask<Holder>> acquire in (Func<ValueTask<Holder>>[])[() => mutex.LockAsync(), () => both.LockAsync(), () => both.ReadLockAsync()])
        {
            Holder holder = await acquire();
            Holder copy = holder;
            holder.Dispose();
            Holder next = await acquire();
            Assert.Throws<InvalidOperationException>(copy.Dispose);
            Assert.Throws<InvalidOperationException>(holder.Dispose);
            next.Dispose();
            Assert.Throws<InvalidOperationException>(next.Dispose);
            (await acquire()).Dispose();
        }
    });
}
