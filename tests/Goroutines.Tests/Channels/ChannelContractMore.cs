using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>The contract's parts on completion, peeking, counting, and many users at once.</summary>
public abstract class ChannelContractMore : ChannelContract
{
    [Fact]
    public async Task Completion_IsPendingUntilCompleted()
    {
        var (reader, writer) = Make();
        Assert.False(reader.Completion.IsCompleted);
        Task write = writer.WriteAsync(1).AsTask();
        await reader.ReadAsync();
        await write;
        Assert.False(reader.Completion.IsCompleted);
        writer.Complete();
        await reader.Completion.WaitAsync(Limits.Wait);
        Assert.True(reader.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Completion_WithError_IsFaultedWithIt()
    {
        var (reader, writer) = Make();
        var error = new InvalidDataException("because");
        writer.Complete(error);
        Assert.Same(error, await Throws<InvalidDataException>(() => reader.Completion.WaitAsync(Limits.Wait)));
    }

    [Fact]
    public async Task Completion_WithCancellationAsError_IsCancelled()
    {
        var (reader, writer) = Make();
        writer.Complete(new OperationCanceledException(new CancellationToken(true)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.Completion.WaitAsync(Limits.Wait));
        Assert.True(reader.Completion.IsCanceled);
    }

    [Fact]
    public async Task Completion_ItemsLeft_WaitsForTheLastToBeRead()
    {
        var (reader, writer) = MakeFull();
        writer.Complete();
        for (int i = 0; i < Capacity; i++)
        {
            Assert.False(reader.Completion.IsCompleted);
            Assert.True(await reader.WaitToReadAsync());
            Assert.False(reader.Completion.IsCompleted);
            if (reader.CanPeek)
            {
                Assert.True(reader.TryPeek(out int peeked));
                Assert.Equal(i, peeked);
                Assert.False(reader.Completion.IsCompleted);
            }

            Assert.True(reader.TryRead(out int item));
            Assert.Equal(i, item);
        }

        await reader.Completion.WaitAsync(Limits.Wait);
        Assert.False(await reader.WaitToReadAsync());
    }

    [Fact]
    public async Task Completion_ErrorWithItemsLeft_ItemsFirst()
    {
        var (reader, writer) = MakeFull();
        var error = new InvalidDataException("because");
        writer.Complete(error);
        for (int i = 0; i < Capacity; i++)
        {
            Assert.Equal(i, await reader.ReadAsync());
        }

        Assert.Same(error, await Throws<InvalidDataException>(() => reader.Completion.WaitAsync(Limits.Wait)));
        Assert.Same(error, (await Throws<ChannelClosedException>(async () => await reader.ReadAsync())).InnerException);
    }

    [Fact]
    public async Task TryPeek_ShowsTheNextItemAndLeavesIt()
    {
        var (reader, writer) = Make();
        if (!reader.CanPeek)
        {
            return;
        }

        Assert.False(reader.TryPeek(out _));
        Task first = writer.WriteAsync(1).AsTask();
        Task second = writer.WriteAsync(2).AsTask();
        for (int i = 0; i < 3; i++)
        {
            Assert.True(reader.TryPeek(out int peeked));
            Assert.Equal(1, peeked);
        }

        Assert.Equal(1, await reader.ReadAsync());
        Assert.True(reader.TryPeek(out int next));
        Assert.Equal(2, next);
        Assert.True(reader.TryRead(out int item));
        Assert.Equal(2, item);
        await first;
        await second;
        Assert.False(reader.TryPeek(out _));
        writer.Complete();
        Assert.False(reader.TryPeek(out _));
    }

    [Fact]
    public async Task Count_IsWhatCanBeRead()
    {
        var (reader, _) = MakeFull();
        if (!reader.CanCount)
        {
            return;
        }

        Assert.Equal(Capacity, reader.Count);
        for (int i = Capacity; i > 0; i--)
        {
            Assert.True(await reader.WaitToReadAsync());
            Assert.Equal(i, reader.Count);
            Assert.True(reader.TryRead(out _));
            Assert.Equal(i - 1, reader.Count);
        }
    }

    [Fact]
    public async Task ReadAsyncAndWriteAsync_ManyUsers_EveryItemOnce()
    {
        const int Users = 3;
        const int Items = 500;
        var (reader, writer) = Make();
        long sum = 0;
        Task[] readers = [.. Enumerable.Range(0, Users).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < Items; i++)
            {
                Interlocked.Add(ref sum, await reader.ReadAsync());
            }
        }))];
        Task[] writers = [.. Enumerable.Range(0, Users).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < Items; i++)
            {
                await writer.WriteAsync(i);
            }
        }))];
        await Task.WhenAll([.. readers, .. writers]).WaitAsync(Limits.Wait);
        Assert.Equal(Users * (long)Items * (Items - 1) / 2, sum);
        Assert.False(reader.TryRead(out _));
    }
}
