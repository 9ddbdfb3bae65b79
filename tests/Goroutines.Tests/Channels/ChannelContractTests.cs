using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>Users on both sides that only wait until they may try.</summary>
public abstract class ChannelContractLoops : ChannelContractMore
{
    [Fact]
    public async Task TryReadAndTryWriteLoops_ManyUsers_EveryItemOnce()
    {
        // The loops that the framework's documentation recommends, several of each on one reader and one writer.
        const int Users = 3;
        const int Items = 500;
        var (reader, writer) = Make();
        long sum = 0;
        int count = 0;
        Task[] readers = [.. Enumerable.Range(0, Users).Select(_ => Task.Run(async () =>
        {
            while (await reader.WaitToReadAsync())
            {
                while (reader.TryRead(out int item))
                {
                    Interlocked.Add(ref sum, item);
                    Interlocked.Increment(ref count);
                }
            }
        }))];
        Task[] writers = [.. Enumerable.Range(0, Users).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < Items; i++)
            {
                while (!writer.TryWrite(i))
                {
                    Assert.True(await writer.WaitToWriteAsync());
                }
            }
        }))];
        await Task.WhenAll(writers).WaitAsync(Limits.Wait);
        writer.Complete();
        await Task.WhenAll(readers).WaitAsync(Limits.Wait);
        Assert.Equal(Users * Items, count);
        Assert.Equal(Users * (long)Items * (Items - 1) / 2, sum);
        await reader.Completion.WaitAsync(Limits.Wait);
    }
}

/// <summary>Shows that the contract is the framework's.</summary>
public sealed class FrameworkBoundedContractTests : ChannelContractLoops
{
    protected override int Capacity => 3;

    protected override (ChannelReader<int> Reader, ChannelWriter<int> Writer) Make()
    {
        var channel = Channel.CreateBounded<int>(Capacity);
        return (channel.Reader, channel.Writer);
    }
}

/// <summary>A buffered channel of ours.</summary>
public sealed class ChanBufferedContractTests : ChannelContractLoops
{
    protected override int Capacity => 3;

    protected override (ChannelReader<int> Reader, ChannelWriter<int> Writer) Make()
    {
        var channel = new Chan<int>(Capacity);
        return (channel.Receiver.ToChannelReader(), channel.Sender.ToChannelWriter());
    }
}

/// <summary>A rendezvous channel of ours.</summary>
public sealed class ChanRendezvousContractTests : ChannelContractLoops
{
    protected override int Capacity => 0;

    protected override (ChannelReader<int> Reader, ChannelWriter<int> Writer) Make()
    {
        var channel = new Chan<int>();
        return (channel.Receiver.ToChannelReader(), channel.Sender.ToChannelWriter());
    }
}

/// <summary>The same for the framework's rendezvous channel, whose waiters to read and to write wait for each other.</summary>
public sealed class FrameworkRendezvousContractTests : ChannelContractMore
{
    protected override int Capacity => 0;

    protected override (ChannelReader<int> Reader, ChannelWriter<int> Writer) Make()
    {
        var channel = Channel.CreateBounded<int>(Capacity);
        return (channel.Reader, channel.Writer);
    }
}
