using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Goroutines.AspNetCore.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Goroutines.AspNetCore.Tests;

/// <summary>What a request costs, as counts: segments that the server sends (one for each system call, since it does not wait for more), and work items of the
/// thread pool.</summary>
[Collection(nameof(AloneCollection))]
public sealed class CostTests
{
    private const int Requests = 300;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A response over TLS is one send, and the request does not leave the runtime's workers.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_EachIsOneSendAndNoHop(bool https)
    {
        await using TestServer server = await TestServer.StartAsync(true, static app => app.MapGet("/", static async (HttpContext context) =>
        {
            context.Response.ContentLength = 5;
            await context.Response.Body.WriteAsync("hello"u8.ToArray());
        }), https: https);

        (int segments, long items) = Ask(https ? server.LastEndPoint : server.EndPoint, https);

        Assert.InRange(segments, Requests, Requests + (Requests / 10));
        Assert.InRange(items, 0, Requests / 2); // the process has a few of its own
    }

    /// <summary>HTTP/2 flushes each frame of its streams in one loop on the thread pool, while the next read waits.</summary>
    [Fact]
    public async Task Flushes_OfAThreadOfThePoolWhileAReadWaits_GoOutTogether()
    {
        await using Link link = await Link.OpenAsync();
        ValueTask<ReadResult> read = link.Server.Transport.Input.ReadAsync(Cancelled);
        int before = SegmentsIn(link.Client);

        await Task.Run(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                Assert.True(link.Server.Transport.Output.WriteAsync("0123456789"u8.ToArray()).IsCompleted);
            }
        });

        await link.TakeAsync(20_000);
        Assert.InRange(SegmentsIn(link.Client) - before, 1, 500);
        await link.EndAsync(read);
    }

    /// <summary>Flushes that no other joins are sent by themselves, without a work item, but for a few that find out.</summary>
    [Fact]
    public async Task Flushes_EachAloneWhileAReadWaits_AreMostlySentAtOnce()
    {
        await using Link link = await Link.OpenAsync();
        ValueTask<ReadResult> read = link.Server.Transport.Input.ReadAsync(Cancelled);
        TransportWriter writer = (TransportWriter)link.Server.Transport.Output;
        int owing = 0;

        await Task.Run(async () =>
        {
            for (int i = 0; i < 128; i++)
            {
                Assert.True(writer.WriteAsync("0123456789"u8.ToArray()).IsCompleted);
                owing += writer.IsOwing ? 1 : 0;
                await link.TakeAsync(10);
            }
        });

        Assert.InRange(owing, 0, 8);
        await link.EndAsync(read);
    }

    /// <summary>Deferred bytes reach the peer although the writer does nothing more, whatever thread it is on.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Flush_WhileAReadWaits_ReachesThePeer(bool onThePool)
    {
        await using Link link = await Link.OpenAsync();
        ValueTask<ReadResult> read = link.Server.Transport.Input.ReadAsync(Cancelled);
        for (int i = 0; i < 300; i++)
        {
            int flushes = 1 + (i % 3);
            void Write()
            {
                for (int n = 0; n < flushes; n++)
                {
                    Assert.True(link.Server.Transport.Output.WriteAsync("0123456789"u8.ToArray()).IsCompleted);
                }
            }

            if (onThePool)
            {
                await Task.Run(Write);
            }
            else
            {
                await link.Runtime.Run(Write);
            }

            await link.TakeAsync(10 * flushes);
        }

        await link.EndAsync(read);
    }

    /// <summary>Makes requests one after the other, on this thread.</summary>
    private static (int Segments, long Items) Ask(IPEndPoint end, bool https)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(end);
        using NetworkStream plain = new(socket);
        using SslStream? secure = https ? new SslStream(plain, true, static (_, found, _, _) => found?.GetCertHashString() == TestServer.Certificate.GetCertHashString()) : null;
        secure?.AuthenticateAsClient("localhost");
        Stream stream = secure is null ? plain : secure;
        int before = 0;
        long items = 0;
        byte[] answer = new byte[1024];
        for (int i = -20; i < Requests; i++)
        {
            if (i == 0)
            {
                (before, items) = (SegmentsIn(socket), ThreadPool.CompletedWorkItemCount);
            }

            stream.Write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8);
            int got = 0;
            while (!answer.AsSpan(0, got).EndsWith("\r\n\r\nhello"u8))
            {
                int read = stream.Read(answer.AsSpan(got));
                Assert.NotEqual(0, read);
                got += read;
            }
        }

        return (SegmentsIn(socket) - before, ThreadPool.CompletedWorkItemCount - items);
    }

    /// <summary>The number of segments with data that a socket has received: <c>tcpi_data_segs_in</c>.</summary>
    private static int SegmentsIn(Socket socket)
    {
        const int At = 152;
        Span<byte> info = stackalloc byte[256];
        Assert.True(socket.GetRawSocketOption(6, 11, info) >= At + sizeof(int)); // SOL_TCP, TCP_INFO
        return BinaryPrimitives.ReadInt32LittleEndian(info[At..]);
    }

    /// <summary>A connection of the transport, without a server above it.</summary>
    private sealed class Link(GoRuntime runtime, IConnectionListener listener, ConnectionContext server, Socket client) : IAsyncDisposable
    {
        private readonly byte[] _buffer = new byte[65536];

        internal GoRuntime Runtime => runtime;

        internal ConnectionContext Server => server;

        internal Socket Client => client;

        internal static async Task<Link> OpenAsync()
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "The transport is Linux's.");
            GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
            TransportFactory factory = new(Options.Create(new GoroutinesTransportOptions { Runtime = runtime }), NullLoggerFactory.Instance, NoServices.Instance);
            IConnectionListener listener = await factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Cancelled);
            Socket client = new(SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(listener.EndPoint, Cancelled);
            return new Link(runtime, listener, (await listener.AcceptAsync(Cancelled))!, client);
        }

        internal async Task TakeAsync(int count)
        {
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
            patience.CancelAfter(TimeSpan.FromSeconds(60));
            while (count > 0)
            {
                int received = await client.ReceiveAsync(_buffer.AsMemory(0, Math.Min(count, _buffer.Length)), patience.Token);
                Assert.NotEqual(0, received);
                count -= received;
            }
        }

        /// <summary>Ends the read that has waited all the time.</summary>
        internal async Task EndAsync(ValueTask<ReadResult> read)
        {
            Assert.False(read.IsCompleted);
            client.Shutdown(SocketShutdown.Send);
            Assert.True((await read).IsCompleted);
        }

        public async ValueTask DisposeAsync()
        {
            client.Dispose();
            await server.DisposeAsync();
            await listener.DisposeAsync();
            await runtime.DisposeAsync();
        }
    }

    private sealed class NoServices : IServiceProvider
    {
        internal static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}
