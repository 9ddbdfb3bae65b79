using System.Net;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Cancelled operations have done nothing.</summary>
public abstract class ConnCancellationContract : NetContract
{
    [Fact]
    public Task Cancelled_Before_DoesNothing() => Run(async () =>
    {
        var token = new CancellationToken(canceled: true);
        using Listener listener = Listen();
        using ConnPair pair = await PairAsync(listener);
        using PacketConn packets = PacketConn.Listen("127.0.0.1:0", Backend);
        await pair.Client.WriteAsync(new byte[1]);
        await NetAssert.IsCancelled(async () => await pair.Server.ReadAsync(new byte[1], token), token);
        await NetAssert.IsCancelled(async () => await pair.Server.WriteAsync(new byte[1], token), token);
        await NetAssert.IsCancelled(async () => await listener.AcceptAsync(token), token);
        await NetAssert.IsCancelled(async () => await DialAsync(listener, token), token);
        await NetAssert.IsCancelled(async () => await packets.ReceiveFromAsync(new byte[1], token), token);
        await NetAssert.IsCancelled(async () => await packets.SendToAsync(new byte[1], packets.LocalEndPoint, token), token);
        await NetAssert.IsCancelled(() => pair.Server.CopyToAsync(Stream.Null, token), token);
        Assert.Equal(1, await pair.Server.ReadAsync(new byte[10]));
    });

    [Fact]
    public Task WaitingRead_Cancelled_LeavesWhatComesToTheNext() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        byte[] buffer = new byte[10];
        for (int round = 0; round < 3; round++)
        {
            using var source = new CancellationTokenSource();
            Task<int> first = pair.Server.ReadAsync(buffer, source.Token).AsTask();
            Task<int> second = pair.Server.ReadAsync(buffer.AsMemory(5), CancellationToken.None).AsTask();
            await source.CancelAsync();
            await NetAssert.IsCancelled(() => first, source.Token);
            Assert.False(second.IsCompleted);
            await pair.Client.WriteAsync(new byte[] { 1, 2 });
            Assert.Equal(2, await second);
            Assert.Equal([1, 2], buffer[5..7]);
        }
    });

    [Fact]
    public Task WaitingRead_ByTimer_EndsAndReadsOn() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        using var source = new CancellationTokenSource(20);
        await NetAssert.IsCancelled(async () => await pair.Server.ReadAsync(new byte[10], source.Token), source.Token);
        await pair.Client.WriteAsync(new byte[7]);
        Assert.Equal(7, await pair.Server.ReadAsync(new byte[10]));
    });

    [Fact]
    public Task WaitingWrite_Cancelled_LetsTheNextGoOn() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        using var source = new CancellationTokenSource();
        Task write = pair.Client.WriteAsync(new byte[30_000_000], source.Token).AsTask();
        Task behind = pair.Client.WriteAsync(new byte[] { 9 }).AsTask();
        await source.CancelAsync();
        await NetAssert.IsCancelled(() => write, source.Token);
        byte[] buffer = new byte[100_000];
        byte last = 0;
        while (last != 9)
        {
            int got = await pair.Server.ReadAsync(buffer);
            last = buffer[got - 1];
        }

        await behind;
    });

    [Fact]
    public Task WaitingAccept_Cancelled_LeavesTheConnectionToTheNext() => Run(async () =>
    {
        using Listener listener = Listen();
        using var source = new CancellationTokenSource();
        Task<Conn> first = listener.AcceptAsync(source.Token).AsTask();
        Assert.False(first.IsCompleted);
        await source.CancelAsync();
        await NetAssert.IsCancelled(() => first, source.Token);
        Task<Conn> second = listener.AcceptAsync().AsTask();
        using Conn client = await DialAsync(listener);
        using Conn server = await second;
        await client.WriteAsync(new byte[1]);
        Assert.Equal(1, await server.ReadAsync(new byte[1]));
    });

    [Fact]
    public Task WaitingDial_Cancelled_Ends() => Run(async () =>
    {
        // Nobody accepts: once the backlog is full the system lets those who dial wait.
        using var deaf = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        deaf.Listen(0);
        using var source = new CancellationTokenSource();
        List<Task<Conn>> dials = [];
        for (int i = 0; i < 10; i++)
        {
            dials.Add(DialAsync(AddressOf(deaf.LocalEndPoint!), source.Token).AsTask());
        }

        Assert.Contains(dials, static dial => !dial.IsCompleted);
        await source.CancelAsync();
        int cancelled = 0;
        foreach (Task<Conn> dial in dials)
        {
            try
            {
                (await dial).Dispose();
            }
            catch (OperationCanceledException exception)
            {
                Assert.Equal(source.Token, exception.CancellationToken);
                cancelled++;
            }
        }

        Assert.NotEqual(0, cancelled);
    });

    [Fact]
    public Task WaitingReceiveFrom_Cancelled_LeavesTheDatagramToTheNext() => Run(async () =>
    {
        using PacketConn conn = PacketConn.Listen("127.0.0.1:0", Backend);
        using var source = new CancellationTokenSource();
        Task<(int Count, EndPoint From)> first = conn.ReceiveFromAsync(new byte[10], source.Token).AsTask();
        Task<(int Count, EndPoint From)> second = conn.ReceiveFromAsync(new byte[10], CancellationToken.None).AsTask();
        await source.CancelAsync();
        await NetAssert.IsCancelled(() => first, source.Token);
        await conn.SendToAsync(new byte[3], conn.LocalEndPoint);
        Assert.Equal((3, conn.LocalEndPoint), await second);
    });

    [Fact]
    public Task Reads_CancelledAtRandom_LoseNoByte() => Run(async () =>
    {
        var random = new Random(Seed.Get(nameof(Reads_CancelledAtRandom_LoseNoByte)));
        int seed = random.Next();
        using ConnPair pair = await PairAsync();
        int total = Load.Times(20_000);
        Task writer = Where.Start(async () =>
        {
            var sizes = new Random(seed);
            for (int sent = 0; sent < total;)
            {
                int size = Math.Min(total - sent, 1 + sizes.Next(40));
                byte[] bytes = new byte[size];
                for (int i = 0; i < size; i++)
                {
                    bytes[i] = (byte)(sent + i);
                }

                await pair.Client.WriteAsync(bytes);
                sent += size;
                await Task.Yield();
            }
        });
        byte[] buffer = new byte[64];
        int cancelled = 0;
        for (int at = 0; at < total;)
        {
            using var source = new CancellationTokenSource();
            Task cancelling = random.Next(2) == 0 ? Task.Run(source.Cancel) : Task.CompletedTask;
            try
            {
                ValueTask<int> read = pair.Server.ReadAsync(buffer.AsMemory(0, 1 + random.Next(buffer.Length)), source.Token);
                int got = random.Next(2) == 0 ? await read : await read.AsTask();
                for (int i = 0; i < got; i++, at++)
                {
                    Assert.Equal((byte)at, buffer[i]);
                }
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }

            await cancelling;
        }

        await writer;
        TestContext.Current.TestOutputHelper?.WriteLine($"{cancelled} reads were cancelled.");
    });
}

/// <summary>On the scheduler's poller, in a goroutine.</summary>
public class EpollConnCancellationTests : ConnCancellationContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollConnCancellationOutsideTests : EpollConnCancellationTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets, in a goroutine.</summary>
public class FrameworkConnCancellationTests : ConnCancellationContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}

/// <summary>On the framework's sockets, outside of goroutines.</summary>
public sealed class FrameworkConnCancellationOutsideTests : FrameworkConnCancellationTests
{
    private protected override Place Where => Place.Pool;
}
