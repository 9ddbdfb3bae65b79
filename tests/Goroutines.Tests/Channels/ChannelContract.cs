using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>
/// The contract of <see cref="ChannelReader{T}"/> and <see cref="ChannelWriter{T}"/>, tested on the framework's own
/// channels and on views of ours: what the framework's users rely on, ours must do.
/// </summary>
public abstract class ChannelContract
{
    protected abstract int Capacity { get; }

    protected abstract (ChannelReader<int> Reader, ChannelWriter<int> Writer) Make();

    protected static async Task<TException> Throws<TException>(Func<Task> call)
        where TException : Exception
        => await Assert.ThrowsAsync<TException>(call);

    /// <summary>Makes a channel with its buffer full.</summary>
    protected (ChannelReader<int> Reader, ChannelWriter<int> Writer) MakeFull()
    {
        var made = Make();
        for (int i = 0; i < Capacity; i++)
        {
            Assert.True(made.Writer.TryWrite(i));
        }

        return made;
    }

    [Fact]
    public async Task ReadAsync_AfterAndBeforeTheWrite_GetsTheItem()
    {
        var (reader, writer) = Make();
        ValueTask<int> read = reader.ReadAsync();
        Assert.False(read.IsCompleted);
        Assert.True(writer.TryWrite(1));
        Assert.Equal(1, await read);

        Task write = writer.WriteAsync(2).AsTask();
        Assert.Equal(2, await reader.ReadAsync());
        await write;
    }

    [Fact]
    public void TryRead_Empty_IsFalse()
    {
        var (reader, writer) = Make();
        Assert.False(reader.TryRead(out int item));
        Assert.Equal(0, item);
        writer.Complete();
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void TryWrite_Full_IsFalse()
    {
        var (_, writer) = MakeFull();
        Assert.False(writer.TryWrite(99));
    }

    [Fact]
    public async Task TryWrite_Completed_IsFalse()
    {
        var (reader, writer) = Make();
        Assert.True(writer.TryComplete());
        Assert.False(writer.TryWrite(1));
        Assert.False(await writer.WaitToWriteAsync());
        await reader.Completion;
    }

    [Fact]
    public void TryComplete_SaysWhetherItCompleted()
    {
        var (_, writer) = Make();
        Assert.True(writer.TryComplete());
        Assert.False(writer.TryComplete());
        Assert.False(writer.TryComplete(new InvalidDataException()));
        Assert.Throws<ChannelClosedException>(() => writer.Complete());
    }

    [Fact]
    public async Task WriteAsync_Full_WaitsForARead()
    {
        var (reader, writer) = MakeFull();
        Task write = writer.WriteAsync(Capacity).AsTask();
        Assert.False(write.IsCompleted);
        for (int i = 0; i <= Capacity; i++)
        {
            Assert.Equal(i, await reader.ReadAsync());
        }

        await write;
    }

    [Fact]
    public async Task WriteAsync_Completed_Throws()
    {
        var (_, writer) = Make();
        writer.Complete();
        Assert.Null((await Throws<ChannelClosedException>(async () => await writer.WriteAsync(1))).InnerException);
    }

    [Fact]
    public async Task WriteAsync_CompletedWithError_ThrowsItInside()
    {
        var (_, writer) = Make();
        var error = new InvalidDataException("because");
        Assert.True(writer.TryComplete(error));
        Assert.Same(error, (await Throws<ChannelClosedException>(async () => await writer.WriteAsync(1))).InnerException);
    }

    [Fact]
    public async Task WriteAsync_CompletedWhileWaiting_Throws()
    {
        var (_, writer) = MakeFull();
        Task write = writer.WriteAsync(99).AsTask();
        var error = new InvalidDataException("because");
        Assert.True(writer.TryComplete(error));
        Assert.Same(error, (await Throws<ChannelClosedException>(() => write)).InnerException);
    }

    [Fact]
    public async Task ReadAsync_Completed_Throws()
    {
        var (reader, writer) = Make();
        writer.Complete();
        Assert.Null((await Throws<ChannelClosedException>(async () => await reader.ReadAsync())).InnerException);
    }

    [Fact]
    public async Task ReadAsync_CompletedWithError_ThrowsItInside()
    {
        var (reader, writer) = Make();
        var error = new InvalidDataException("because");
        writer.Complete(error);
        Assert.Same(error, (await Throws<ChannelClosedException>(async () => await reader.ReadAsync())).InnerException);
    }

    [Fact]
    public async Task ReadAsync_CompletedWhileWaiting_Throws()
    {
        var (reader, writer) = Make();
        Task<int> read = reader.ReadAsync().AsTask();
        var error = new InvalidDataException("because");
        writer.Complete(error);
        Assert.Same(error, (await Throws<ChannelClosedException>(() => read)).InnerException);
    }

    [Fact]
    public async Task WaitToReadAsync_Empty_WaitsForAnItem()
    {
        var (reader, writer) = Make();
        Task<bool> wait = reader.WaitToReadAsync().AsTask();
        Assert.False(wait.IsCompleted);
        Task write = writer.WriteAsync(5).AsTask();
        Assert.True(await wait);
        Assert.True(reader.TryRead(out int item));
        Assert.Equal(5, item);
        await write;
    }

    [Fact]
    public async Task WaitToReadAsync_ItemThere_IsTrueAsOftenAsAsked()
    {
        var (reader, writer) = Make();
        Task write = writer.WriteAsync(5).AsTask();
        Assert.True(await reader.WaitToReadAsync());
        Assert.True(await reader.WaitToReadAsync());
        Assert.Equal(5, await reader.ReadAsync());
        await write;
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public async Task WaitToReadAsync_Completed_IsFalse()
    {
        var (reader, writer) = Make();
        Task<bool> wait = reader.WaitToReadAsync().AsTask();
        writer.Complete();
        Assert.False(await wait);
        Assert.False(await reader.WaitToReadAsync());
    }

    [Fact]
    public async Task WaitToReadAsync_CompletedWithError_ThrowsIt()
    {
        var (reader, writer) = Make();
        var error = new InvalidDataException("because");
        Task<bool> wait = reader.WaitToReadAsync().AsTask();
        writer.Complete(error);
        Assert.Same(error, await Throws<InvalidDataException>(() => wait));
        Assert.Same(error, await Throws<InvalidDataException>(async () => await reader.WaitToReadAsync()));
    }

    [Fact]
    public async Task WaitToWriteAsync_Full_WaitsForARead()
    {
        var (reader, writer) = MakeFull();
        Task<bool> wait = writer.WaitToWriteAsync().AsTask();
        Assert.False(wait.IsCompleted);
        Task<int> read = reader.ReadAsync().AsTask();
        Assert.True(await wait);
        Assert.True(writer.TryWrite(Capacity));
        Assert.Equal(0, await read);
    }

    [Fact]
    public async Task WaitToWriteAsync_CompletedWhileWaiting_IsFalse()
    {
        var (_, writer) = MakeFull();
        Task<bool> wait = writer.WaitToWriteAsync().AsTask();
        writer.Complete();
        Assert.False(await wait);
    }

    [Fact]
    public async Task WaitToWriteAsync_CompletedWithError_ThrowsIt()
    {
        var (_, writer) = MakeFull();
        var error = new InvalidDataException("because");
        Task<bool> wait = writer.WaitToWriteAsync().AsTask();
        writer.Complete(error);
        Assert.Same(error, await Throws<InvalidDataException>(() => wait));
        Assert.Same(error, await Throws<InvalidDataException>(async () => await writer.WaitToWriteAsync()));
    }

    [Fact]
    public async Task WaitToWriteAsync_SeveralWaiters_AreAllTold()
    {
        var (reader, writer) = MakeFull();
        Task<bool>[] waits = [.. Enumerable.Range(0, 4).Select(_ => writer.WaitToWriteAsync().AsTask())];
        Task<int> read = reader.ReadAsync().AsTask();
        Assert.All(await Task.WhenAll(waits), Assert.True);
        Assert.True(writer.TryWrite(99));
        await read;
    }

    [Fact]
    public async Task Operations_TokenAlreadyCancelled_AreCancelled()
    {
        var (reader, writer) = Make();
        var cancelled = new CancellationToken(true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reader.ReadAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reader.WaitToReadAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await writer.WriteAsync(1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await writer.WaitToWriteAsync(cancelled));
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public async Task Operations_CancelledWhileWaiting_LeaveNothingBehind()
    {
        var (reader, writer) = Make();
        using (var cancellation = new CancellationTokenSource())
        {
            Task read = reader.ReadAsync(cancellation.Token).AsTask();
            Task waitToRead = reader.WaitToReadAsync(cancellation.Token).AsTask();
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waitToRead);
        }

        var full = MakeFull();
        using (var cancellation = new CancellationTokenSource())
        {
            Task write = full.Writer.WriteAsync(99, cancellation.Token).AsTask();
            Task waitToWrite = full.Writer.WaitToWriteAsync(cancellation.Token).AsTask();
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waitToWrite);
        }

        Task last = writer.WriteAsync(7).AsTask();
        Assert.Equal(7, await reader.ReadAsync());
        await last;
        for (int i = 0; i < Capacity; i++)
        {
            Assert.True(full.Reader.TryRead(out int item));
            Assert.Equal(i, item);
        }

        Assert.False(full.Reader.TryRead(out _));
    }

    [Fact]
    public async Task ReadAllAsync_ConcurrentWriter_SeesEveryItemInOrder()
    {
        var (reader, writer) = Make();
        Task producer = Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                await writer.WriteAsync(i);
            }

            writer.Complete();
        });
        int expected = 0;
        await foreach (int item in reader.ReadAllAsync())
        {
            Assert.Equal(expected++, item);
        }

        Assert.Equal(500, expected);
        await producer;
        await reader.Completion.WaitAsync(Limits.Wait);
    }

    [Fact]
    public async Task ReadAllAsync_Cancelled_Throws()
    {
        var (reader, writer) = Make();
        using var cancellation = new CancellationTokenSource();
        Task write = writer.WriteAsync(1).AsTask();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (int item in reader.ReadAllAsync(cancellation.Token))
            {
                Assert.Equal(1, item);
                await cancellation.CancelAsync();
            }
        });
        await write;
    }
}
