using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Goroutines.AspNetCore.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Goroutines.AspNetCore.Tests;

/// <summary>What the transport does beyond requests over TCP: HTTPS, HTTP/2, Unix sockets, features, blocked handlers, its end.</summary>
public sealed class TransportTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Https_OfEitherVersion_MovesLargeBodies(int version)
    {
        await using TestServer server = await TestServer.StartAsync(true, static app => app.MapPost("/echo", static async (HttpContext context) =>
        {
            using MemoryStream received = new();
            await context.Request.Body.CopyToAsync(received);
            await context.Response.Body.WriteAsync(received.GetBuffer().AsMemory(0, (int)received.Length));
        }), https: true);
        using HttpClient client = Client(server.LastEndPoint, new Version(version, version == 1 ? 1 : 0), "https");
        byte[] body = new byte[3_000_000];
        Random.Shared.NextBytes(body);

        using HttpResponseMessage response = await client.PostAsync("/echo", new ByteArrayContent(body), Cancelled);

        Assert.Equal(version, response.Version.Major);
        byte[] echoed = await response.Content.ReadAsByteArrayAsync(Cancelled);
        Assert.True(body.AsSpan().SequenceEqual(echoed));
    }

    /// <summary>The client reads while it still sends. One that does not (as <see cref="ByteArrayContent"/> has it) may stop for ever, on either
    /// transport: the server waits for room in the client's window, and the client for room in the server's.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Http2_BodyEchoedWhileItIsRead_MovesAsLongAsTheClientReads(bool goroutines)
    {
        await using TestServer server = await TestServer.StartAsync(goroutines, static app => app.MapPost("/echo", static (HttpContext context) => context.Request.Body.CopyToAsync(context.Response.Body)), https: true);
        using HttpClient client = Client(server.LastEndPoint, HttpVersion.Version20, "https");
        byte[] body = new byte[3_000_000];
        Random.Shared.NextBytes(body);
        using HttpRequestMessage request = new(HttpMethod.Post, "/echo") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new DuplexContent(body) };

        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled).WaitAsync(s_patience, Cancelled);

        byte[] echoed = await response.Content.ReadAsByteArrayAsync(Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.True(body.AsSpan().SequenceEqual(echoed));
    }

    [Fact]
    public async Task Http2_ManyStreamsAtOnce_AllEnd()
    {
        await using TestServer server = await TestServer.StartAsync(true, static app => app.MapGet("/{n:int}", static async (int n) =>
        {
            await Task.Yield();
            return $"{n}";
        }), https: true);
        using HttpClient client = Client(server.LastEndPoint, HttpVersion.Version20, "https");

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(n => client.GetStringAsync($"/{n}", Cancelled)));

        Assert.Equal(Enumerable.Range(0, 300).Select(static n => $"{n}"), answers);
    }

    [Fact]
    public async Task UnixSocket_IsServedAndGoneAfterwards()
    {
        string path = Path.Combine(Path.GetTempPath(), $"goroutines-{Guid.NewGuid():N}.sock");
        await using (TestServer server = await TestServer.StartAsync(true, static app => app.MapGet("/hello", static () => "hello!"), options => options.ListenUnixSocket(path)))
        {
            using RawClient client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(path));
            for (int i = 0; i < 3; i++)
            {
                await client.SendAsync("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
                Assert.EndsWith("hello!", await client.ReadUntilAsync("hello!"), StringComparison.Ordinal);
            }
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Features_OfAConnection_AreThoseTheFrameworkHas()
    {
        List<string> seen = [];
        foreach (bool goroutines in new[] { false, true })
        {
            await using TestServer server = await TestServer.StartAsync(goroutines, app => app.MapGet("/features", (HttpContext context) =>
            {
                IConnectionSocketFeature socket = context.Features.GetRequiredFeature<IConnectionSocketFeature>();
                return string.Join(' ',
                    context.Features.Get<IConnectionLifetimeFeature>() is not null,
                    context.Features.Get<IMemoryPoolFeature>()?.MemoryPool is not null,
                    context.Features.Get<IConnectionTransportFeature>()?.Transport is not null,
                    context.Connection.Id.Length,
                    context.Connection.RemoteIpAddress,
                    context.Connection.LocalIpAddress,
                    context.Connection.RemotePort == ((IPEndPoint)socket.Socket.RemoteEndPoint!).Port,
                    socket.Socket.NoDelay);
            }));
            using HttpClient client = Client(server.EndPoint, HttpVersion.Version11);
            seen.Add(await client.GetStringAsync("/features", Cancelled));
        }

        Assert.Equal(seen[0], seen[1]);
    }

    [Fact]
    public async Task ConnectionMiddleware_SeesTheBytes()
    {
        long bytes = 0;
        await using TestServer server = await TestServer.StartAsync(true, static app => app.MapGet("/hello", static () => "hello!"), options => options.Listen(IPAddress.Loopback, 0, listen => listen.Use(next => async connection =>
        {
            ReadResult first = await connection.Transport.Input.ReadAsync(connection.ConnectionClosed);
            bytes = first.Buffer.Length;
            connection.Transport.Input.AdvanceTo(first.Buffer.Start);
            await next(connection);
        })));
        using HttpClient client = Client(server.LastEndPoint, HttpVersion.Version11);

        Assert.Equal("hello!", await client.GetStringAsync("/hello", Cancelled));
        Assert.True(bytes > 10);
    }

    [Fact]
    public async Task HandlersThatBlock_ManyMoreThanProcessors_DelayNoOther()
    {
        using ManualResetEventSlim release = new();
        using CountdownEvent blocked = new(40);
        await using TestServer server = await TestServer.StartAsync(true, app =>
        {
            app.MapGet("/block", () =>
            {
                blocked.Signal();
                release.Wait();
            });
            app.MapGet("/hello", static () => "hello!");
        });
        using HttpClient client = Client(server.EndPoint, HttpVersion.Version11);
        // Each on a connection that has served a request before, so that the next is run by a worker.
        List<RawClient> connections = [];
        for (int i = 0; i < 40; i++)
        {
            RawClient connection = await RawClient.ConnectAsync(server.EndPoint);
            connections.Add(connection);
            await connection.SendAsync("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
            await connection.ReadUntilAsync("hello!\r\n0\r\n\r\n");
            await connection.SendAsync("GET /block HTTP/1.1\r\nHost: h\r\n\r\n");
        }

        Assert.True(await Task.Run(() => blocked.Wait(s_patience), Cancelled), $"{blocked.CurrentCount} of 40 requests have not begun.");
        Assert.Equal("hello!", await client.GetStringAsync("/hello", Cancelled));
        release.Set();
        foreach (RawClient connection in connections)
        {
            Assert.Contains("200 OK", await connection.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
            connection.Dispose();
        }
    }

    [Fact]
    public async Task HandlerThatBlocksOnGoroutines_OnAWorker_IsServed()
    {
        await using TestServer server = await TestServer.StartAsync(true, static app => app.MapGet("/join", static () =>
        {
            Chan<int> values = new();
            Go.Spawn(async () => await values.SendAsync(40));
            int received = values.Take();
            using (Go.EnterBlocking())
            {
                Thread.Sleep(1);
            }

            return $"{received + Go.Run(static () => 1).Join() + Go.Blocking(static () => 1)}";
        }));
        using RawClient client = await RawClient.ConnectAsync(server.EndPoint);
        for (int i = 0; i < 5; i++)
        {
            await client.SendAsync("GET /join HTTP/1.1\r\nHost: h\r\n\r\n");
            Assert.EndsWith("42", await client.ReadUntilAsync("42"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Stop_WithARequestUnderWay_LetsItEndAndTakesNoOther()
    {
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await TestServer.StartAsync(true, app => app.MapGet("/wait", async () =>
        {
            started.SetResult();
            await go.Task;
            return "done!";
        }));
        IPEndPoint address = server.EndPoint;
        using RawClient client = await RawClient.ConnectAsync(address);
        using RawClient idle = await RawClient.ConnectAsync(address);
        await client.SendAsync("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
        await started.Task.WaitAsync(s_patience, Cancelled);

        Task stopping = server.StopAsync(Cancelled);
        Assert.Equal("<FIN>", await idle.ReadToEndAsync());
        go.SetResult();

        string response = await client.ReadToEndAsync();
        Assert.EndsWith("done!\r\n0\r\n\r\n<FIN>", response, StringComparison.Ordinal);
        await stopping.WaitAsync(s_patience, Cancelled);
        await Assert.ThrowsAsync<SocketException>(() => RawClient.ConnectAsync(address));
    }

    [Fact]
    public async Task Stop_OfTheRuntimeUnderAServer_LetsItGoOnElsewhere()
    {
        GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        await using TestServer server = await TestServer.StartAsync(
            true,
            static app => app.MapGet("/hello", static () => "hello!"),
            build: builder => builder.Services.Configure<GoroutinesTransportOptions>(options => options.Runtime = runtime));
        using RawClient client = await RawClient.ConnectAsync(server.EndPoint);
        await client.SendAsync("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
        await client.ReadUntilAsync("hello!");

        await runtime.DisposeAsync();

        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
            Assert.EndsWith("hello!", await client.ReadUntilAsync("hello!"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void UseGoroutines_WithTheSwitch_LeavesEndPointsToTheFramework()
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.Configure<GoroutinesTransportOptions>(static options => options.UseFrameworkTransport = true);
        services.AddSingleton<TransportFactory>();
        using ServiceProvider provider = services.BuildServiceProvider();

        Assert.False(provider.GetRequiredService<TransportFactory>().CanBind(new IPEndPoint(IPAddress.Loopback, 0)));
        Assert.False(provider.GetRequiredService<TransportFactory>().CanBind(new UnixDomainSocketEndPoint("/tmp/x")));
    }

    [Fact]
    public async Task IdleConnections_HoldNoBlock()
    {
        CountingPool pool = new();
        using Socket listening = SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        await using TransportListener listener = new(listening, runtime, pool, NullLogger.Instance);
        using RawClient client = await RawClient.ConnectAsync(listener.EndPoint);
        await using ConnectionContext connection = (await listener.AcceptAsync(Cancelled))!;

        Task<ReadResult> read = connection.Transport.Input.ReadAsync(Cancelled).AsTask();
        Assert.Equal(0, pool.Rented);
        await client.SendAsync("hello");
        ReadResult got = await read.WaitAsync(s_patience, Cancelled);
        Assert.Equal("hello", Encoding.ASCII.GetString(got.Buffer.ToArray()));
        Assert.Equal(1, pool.Rented);
        connection.Transport.Input.AdvanceTo(got.Buffer.End);
        Assert.Equal(0, pool.Rented);

        await connection.Transport.Output.WriteAsync("answer"u8.ToArray(), Cancelled);
        Assert.Equal("answer", await client.ReadUntilAsync("answer"));
        read = connection.Transport.Input.ReadAsync(Cancelled).AsTask();
        for (int i = 0; i < 1000 && pool.Rented != 0; i++)
        {
            await Task.Delay(1, Cancelled);
        }

        Assert.Equal(0, pool.Rented);
        connection.Abort();
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => read);
    }

    [Fact]
    public async Task Flushes_InOneTurn_AreSentByTheNextRead()
    {
        await using Wire wire = await Wire.OpenAsync();
        TransportWriter output = (TransportWriter)wire.Server.Transport.Output;
        ValueTask<ReadResult> read = default;
        await wire.InATurnAsync(() =>
        {
            foreach (string part in new[] { "one ", "two ", "three" })
            {
                Assert.True(output.WriteAsync(Encoding.ASCII.GetBytes(part), Cancelled).IsCompletedSuccessfully);
                Assert.True(output.IsOwing);
                Assert.Equal(0, output.UnflushedBytes);
            }

            read = wire.Server.Transport.Input.ReadAsync(Cancelled);
            Assert.False(output.IsOwing);
            return default;
        });

        Assert.False(read.IsCompleted);
        Assert.Equal("one two three", await wire.Client.ReadUntilAsync("three"));
        await output.WriteAsync("four"u8.ToArray(), Cancelled);
        Assert.False(output.IsOwing); // a read waits: no other would send it
        Assert.Equal("four", await wire.Client.ReadUntilAsync("four"));
        await wire.Client.SendAsync("x");
        await read;
    }

    [Fact]
    public async Task Flush_InATurnThatBlocks_IsSentByAnotherWorker()
    {
        using ManualResetEventSlim release = new();
        await using Wire wire = await Wire.OpenAsync();
        Task turn = wire.InATurnAsync(async () =>
        {
            await wire.Server.Transport.Output.WriteAsync("answer"u8.ToArray(), Cancelled);
            release.Wait(Cancelled);
        });

        Assert.Equal("answer", await wire.Client.ReadUntilAsync("answer"));
        release.Set();
        await turn;
    }

    [Fact]
    public async Task Flush_OnAThreadThatIsNoWorker_IsSent()
    {
        await using Wire wire = await Wire.OpenAsync();

        await wire.Server.Transport.Output.WriteAsync("answer"u8.ToArray(), Cancelled);

        Assert.Equal("answer", await wire.Client.ReadUntilAsync("answer"));
    }

    [Fact]
    public async Task Flush_WhenOwedBytesHaveFoundTheSocketFull_Waits()
    {
        await using Wire wire = await Wire.OpenAsync();
        PipeWriter output = wire.Server.Transport.Output;
        byte[] block = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
        ValueTask<FlushResult> flush = default;
        for (int i = 0; i < 100 && flush.IsCompleted; i++)
        {
            flush = output.WriteAsync(block, Cancelled);
        }

        Assert.False(flush.IsCompleted);
        output.CancelPendingFlush();
        Assert.True((await flush).IsCanceled);
        flush = output.WriteAsync("last"u8.ToArray(), Cancelled);
        Assert.False(flush.IsCompleted);

        string rest = await wire.Client.ReadUntilAsync("last");
        Assert.EndsWith("last", rest, StringComparison.Ordinal);
        Assert.False((await flush).IsCompleted);
    }

    [Fact]
    public async Task Output_CompletedOrAbortedWithOwedBytes_SendsThemAndHoldsNoBlock()
    {
        foreach (bool abort in new[] { false, true })
        {
            CountingPool pool = new();
            await using Wire wire = await Wire.OpenAsync(pool);
            await wire.InATurnAsync(async () =>
            {
                await wire.Server.Transport.Output.WriteAsync("answer"u8.ToArray(), Cancelled);
                if (abort)
                {
                    wire.Server.Abort(null!); // as the server ends a connection whose peer has ended
                }

                await wire.Server.Transport.Output.CompleteAsync();
            });

            Assert.Equal("answer<FIN>", await wire.Client.ReadToEndAsync());
            Assert.Equal(0, pool.Rented);
        }
    }

    [Fact]
    public async Task Pipes_CancelledAndAdvanced_KeepTheContractOfPipes()
    {
        using Socket listening = SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        await using TransportListener listener = new(listening, runtime, MemoryPool<byte>.Shared, NullLogger.Instance);
        using RawClient client = await RawClient.ConnectAsync(listener.EndPoint);
        await using ConnectionContext connection = (await listener.AcceptAsync(Cancelled))!;
        PipeReader input = connection.Transport.Input;

        // Cancelled while it waits, before it begins, and by its token.
        ValueTask<ReadResult> waiting = input.ReadAsync(Cancelled);
        input.CancelPendingRead();
        ReadResult result = await waiting;
        Assert.True(result is { IsCanceled: true, IsCompleted: false });
        input.AdvanceTo(result.Buffer.End);
        input.CancelPendingRead();
        Assert.True((await input.ReadAsync(Cancelled)).IsCanceled);
        using (CancellationTokenSource token = new())
        {
            waiting = input.ReadAsync(token.Token);
            await token.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.AsTask());
        }

        // Examined and not consumed: the next read waits for more, and has both.
        await client.SendAsync("abc");
        result = await input.ReadAsync(Cancelled);
        input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        waiting = input.ReadAsync(Cancelled);
        Assert.False(waiting.IsCompleted);
        await client.SendAsync("def");
        result = await waiting;
        Assert.Equal("abcdef", Encoding.ASCII.GetString(result.Buffer.ToArray()));

        // Consumed in part and not examined: the rest is there at once.
        input.AdvanceTo(result.Buffer.GetPosition(2));
        waiting = input.ReadAsync(Cancelled);
        Assert.True(waiting.IsCompleted);
        Assert.Equal("cdef", Encoding.ASCII.GetString((result = await waiting).Buffer.ToArray()));
        input.AdvanceTo(result.Buffer.End);

        // A flush that waits is ended by cancelling it, and what it had not sent is still sent by the next.
        PipeWriter output = connection.Transport.Output;
        byte[] block = new byte[1 << 20];
        ValueTask<FlushResult> flush = default;
        long written = 0;
        for (int i = 0; i < 100 && flush.IsCompleted; i++)
        {
            flush = output.WriteAsync(block, Cancelled);
            written += block.Length;
        }

        Assert.False(flush.IsCompleted);
        output.CancelPendingFlush();
        Assert.True((await flush).IsCanceled);
        Task<string> rest = client.ReadToEndAsync();
        Assert.False((await output.FlushAsync(Cancelled)).IsCanceled);
        await output.CompleteAsync();
        Assert.Equal(written + "<FIN>".Length, (await rest.WaitAsync(s_patience, Cancelled)).Length);
    }

    private static HttpClient Client(IPEndPoint server, Version version, string scheme = "http")
    {
        SocketsHttpHandler handler = new() { MaxConnectionsPerServer = version.Major == 1 ? 100 : int.MaxValue };
        handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.GetCertHashString() == TestServer.Certificate.GetCertHashString() };
        return new HttpClient(handler)
        {
            BaseAddress = new Uri($"{scheme}://127.0.0.1:{server.Port}"),
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = s_patience,
        };
    }

    /// <summary>A content that the client lets go on while it reads the response, as it does for those of other assemblies.</summary>
    private sealed class DuplexContent(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }

    /// <summary>A connection of the transport, without a server on it.</summary>
    private sealed class Wire(GoRuntime runtime, TransportListener listener, RawClient client, ConnectionContext server) : IAsyncDisposable
    {
        internal RawClient Client => client;

        internal ConnectionContext Server => server;

        internal static async Task<Wire> OpenAsync(MemoryPool<byte>? pool = null)
        {
            Socket listening = SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(IPAddress.Loopback, 0));
            listening.Listen();
            GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
            TransportListener listener = new(listening, runtime, pool ?? MemoryPool<byte>.Shared, NullLogger.Instance);
            RawClient client = await RawClient.ConnectAsync(listener.EndPoint);
            return new Wire(runtime, listener, client, (await listener.AcceptAsync(Cancelled))!);
        }

        /// <summary>Runs <paramref name="body"/> in a turn of the connection's read, as a server runs a request that it has received.</summary>
        internal async Task InATurnAsync(Func<ValueTask> body)
        {
            Task turn = ReadAndRunAsync(); // waits before anything is sent: a read that had ended by then would go on here, in no turn
            Assert.False(turn.IsCompleted);
            await client.SendAsync("?");
            await turn;

            async Task ReadAndRunAsync()
            {
                server.Transport.Input.AdvanceTo((await server.Transport.Input.ReadAsync(Cancelled).ConfigureAwait(false)).Buffer.End);
                await body().ConfigureAwait(false);
            }
        }

        public async ValueTask DisposeAsync()
        {
            client.Dispose();
            await server.DisposeAsync();
            await listener.DisposeAsync();
            await runtime.DisposeAsync();
        }
    }
}
