using System.Security.Cryptography;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>A connection as a stream: every member that reads or writes.</summary>
public abstract class ConnStreamContract : NetContract
{
    private static readonly byte[] s_hello = "hello"u8.ToArray();

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    [Fact]
    public Task ReadAsync_WhatWasWritten_BothWays() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        var (client, server) = pair;
        byte[] buffer = new byte[16];
        for (int round = 0; round < 10; round++)
        {
            await client.WriteAsync(s_hello);
            Assert.Equal(s_hello.Length, await server.ReadAsync(buffer));
            Assert.Equal(s_hello, buffer.AsSpan(0, s_hello.Length));
            await server.WriteAsync(buffer.AsMemory(0, 3));
            Assert.Equal(3, await client.ReadAsync(buffer));
        }
    });

    [Fact]
    public Task ReadAsync_BeforeTheWrite_Waits() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        var (client, server) = pair;
        byte[] buffer = new byte[16];
        for (int round = 0; round < 10; round++)
        {
            ValueTask<int> read = server.ReadAsync(buffer);
            Assert.False(read.IsCompleted);
            await client.WriteAsync(s_hello);
            Assert.Equal(s_hello.Length, await read);
        }
    });

    [Fact]
    public Task ReadAsync_MoreThanTheBuffer_LeavesTheRest() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        byte[] sent = Bytes(1000);
        await pair.Client.WriteAsync(sent);
        byte[] got = new byte[sent.Length];
        for (int at = 0; at < got.Length;)
        {
            at += await pair.Server.ReadAsync(got.AsMemory(at, Math.Min(7, got.Length - at)));
        }

        Assert.Equal(sent, got);
    });

    [Fact]
    public Task ReadAsync_DataAndEndAtOnce_BothAreSeen() => Run(async () =>
    {
        for (int round = 0; round < 50; round++)
        {
            using ConnPair pair = await PairAsync();
            byte[] buffer = new byte[100];
            Task<int>? waiting = round % 2 == 0 ? pair.Server.ReadAsync(buffer).AsTask() : null;
            pair.Client.Write(s_hello);
            pair.Client.Dispose();
            Assert.Equal(s_hello.Length, waiting is null ? await pair.Server.ReadAsync(buffer) : await waiting);
            Assert.Equal(0, await pair.Server.ReadAsync(buffer));
            Assert.Equal(0, await pair.Server.ReadAsync(buffer));
        }
    });

    [Fact]
    public Task ReadAsync_FirstOneFindsData_NextOneWaitsAndIsWoken() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        byte[] buffer = new byte[100];
        await pair.Client.WriteAsync(s_hello);
        int got = 0;
        while (got < s_hello.Length)
        {
            got += await pair.Server.ReadAsync(buffer);
        }

        ValueTask<int> next = pair.Server.ReadAsync(buffer);
        Assert.False(next.IsCompleted);
        await pair.Client.WriteAsync(s_hello);
        Assert.Equal(s_hello.Length, await next);
    });

    [Fact]
    public Task ArrayForms_OffsetsAndCounts_AreKept() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        byte[] sent = [0, 1, 2, 3, 4, 5];
        byte[] got = new byte[8];
#pragma warning disable CA1835 // the array forms are what is tested
        await pair.Client.WriteAsync(sent, 1, 2);
        Assert.Equal(2, await pair.Server.ReadAsync(got, 3, 5));
        pair.Client.Write(sent, 3, 1);
        Assert.Equal(1, pair.Server.Read(got, 0, 8));
        Assert.Equal([3, 0, 0, 1, 2, 0, 0, 0], got);
        await Assert.ThrowsAsync<ArgumentNullException>(() => pair.Server.ReadAsync(null!, 0, 1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => pair.Server.ReadAsync(got, 4, 5));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => pair.Client.WriteAsync(sent, -1, 1));
#pragma warning restore CA1835
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Client.Write(sent, 0, 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Server.Read(got, 9, 0));
    });

    [Fact]
    public Task SynchronousForms_Spans_PassBytes() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        byte[] got = new byte[16];
        pair.Client.Write(s_hello.AsSpan(1));
        Assert.Equal(4, pair.Server.Read(got.AsSpan(2)));
        Assert.Equal("ello"u8.ToArray(), got.AsSpan(2, 4));

        // Waiting, while another goroutine or task writes.
        Task write = Where.Start(async () =>
        {
            await Task.Yield();
            await pair.Client.WriteAsync(s_hello);
        });
        Assert.Equal(5, pair.Server.Read(got));
        await write;
    });

    [Fact]
    public Task ReadByteAndWriteByte_ToTheEnd_AreBytes() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        pair.Client.WriteByte(200);
        pair.Client.WriteByte(0);
        Assert.Equal(200, pair.Server.ReadByte());
        Assert.Equal(0, pair.Server.ReadByte());
        pair.Client.CloseWrite();
        Assert.Equal(-1, pair.Server.ReadByte());
        Assert.Equal(-1, pair.Server.ReadByte());
    });

    [Fact]
    public Task ReadExactlyAndReadAtLeast_AcrossWrites_Collect() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        byte[] got = new byte[10];
        ValueTask read = pair.Server.ReadExactlyAsync(got);
        await pair.Client.WriteAsync(s_hello);
        await pair.Client.WriteAsync(s_hello);
        await read;
        Assert.Equal("hellohello"u8.ToArray(), got);
        await pair.Client.WriteAsync(s_hello);
        Assert.Equal(5, await pair.Server.ReadAtLeastAsync(got, 5));
        await pair.Client.WriteAsync(s_hello);
        pair.Client.CloseWrite();
        await Assert.ThrowsAsync<EndOfStreamException>(() => pair.Server.ReadExactlyAsync(got).AsTask());
    });

    [Fact]
    public Task ReadAsync_Empty_WaitsForDataAndTakesNone() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        ValueTask<int> waiting = pair.Server.ReadAsync(Memory<byte>.Empty);
        Assert.False(waiting.IsCompleted);
        await pair.Client.WriteAsync(s_hello);
        Assert.Equal(0, await waiting);
        Assert.Equal(0, await pair.Server.ReadAsync(Memory<byte>.Empty));
        Assert.Equal(0, pair.Server.Read([]));
        byte[] got = new byte[10];
        Assert.Equal(5, await pair.Server.ReadAsync(got));
        waiting = pair.Server.ReadAsync(Memory<byte>.Empty);
        Assert.False(waiting.IsCompleted);
        pair.Client.CloseWrite();
        Assert.Equal(0, await waiting);
        Assert.Equal(0, await pair.Server.ReadAsync(got));
    });

    [Fact]
    public Task WriteAsync_Empty_IsDoneAtOnce() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        await pair.Client.WriteAsync(ReadOnlyMemory<byte>.Empty);
        pair.Client.Write([]);
        await pair.Client.WriteAsync(s_hello);
        Assert.Equal(5, await pair.Server.ReadAsync(new byte[10]));
    });

    [Fact]
    public Task WriteAsync_MoreThanTheSystemTakes_WaitsForTheReader() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        byte[] sent = Bytes(8_000_000);
        ValueTask write = pair.Client.WriteAsync(sent);
        Assert.False(write.IsCompleted);
        // Nobody awaits the write yet; it goes on all the same.
        byte[] got = new byte[sent.Length];
        await pair.Server.ReadExactlyAsync(got);
        await write;
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(got));
    });

    [Fact]
    public Task Write_MoreThanTheSystemTakes_BlocksUntilRead() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        byte[] sent = Bytes(8_000_000);
        byte[] got = new byte[sent.Length];
        Task read = Where.Start(async () => await pair.Server.ReadExactlyAsync(got));
        pair.Client.Write(sent);
        await read;
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(got));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public Task CopyToAsync_ToTheEnd_CopiesAll(int bufferSize) => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        byte[] sent = Bytes(300_000);
        using var copy = new MemoryStream();
        Task copying = pair.Server.CopyToAsync(copy, bufferSize);
        await pair.Client.WriteAsync(sent.AsMemory(0, 10));
        await Poll.UntilAsync(() => copy.Length == 10, "what was written to be copied without waiting for more");
        await pair.Client.WriteAsync(sent.AsMemory(10));
        pair.Client.CloseWrite();
        await copying;
        Assert.Equal(sent, copy.ToArray());
        await Assert.ThrowsAsync<ArgumentNullException>(() => pair.Server.CopyToAsync(null!));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => pair.Server.CopyToAsync(copy, 0));
    });

    [Fact]
    public Task CopyToAsync_InAGoroutine_StaysInIt() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        var seen = new HashSet<long>();
        using var destination = new Spy(() => seen.Add(Go.CurrentId));
        Goroutine copying = Go.Run(async () =>
        {
            await pair.Server.CopyToAsync(destination);
            seen.Add(Go.CurrentId);
        });
        for (int i = 1; i <= 3; i++)
        {
            await pair.Client.WriteAsync(new byte[10]);
            await Poll.UntilAsync(() => destination.Length == i * 10, "it to be copied");
        }

        pair.Client.CloseWrite();
        await copying;
        Assert.Equal([copying.Id], seen);
    });

    [Fact]
    public Task CopyTo_ToTheEnd_CopiesAll() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        byte[] sent = Bytes(30_000);
        await pair.Client.WriteAsync(sent);
        pair.Client.CloseWrite();
        using var copy = new MemoryStream();
        pair.Server.CopyTo(copy);
        Assert.Equal(sent, copy.ToArray());
    });

    [Fact]
    public Task BeginAndEnd_OldForm_ReadAndWrite() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        byte[] got = new byte[10];
        var called = new TaskCompletionSource<IAsyncResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        IAsyncResult read = pair.Server.BeginRead(got, 1, 5, called.SetResult, "state");
        Assert.Equal("state", read.AsyncState);
        pair.Client.EndWrite(pair.Client.BeginWrite(s_hello, 0, 5, null, null));
        Assert.Same(read, await called.Task);
        Assert.Equal(5, pair.Server.EndRead(read));
        Assert.Equal(s_hello, got.AsSpan(1, 5));
    });

    [Fact]
    public Task Capabilities_OfAConnection_AreAStreamsWithoutSeeking() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        Conn conn = pair.Client;
        Assert.True(conn.CanRead);
        Assert.True(conn.CanWrite);
        Assert.True(conn.CanTimeout);
        Assert.False(conn.CanSeek);
        Assert.Throws<NotSupportedException>(() => conn.Length);
        Assert.Throws<NotSupportedException>(() => conn.Position);
        Assert.Throws<NotSupportedException>(() => conn.Position = 1);
        Assert.Throws<NotSupportedException>(() => conn.Seek(0, SeekOrigin.Begin));
        Assert.Throws<NotSupportedException>(() => conn.SetLength(1));
        conn.Flush();
        await conn.FlushAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => conn.FlushAsync(new CancellationToken(canceled: true)));
        conn.Dispose();
        Assert.False(conn.CanRead);
        Assert.False(conn.CanWrite);
    });

    [Fact]
    public Task Timeouts_SynchronousCalls_FailInTime() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        Assert.Equal(Timeout.Infinite, pair.Server.ReadTimeout);
        Assert.Equal(Timeout.Infinite, pair.Client.WriteTimeout);
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Server.ReadTimeout = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Server.WriteTimeout = -2);
        pair.Server.ReadTimeout = 20;
        Assert.Equal(20, pair.Server.ReadTimeout);
        pair.Client.WriteTimeout = 20;
        await NetAssert.TimesOut(() => Task.FromResult(pair.Server.Read(new byte[10])));
        pair.Server.ReadTimeout = 100_000;
        pair.Server.WriteTimeout = 100_000;
        pair.Server.Write(new byte[10]);
        Assert.Equal(10, pair.Client.Read(new byte[10]));
        await NetAssert.TimesOut(() =>
        {
            pair.Client.Write(new byte[20_000_000]);
            return Task.CompletedTask;
        });
        Assert.NotEqual(-1, pair.Client.WriteTimeout);
    });

    /// <summary>Tells of each write.</summary>
    private sealed class Spy(Action written) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            written();
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}

/// <summary>On the scheduler's poller, in a goroutine.</summary>
public class EpollConnStreamTests : ConnStreamContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollConnStreamOutsideTests : EpollConnStreamTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the scheduler's poller, over a Unix domain socket.</summary>
public sealed class EpollUnixConnStreamTests : EpollConnStreamTests
{
    private protected override string Loopback => $"unix:{NewPath()}";
}

/// <summary>On the framework's sockets, in a goroutine.</summary>
public class FrameworkConnStreamTests : ConnStreamContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}

/// <summary>On the framework's sockets, outside of goroutines.</summary>
public sealed class FrameworkConnStreamOutsideTests : FrameworkConnStreamTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets, over a Unix domain socket.</summary>
public sealed class FrameworkUnixConnStreamTests : FrameworkConnStreamTests
{
    private protected override string Loopback => $"unix:{NewPath()}";
}
