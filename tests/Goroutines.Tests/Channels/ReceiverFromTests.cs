using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>Channels made of framework readers and of asynchronous sequences.</summary>
public class ReceiverFromTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Reader_ValuesNowAndLater_AreReceivedInOrder(bool bounded) => Isolated.GoAsync(async () =>
    {
        Channel<int> channel = bounded ? Channel.CreateBounded<int>(1) : Channel.CreateUnbounded<int>();
        Receiver<int> receiver = Receiver.From(channel.Reader);
        Goroutine writer = Go.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await channel.Writer.WriteAsync(i);
                if (i % 7 == 0)
                {
                    await Go.Yield();
                }
            }

            channel.Writer.Complete();
        });
        List<int> seen = [];
        await foreach (int value in receiver)
        {
            seen.Add(value);
        }

        Assert.Equal(Enumerable.Range(0, 100), seen);
        await writer;
        Assert.False((await receiver.ReceiveAsync()).Ok);
    });

    /// <summary>Several receivers, each asking for one value at a time, get every value once.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Source_ManyReceivers_EachValueGoesToOne(bool sequence) => Isolated.GoAsync(4, async () =>
    {
        const int Count = 2000;
        Channel<int> channel = Channel.CreateBounded<int>(3);
        Receiver<int> receiver = sequence ? Receiver.From(channel.Reader.ReadAllAsync()) : Receiver.From(channel.Reader);
        Goroutine<List<int>>[] takers = [.. Enumerable.Range(0, 8).Select(_ => Go.Run(async () =>
        {
            List<int> taken = [];
            await foreach (int value in receiver)
            {
                taken.Add(value);
            }

            return taken;
        }))];
        for (int i = 0; i < Count; i++)
        {
            await channel.Writer.WriteAsync(i);
        }

        channel.Writer.Complete();
        List<int> all = [];
        foreach (Goroutine<List<int>> taker in takers)
        {
            List<int> taken = await taker;
            Assert.Equal(taken.Order(), taken);
            all.AddRange(taken);
        }

        Assert.Equal(Enumerable.Range(0, Count), all.Order());
    });

    [Fact]
    public Task Reader_TryReceive_TakesWhatIsThere() => Isolated.GoAsync(static async () =>
    {
        Channel<int> channel = Channel.CreateUnbounded<int>();
        Receiver<int> receiver = Receiver.From(channel.Reader);
        Assert.False(receiver.TryReceive(out _));
        await channel.Writer.WriteAsync(1);
        Assert.True(receiver.TryTake(out int value) && value == 1);
        Assert.False(receiver.TryReceive(out _));
        channel.Writer.Complete();
        Assert.True(receiver.TryReceive(out Received<int> end) && !end.Ok);
    });

    /// <summary>Nothing is read that nobody asked for, and a value whose receiver has left is kept for the next.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Source_ReceiverLeaves_ValueIsKept(bool sequence) => Isolated.GoAsync(async () =>
    {
        Channel<int> channel = Channel.CreateUnbounded<int>();
        Receiver<int> receiver = sequence ? Receiver.From(channel.Reader.ReadAllAsync()) : Receiver.From(channel.Reader);
        channel.Writer.TryWrite(0);
        Assert.Equal(1, channel.Reader.Count);
        Assert.Equal(0, await receiver.TakeAsync());
        using var source = new CancellationTokenSource();
        ValueTask<int> cancelled = receiver.TakeAsync(source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);
        for (int i = 1; i <= 3; i++)
        {
            channel.Writer.TryWrite(i);
        }

        GoRuntime runtime = GoRuntime.Current;
        await Poll.UntilAsync(() => channel.Reader.Count == 2, "the value that was asked for to be taken");
        await Poll.UntilAsync(() => runtime.Count == 1, "the goroutine that read to end");
        Assert.Equal(1, await receiver.TakeAsync());
        Assert.Equal(2, channel.Reader.Count);
        Assert.Equal(2, await receiver.TakeAsync());
        Assert.Equal(3, await receiver.TakeAsync());
    });

    [Fact]
    public Task Reader_CompletedWithAnError_ReceivesThrowIt() => Isolated.GoAsync(static async () =>
    {
        Channel<int> channel = Channel.CreateUnbounded<int>();
        Receiver<int> receiver = Receiver.From(channel.Reader);
        channel.Writer.TryWrite(1);
        channel.Writer.Complete(new InvalidDataException("broken"));
        Assert.Equal(1, await receiver.TakeAsync());
        await AssertBroken(receiver);
    });

    [Fact]
    public Task Sequence_Throws_ReceivesThrowItAfterWhatCameBefore() => Isolated.GoAsync(static async () =>
    {
        Receiver<int> receiver = Receiver.From(Broken());
        Goroutine<Received<int>> first = Go.Run(async () => await receiver.ReceiveAsync());
        Assert.Equal(new Received<int>(1, true), await first);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await receiver.ReceiveAsync()); // parked when it fails
        await AssertBroken(receiver);

        static async IAsyncEnumerable<int> Broken()
        {
            yield return 1;
            await Go.Yield();
            throw new InvalidDataException("broken");
        }
    });

    [Fact]
    public Task Sequence_ReceivedToItsEnd_IsDisposedOf() => Isolated.GoAsync(static async () =>
    {
        bool disposed = false;
        bool begun = false;
        Receiver<string> receiver = Receiver.From(Words());
        await Go.Yield();
        Assert.False(begun);
        Assert.Equal("a", await receiver.TakeAsync());
        Assert.Equal(0, await new Select().Receive(receiver, out ReceiveCase<string> word).WaitAsync());
        Assert.Equal("b", word.Value);
        Assert.False(disposed);
        Assert.False((await receiver.ReceiveAsync()).Ok);
        Assert.True(disposed);

        async IAsyncEnumerable<string> Words()
        {
            begun = true;
            try
            {
                yield return "a";
                await Go.Yield();
                yield return "b";
            }
            finally
            {
                disposed = true;
            }
        }
    });

    [Fact]
    public Task Sequence_TokenCancelled_EndsIt() => Isolated.GoAsync(static async () =>
    {
        using var source = new CancellationTokenSource();
        Receiver<int> receiver = Receiver.From(Endless(), source.Token);
        Assert.Equal(0, await receiver.TakeAsync());
        Goroutine<int> taker = Go.Run(async () => await receiver.TakeAsync());
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await taker);

        static async IAsyncEnumerable<int> Endless([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            yield return 0;
            await Task.Delay(-1, cancellationToken);
        }
    });

    [Fact]
    public Task Source_Polled_GivesItsValuesInTheEnd() => Isolated.GoAsync(static async () =>
    {
        Receiver<int> receiver = Receiver.From(Two());
        List<int> seen = [];
        while (!receiver.TryReceive(out Received<int> received) || received.Ok)
        {
            if (received.Ok)
            {
                seen.Add(received.Value);
            }

            await Go.Yield();
        }

        Assert.Equal([1, 2], seen);

        static async IAsyncEnumerable<int> Two()
        {
            yield return 1;
            await Go.Yield();
            yield return 2;
        }
    });

    [Fact]
    public void From_ChannelOfThisLibrary_IsThatChannel()
    {
        var channel = new Chan<int>();
        Assert.Equal(channel.Receiver, Receiver.From(channel));
        Assert.Equal(channel.Receiver, Receiver.From(channel.Receiver));
        Assert.Throws<ArgumentNullException>("reader", static () => { Receiver.From((ChannelReader<int>)null!); });
        Assert.Throws<ArgumentNullException>("source", static () => { Receiver.From((IAsyncEnumerable<int>)null!); });
    }

    private static async Task AssertBroken(Receiver<int> receiver)
    {
        await Assert.ThrowsAsync<InvalidDataException>(async () => await receiver.ReceiveAsync());
        await Assert.ThrowsAsync<InvalidDataException>(async () => await receiver.TakeAsync());
        Assert.Throws<InvalidDataException>(() => receiver.Receive());
        Assert.Throws<InvalidDataException>(() => { receiver.TryReceive(out _); });
        await Assert.ThrowsAsync<InvalidDataException>(async () => await new Select().AndReceive(receiver).WaitAsync());
        Assert.Throws<InvalidDataException>(() => { new Select().AndReceive(receiver).TryWait(out _); });
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (int _ in receiver)
            {
            }
        });
    }
}
