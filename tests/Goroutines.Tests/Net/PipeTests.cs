using Goroutines.Net;
using Goroutines.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Connections in memory: the behaviours of Go's net.Pipe, and those of every Conn.</summary>
public abstract class PipeContract
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private protected abstract Place Where { get; }

    private Task Run(Func<Task> body) => Where.Run(body);

    private static async Task IsShut(Func<Task> write) => await NetAssert.Fails(write, System.Net.Sockets.SocketError.Shutdown);

    [Fact]
    public Task Write_WithoutARead_Waits() => Run(async () =>
    {
        (Conn one, Conn other) = Conn.Pipe();
        Task write = one.WriteAsync(new byte[] { 1, 2, 3, 4, 5 }).AsTask();
        Assert.False(write.IsCompleted);
        byte[] buffer = new byte[2];
        Assert.Equal(2, await other.ReadAsync(buffer));
        Assert.Equal([1, 2], buffer);
        Assert.Equal(2, await other.ReadAsync(buffer));
        Assert.Equal([3, 4], buffer);
        Assert.False(write.IsCompleted); // all of it is not there yet
        Assert.Equal(1, await other.ReadAsync(buffer));
        Assert.Equal(5, buffer[0]);
        await write;
    });

    [Fact]
    public Task Read_WithoutAWrite_Waits() => Run(async () =>
    {
        (Conn one, Conn other) = Conn.Pipe();
        byte[] first = new byte[2];
        byte[] second = new byte[10];
        Task<int> firstRead = one.ReadAsync(first).AsTask();
        Task<int> secondRead = one.ReadAsync(second).AsTask();
        Assert.False(firstRead.IsCompleted);
        await other.WriteAsync(new byte[] { 1, 2, 3, 4 });
        Assert.Equal(2, await firstRead);
        Assert.Equal(2, await secondRead);
        Assert.Equal([1, 2], first);
        Assert.Equal([3, 4], second[..2]);
    });

    [Fact]
    public Task BothDirections_AreApart() => Run(async () =>
    {
        (Conn one, Conn other) = Conn.Pipe();
        Task there = one.WriteAsync(new byte[] { 1 }).AsTask();
        Task back = other.WriteAsync(new byte[] { 2 }).AsTask();
        byte[] buffer = new byte[1];
        Assert.Equal(1, await one.ReadAsync(buffer));
        Assert.Equal(2, buffer[0]);
        Assert.Equal(1, await other.ReadAsync(buffer));
        Assert.Equal(1, buffer[0]);
        await there;
        await back;
    });

    [Fact]
    public Task Nothing_ReadOrWritten_NeedsNoPartner() => Run(async () =>
    {
        (Conn one, Conn other) = Conn.Pipe();
        await one.WriteAsync(ReadOnlyMemory<byte>.Empty);
        Task<int> something = other.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(something.IsCompleted);
        Task write = one.WriteAsync(new byte[3]).AsTask();
        Assert.Equal(0, await something);
        Assert.False(write.IsCompleted);
        Assert.Equal(3, await other.ReadAsync(new byte[10]));
        await write;
    });

    [Fact]
    public Task Dispose_OfOneEnd_EndsTheStreamForTheOther() => Run(async () =>
    {
        (Conn one, Conn other) = Conn.Pipe();
        Task<int> read = other.ReadAsync(new byte[1]).AsTask();
        Task<int> waits = other.ReadAsync(Memory<byte>.Empty).AsTask();
        Task write = other.WriteAsync(new byte[1]).AsTask();
        Task<int> own = one.ReadAsync(new byte[5], new CancellationTokenSource().Token).AsTask(); // takes what was written
        Assert.Equal(1, await own);
        await write;
        own = one.ReadAsync(new byte[5]).AsTask();
        one.Dispose();
        one.Dispose();
        Assert.Equal(0, await read);
        Assert.Equal(0, await waits);
        Assert.Equal(0, await other.ReadAsync(new byte[1]));
        await IsShut(() => other.WriteAsync(new byte[1]).AsTask());
        await NetAssert.IsDisposed(() => own, nameof(Conn));
        await NetAssert.IsDisposed(async () => await one.ReadAsync(new byte[1]), nameof(Conn));
        await NetAssert.IsDisposed(async () => await one.WriteAsync(new byte[1]), nameof(Conn));
        Assert.Throws<ObjectDisposedException>(one.CloseWrite);
        Assert.Throws<ObjectDisposedException>(() => one.Deadline = null);
        Assert.False(one.CanRead);
        Assert.True(other.CanWrite);
    });

    [Fact]
    public Task Dispose_WhileAWriteWaits_FailsItAndLosesTheRest() => Run(async () =>
    {
        (Conn one, Conn other) = Conn.Pipe();
        Task write = one.WriteAsync(new byte[4]).AsTask();
        Task second = one.WriteAsync(new byte[4]).AsTask();
        Assert.Equal(1, await other.ReadAsync(new byte[1]));
        one.Dispose();
        await NetAssert.IsDisposed(() => write, nameof(Conn));
        await NetAssert.IsDisposed(() => second, nameof(Conn));
        Assert.Equal(0, await other.ReadAsync(new byte[1]));

        (one, other) = Conn.Pipe();
        write = one.WriteAsync(new byte[4]).AsTask();
        other.Dispose();
        await IsShut(() => write);
    });

    [Fact]
    public Task CloseWrite_EndsOneDirection() => Run(async () =>
    {
        (Conn one, Conn other) = Conn.Pipe();
        Task<int> read = other.ReadAsync(new byte[1]).AsTask();
        one.CloseWrite();
        Assert.Equal(0, await read);
        await IsShut(() => one.WriteAsync(new byte[1]).AsTask());
        Task back = other.WriteAsync(new byte[] { 9 }).AsTask();
        Assert.Equal(9, await Task.Run(one.ReadByte));
        await back;
        back = other.WriteAsync(new byte[1]).AsTask();
        one.CloseRead();
        await IsShut(() => back);
        Assert.Equal(0, await one.ReadAsync(new byte[1]));
    });

    [Fact]
    public Task Token_EndsOneOperationOnly() => Run(async () =>
    {
        (Conn one, Conn other) = Conn.Pipe();
        using var source = new CancellationTokenSource();
        Task<int> cancelled = one.ReadAsync(new byte[4], source.Token).AsTask();
        Task<int> next = one.ReadAsync(new byte[4]).AsTask();
        await source.CancelAsync();
        await NetAssert.IsCancelled(() => cancelled, source.Token);
        await other.WriteAsync(new byte[3]);
        Assert.Equal(3, await next);

        using var later = new CancellationTokenSource();
        Task write = one.WriteAsync(new byte[4], later.Token).AsTask();
        Task following = one.WriteAsync(new byte[] { 7 }).AsTask();
        Assert.Equal(2, await other.ReadAsync(new byte[2]));
        await later.CancelAsync();
        await NetAssert.IsCancelled(() => write, later.Token);
        byte[] buffer = new byte[4];
        Assert.Equal(1, await other.ReadAsync(buffer));
        Assert.Equal(7, buffer[0]);
        await following;
        await NetAssert.IsCancelled(async () => await one.ReadAsync(buffer, later.Token), later.Token);
    });

    [Fact]
    public Task Deadlines_GoByTheRuntimesClock()
    {
        var clock = new FakeTimeProvider();
        return Isolated.GoAsync(
            async () =>
            {
                (Conn one, Conn other) = Conn.Pipe();
                one.Deadline = clock.GetUtcNow() + s_second;
                Task<int> read = one.ReadAsync(new byte[1]).AsTask();
                Task write = one.WriteAsync(new byte[4]).AsTask();
                Assert.Equal(1, await other.ReadAsync(new byte[1]));
                clock.Advance(s_second);
                IOException exception = await NetAssert.TimesOut(() => read);
                Assert.StartsWith("read pipe: i/o timeout", exception.Message, StringComparison.Ordinal);
                exception = await NetAssert.TimesOut(() => write);
                Assert.StartsWith("write pipe: i/o timeout", exception.Message, StringComparison.Ordinal);
                await NetAssert.TimesOut(async () => await one.ReadAsync(new byte[1]));
                one.Deadline = null;
                read = one.ReadAsync(new byte[1]).AsTask();
                await other.WriteAsync(new byte[1]);
                Assert.Equal(1, await read);
                one.ReadDeadline = clock.GetUtcNow();
                other.Dispose();
                Assert.Equal(0, await one.ReadAsync(new byte[1])); // as in Go: the end comes before the deadline
            },
            new GoRuntimeOptions { TimeProvider = clock });
    }

    [Fact]
    public Task ManyWritersAndReaders_WritesAreWhole() => Run(async () =>
    {
        (Conn one, Conn other) = Conn.Pipe();
        const int Writers = 4;
        const int Rounds = 50;
        Task[] writers = [.. Enumerable.Range(1, Writers).Select(id => Where.Start(async () =>
        {
            byte[] record = new byte[10];
            Array.Fill(record, (byte)id);
            for (int i = 0; i < Rounds; i++)
            {
                await one.WriteAsync(record);
            }
        }))];
        byte[] all = new byte[Writers * Rounds * 10];
        int got = 0;
        var random = new Random(1);
        while (got < all.Length)
        {
            got += await other.ReadAsync(all.AsMemory(got, Math.Min(all.Length - got, random.Next(1, 25))));
        }

        await Task.WhenAll(writers);
        Assert.All(all.Chunk(10), static record => Assert.All(record, value => Assert.Equal(record[0], value)));
    });

    [Fact]
    public Task SynchronousForms_ParkOrBlock() => Run(async () =>
    {
        (Conn one, Conn other) = Conn.Pipe();
        Goroutine echo = Go.Run(() =>
        {
            Span<byte> buffer = stackalloc byte[16];
            int count;
            while ((count = other.Read(buffer)) != 0)
            {
                other.Write(buffer[..count]);
            }
        });
        await PlainThread.Run(() =>
        {
            byte[] buffer = new byte[16];
            for (int i = 1; i <= 16; i++)
            {
                one.Write(new byte[i]);
                Assert.Equal(i, one.Read(buffer));
            }

            one.ReadTimeout = 5;
            Assert.IsType<TimeoutException>(Assert.Throws<IOException>(() => one.Read(buffer)).InnerException);
            one.ReadTimeout = Timeout.Infinite;
        });
        one.CloseWrite();
        await echo;
    });

    [Fact]
    public Task Stream_OverIt_IsReadToTheEnd() => Run(async () =>
    {
        (Conn one, Conn other) = Conn.Pipe();
        Task writing = Where.Start(async () =>
        {
            await using var writer = new StreamWriter(one);
            await writer.WriteAsync(new string('x', 100_000));
        });
        using var reader = new StreamReader(other);
        Assert.Equal(100_000, (await reader.ReadToEndAsync()).Length);
        await writing;

        (one, other) = Conn.Pipe();
        writing = Where.Start(async () =>
        {
            await one.WriteAsync(new byte[100_000]);
            one.Dispose();
        });
        using var copy = new MemoryStream();
        await other.CopyToAsync(copy);
        Assert.Equal(100_000, copy.Length);
        await writing;
    });

    [Fact]
    public void EndPointsAndOptions_ThereAreNone()
    {
        (Conn one, Conn other) = Conn.Pipe();
        Assert.Equal("pipe", one.LocalEndPoint.ToString());
        Assert.Equal("pipe", other.RemoteEndPoint.ToString());
        Assert.Throws<NotSupportedException>(() => one.Socket.Use(static socket => socket.NoDelay));
    }
}

/// <summary>In goroutines.</summary>
public sealed class GoroutinePipeTests : PipeContract
{
    private protected override Place Where => Place.Goroutine;

    [Fact]
    public Task ReadsAndWrites_AllocateNothing() => Isolated.OneAtATimeAsync(static async () =>
    {
        (Conn one, Conn other) = Conn.Pipe();
        Goroutine echo = Go.Run(async () =>
        {
            byte[] buffer = new byte[16];
            int got;
            while ((got = await other.ReadAsync(buffer)) != 0)
            {
                await other.WriteAsync(buffer.AsMemory(0, got));
            }
        });
        byte[] sent = new byte[16];
        byte[] got = new byte[16];
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await one.WriteAsync(sent);
                await one.ReadAsync(got);
            }
        });
        one.Dispose();
        await echo;
    });

    [Fact]
    public Task AllWaitInAPipe_IsADeadlock() => Isolated.RunAsync(2, static async runtime =>
    {
        Task main = PlainThread.Run(() => runtime.Main(async () =>
        {
            (Conn one, _) = Conn.Pipe();
            await one.ReadAsync(new byte[1]);
        }));
        DeadlockException exception = await Assert.ThrowsAsync<DeadlockException>(() => main.WaitAsync(Limits.Wait));
        Assert.Contains("pipe read", exception.Message, StringComparison.Ordinal);
    });

    [Fact]
    public async Task GoroutineOfAStoppedRuntime_WaitsInIt_DoesNotTakeOthersBytes()
    {
        (Conn one, Conn other) = Conn.Pipe();
        await Isolated.RunAsync(1, async runtime =>
        {
            runtime.Spawn(async () => await one.ReadAsync(new byte[100]));
            await Poll.UntilAsync(() => runtime.Snapshot().Any(static g => g.WaitReason == "pipe read"), "the goroutine to wait");
        });
        Task<int> read = one.ReadAsync(new byte[100]).AsTask();
        await other.WriteAsync(new byte[5]).AsTask().WaitAsync(Limits.Wait);
        Assert.Equal(5, await read.WaitAsync(Limits.Wait));
    }
}

/// <summary>In plain tasks.</summary>
public sealed class PoolPipeTests : PipeContract
{
    private protected override Place Where => Place.Pool;
}
