using System.Buffers;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Memory of the caller's own kind that throws when it is asked for its bytes: the caller is told, and nobody else is affected.</summary>
public abstract class ThrowingMemoryContract : NetContract
{
    /// <summary>Works until it is broken.</summary>
    private sealed class Breakable(int size) : MemoryManager<byte>
    {
        private readonly byte[] _bytes = new byte[size];

        public bool IsBroken { get; set; }

        public override Span<byte> GetSpan() => IsBroken ? throw new InvalidTimeZoneException("broken memory") : _bytes;

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }

    [Fact]
    public Task Read_MemoryBreaksWhileItWaits_ItIsToldAndTheNextReadGoesOn() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        var memory = new Breakable(10);
        Task<int> broken = pair.Server.ReadAsync(memory.Memory).AsTask();
        Task<int> next = pair.Server.ReadAsync(new byte[10]).AsTask();
        memory.IsBroken = true;
        await pair.Client.WriteAsync(new byte[7]);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => broken.WaitAsync(Limits.Wait));
        Assert.Equal(7, await next.WaitAsync(Limits.Wait));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await pair.Server.ReadAsync(memory.Memory));
        memory.IsBroken = false;
        broken = pair.Server.ReadAsync(memory.Memory).AsTask();
        await pair.Client.WriteAsync(new byte[5]);
        Assert.Equal(5, await broken.WaitAsync(Limits.Wait));
        pair.Client.CloseWrite();
        Assert.Equal(0, await pair.Server.ReadAsync(memory.Memory).AsTask().WaitAsync(Limits.Wait));
    });

    [Fact]
    public Task Write_MemoryBreaksWhileItWaits_ItIsToldAndTheConnectionGoesOn() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        var memory = new Breakable(30_000_000);
        Task broken = pair.Client.WriteAsync(memory.Memory).AsTask();
        Assert.False(broken.IsCompleted);
        memory.IsBroken = true;
        Task last = pair.Client.WriteAsync(new byte[] { 42 }).AsTask();
        byte[] buffer = new byte[100_000];
        bool seen = false;
        while (!seen)
        {
            int read = await pair.Server.ReadAsync(buffer).AsTask().WaitAsync(Limits.Wait);
            seen = buffer.AsSpan(0, read).Contains((byte)42);
        }

        try
        {
            await broken.WaitAsync(Limits.Wait);
            Assert.True(ReferenceEquals(Backend, NetBackend.Framework)); // which gets a copy
        }
        catch (InvalidTimeZoneException)
        {
        }

        await last.WaitAsync(Limits.Wait);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await pair.Client.WriteAsync(memory.Memory));
    });

    [Fact]
    public Task Datagrams_MemoryIsBroken_ItIsToldAndTheSocketGoesOn() => Run(async () =>
    {
        using PacketConn conn = PacketConn.Listen("127.0.0.1:0", Backend);
        var memory = new Breakable(10);
        Task<(int Count, System.Net.EndPoint From)> broken = conn.ReceiveFromAsync(memory.Memory).AsTask();
        Task<(int Count, System.Net.EndPoint From)> next = conn.ReceiveFromAsync(new byte[10]).AsTask();
        memory.IsBroken = true;
        await conn.SendToAsync(new byte[1], conn.LocalEndPoint);
        await conn.SendToAsync(new byte[2], conn.LocalEndPoint);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => broken.WaitAsync(Limits.Wait));
        Assert.InRange((await next.WaitAsync(Limits.Wait)).Count, 1, 2);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await conn.SendToAsync(memory.Memory, conn.LocalEndPoint));
    });
}

/// <summary>On the scheduler's poller, in a goroutine.</summary>
public class EpollThrowingMemoryTests : ThrowingMemoryContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollThrowingMemoryOutsideTests : EpollThrowingMemoryTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets, in a goroutine.</summary>
public sealed class FrameworkThrowingMemoryTests : ThrowingMemoryContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
