using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Several buffers in one write.</summary>
public abstract class GatheredWriteContract : NetContract
{
    private protected virtual ValueTask<ConnPair> ConnectAsync() => PairAsync();

    private static ReadOnlyMemory<byte>[] Cut(byte[] all, params int[] lengths)
    {
        List<ReadOnlyMemory<byte>> parts = [];
        int at = 0;
        for (int i = 0; at < all.Length; i++)
        {
            int length = Math.Min(lengths[i % lengths.Length], all.Length - at);
            parts.Add(all.AsMemory(at, length));
            at += length;
        }

        return [.. parts];
    }

    [Theory]
    [InlineData(1000, new[] { 1 })]
    [InlineData(5000, new[] { 0, 7, 0, 0, 300, 1 })]
    [InlineData(3_000_000, new[] { 100_000, 3 })]
    public Task Write_OfManyBuffers_ArrivesWholeAndInOrder(int size, int[] lengths) => Run(async () =>
    {
        using ConnPair pair = await ConnectAsync();
        byte[] all = new byte[size];
        new Random(size).NextBytes(all);
        Task write = pair.Client.WriteAsync(Cut(all, lengths)).AsTask();
        byte[] got = new byte[size];
        await pair.Server.ReadExactlyAsync(got).AsTask().WaitAsync(Limits.Wait);
        Assert.True(all.AsSpan().SequenceEqual(got));
        await write.WaitAsync(Limits.Wait);
        await pair.Client.WriteAsync((IReadOnlyList<ReadOnlyMemory<byte>>)[]);
        await pair.Client.WriteAsync([ReadOnlyMemory<byte>.Empty]);
    });

    [Fact]
    public Task Writes_OfSeveralWriters_AreNotMixed() => Run(async () =>
    {
        using ConnPair pair = await ConnectAsync();
        const int Size = 200_000;
        Task[] writers = [.. Enumerable.Range(1, 3).Select(id => Where.Start(async () =>
        {
            byte[] bytes = new byte[Size];
            Array.Fill(bytes, (byte)id);
            if (id == 2)
            {
                await pair.Client.WriteAsync(bytes);
            }
            else
            {
                await pair.Client.WriteAsync(Cut(bytes, 999));
            }
        }))];
        byte[] got = new byte[3 * Size];
        await pair.Server.ReadExactlyAsync(got).AsTask().WaitAsync(Limits.Wait);
        await Task.WhenAll(writers).WaitAsync(Limits.Wait);
        Assert.All(got.Chunk(Size), static part => Assert.Equal(-1, part.AsSpan().IndexOfAnyExcept(part[0])));
    });

    [Fact]
    public Task Write_ThatWaits_IsEndedAsAnyOther() => Run(async () =>
    {
        using ConnPair pair = await ConnectAsync();
        ReadOnlyMemory<byte>[] much = Cut(new byte[30_000_000], 100_000);
        using var source = new CancellationTokenSource();
        Task write = pair.Client.WriteAsync(much, source.Token).AsTask();
        await source.CancelAsync();
        await NetAssert.IsCancelled(() => write, source.Token);
        await NetAssert.IsCancelled(async () => await pair.Client.WriteAsync(much, source.Token), source.Token);
        write = pair.Client.WriteAsync(much).AsTask();
        pair.Client.WriteDeadline = DateTimeOffset.UtcNow;
        await NetAssert.TimesOut(() => write);
        pair.Client.WriteDeadline = null;
        write = pair.Client.WriteAsync(much).AsTask();
        pair.Client.Dispose();
        await NetAssert.IsDisposed(() => write, nameof(Conn));
        await NetAssert.IsDisposed(async () => await pair.Client.WriteAsync(much), nameof(Conn));
        await Assert.ThrowsAsync<ArgumentNullException>("buffers", async () => await pair.Server.WriteAsync((IReadOnlyList<ReadOnlyMemory<byte>>)null!));
    });
}

/// <summary>On the scheduler's poller, in a goroutine.</summary>
public class EpollGatheredWriteTests : GatheredWriteContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollGatheredWriteOutsideTests : EpollGatheredWriteTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets, in a goroutine.</summary>
public sealed class FrameworkGatheredWriteTests : GatheredWriteContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}

/// <summary>In memory.</summary>
public sealed class PipeGatheredWriteTests : GatheredWriteContract
{
    private protected override NetBackend Backend => NetBackend.Default;

    private protected override ValueTask<ConnPair> ConnectAsync()
    {
        (Conn client, Conn server) = Conn.Pipe();
        return ValueTask.FromResult(new ConnPair(client, server));
    }
}
