using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Goroutines.AspNetCore.Tests;

/// <summary>What requests get of goroutines: contexts, scopes, streams, WebSockets, the page. On both transports.</summary>
public sealed class StreamTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ServerSentEvents_OfAProducer_ComeOneByOneAndEndWithIt(bool goroutines)
    {
        Chan<Unit> go = new();
        await using TestServer server = await StartAsync(goroutines, app => app.MapGet("/events", () => GoResults.ServerSentEvents<Tick>(
            async (ticks, context) =>
            {
                await ticks.SendAsync(new Tick(1), context);
                await go.ReceiveAsync(context);
                await ticks.SendAsync(new Tick(2), context);
            },
            "tick")));
        using HttpClient client = Client(server);
        using HttpResponseMessage response = await client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, Cancelled);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(Cancelled));

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(["event: tick", "data: {\"number\":1}", ""], await LinesAsync(reader, 3));
        await go.SendAsync(default, Cancelled);
        Assert.Equal(["event: tick", "data: {\"number\":2}", ""], await LinesAsync(reader, 3));
        Assert.Null(await reader.ReadLineAsync(Cancelled));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ServerSentEvents_WhenTheClientGoes_CancelsTheProducer(bool goroutines)
    {
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await StartAsync(goroutines, app => app.MapGet("/events", () => GoResults.ServerSentEvents<string>(async (texts, context) =>
        {
            await texts.SendAsync("first", context);
            await context.Done.ReceiveAsync();
            cancelled.SetResult();
        })));
        using HttpClient client = Client(server);
        using (HttpResponseMessage response = await client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, Cancelled))
        {
            using StreamReader reader = new(await response.Content.ReadAsStreamAsync(Cancelled));
            Assert.Equal(["data: first", ""], await LinesAsync(reader, 2));
        }

        await cancelled.Task.WaitAsync(s_patience, Cancelled);
    }

    [Fact]
    public async Task ServerSentEvents_WithoutValues_SendsHeartbeats()
    {
        Chan<string> silent = new();
        await using TestServer server = await StartAsync(true, app => app.MapGet("/events", () => GoResults.ServerSentEvents(silent.Receiver, heartbeat: TimeSpan.FromMilliseconds(5))));
        using HttpClient client = Client(server);
        using HttpResponseMessage response = await client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, Cancelled);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(Cancelled));

        Assert.Equal([":", "", ":", ""], await LinesAsync(reader, 4));
        await silent.SendAsync("two\nlines", Cancelled);
        while (await reader.ReadLineAsync(Cancelled) is not "data: two")
        {
        }

        Assert.Equal("data: lines", await reader.ReadLineAsync(Cancelled));
    }

    [Fact]
    public async Task JsonLines_OfAChannel_AreOneALine()
    {
        Chan<Tick> ticks = new(100);
        await using TestServer server = await StartAsync(true, app => app.MapGet("/lines", () => GoResults.JsonLines(ticks.Receiver)));
        for (int i = 0; i < 100; i++)
        {
            await ticks.SendAsync(new Tick(i), Cancelled);
        }

        ticks.Close();
        using HttpClient client = Client(server);

        string text = await client.GetStringAsync("/lines", Cancelled);

        Assert.Equal(string.Concat(Enumerable.Range(0, 100).Select(static i => $"{{\"number\":{i}}}\n")), text);
    }

    [Fact]
    public async Task JsonLines_WithAProducerThatFails_BreaksTheResponse()
    {
        await using TestServer server = await StartAsync(true, app => app.MapGet("/lines", static () => GoResults.JsonLines<Tick>(static async (ticks, context) =>
        {
            await ticks.SendAsync(new Tick(1), context);
            throw new FormatException("wrong");
        })));
        using HttpClient client = Client(server);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/lines", Cancelled));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GoContext_AsAParameter_EndsWithTheClient(bool goroutines)
    {
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<Exception?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await StartAsync(goroutines, app => app.MapGet("/wait", async (GoContext context) =>
        {
            started.SetResult();
            await context.Done.ReceiveAsync();
            ended.SetResult(context.Err);
        }));
        using HttpClient client = Client(server);
        using CancellationTokenSource gone = new();
        Task<string> request = client.GetStringAsync("/wait", gone.Token);
        await started.Task.WaitAsync(s_patience, Cancelled);

        await gone.CancelAsync();

        Assert.IsType<OperationCanceledException>(await ended.Task.WaitAsync(s_patience, Cancelled), exactMatch: false);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WithGoroutine_HandlerWithAScope_RunsAsAGoroutineAndWaitsForItsChildren(bool goroutines)
    {
        bool childEnded = false;
        await using TestServer server = await StartAsync(goroutines, app => app.MapGet("/work", async (GoScope scope) =>
        {
            long id = Go.CurrentId;
            scope.Spawn(async () =>
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(20));
                childEnded = true;
            });
            Goroutine<int> sum = scope.Run(static async () =>
            {
                await Task.Yield();
                return 42;
            });
            return $"{await sum} {id != 0 && id == Go.CurrentId}";
        }).WithGoroutine());
        using HttpClient client = Client(server);

        Assert.Equal("42 True", await client.GetStringAsync("/work", Cancelled));
        Assert.True(childEnded);
    }

    [Fact]
    public async Task WithGoroutine_WhenTheClientGoes_CancelsTheChildren()
    {
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await StartAsync(true, app => app.MapGet("/work", (GoScope scope) => scope.Spawn(async () =>
        {
            started.SetResult();
            try
            {
                await Go.SleepAsync(Timeout.InfiniteTimeSpan, scope.CancellationToken);
            }
            finally
            {
                cancelled.SetResult();
            }
        })).WithGoroutine());
        using HttpClient client = Client(server);
        using CancellationTokenSource gone = new();
        Task<string> request = client.GetStringAsync("/work", gone.Token);
        await started.Task.WaitAsync(s_patience, Cancelled);

        await gone.CancelAsync();

        await cancelled.Task.WaitAsync(s_patience, Cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }

    [Fact]
    public async Task GoScope_WithoutWithGoroutine_IsAnErrorThatSaysSo()
    {
        string? message = null;
        await using TestServer server = await StartAsync(true, app => app.MapGet("/work", (HttpContext context) =>
        {
            message = Assert.Throws<InvalidOperationException>(() => context.GetGoScope()).Message;
        }));
        using HttpClient client = Client(server);

        await client.GetStringAsync("/work", Cancelled);

        Assert.Contains("WithGoroutine()", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WebSocket_ThroughChannels_EchoesAndCloses(bool goroutines)
    {
        await using TestServer server = await StartAsync(goroutines, EchoSocket);
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri($"ws://{server.EndPoint}/ws"), Cancelled);
        byte[] buffer = new byte[200_000];

        foreach (int size in new[] { 0, 1, 5000, 130_000 })
        {
            byte[] sent = Encoding.UTF8.GetBytes(new string('x', size));
            await socket.SendAsync(sent, WebSocketMessageType.Text, true, Cancelled);
            Assert.Equal(sent, await ReceiveAsync(socket, buffer));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.Equal(WebSocketState.Closed, socket.State);
    }

    [Fact]
    public async Task WebSocket_WithAMessageThatIsTooLong_IsClosed()
    {
        await using TestServer server = await StartAsync(true, EchoSocket);
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri($"ws://{server.EndPoint}/ws"), Cancelled);

        await socket.SendAsync(new byte[200_001], WebSocketMessageType.Binary, true, Cancelled);
        WebSocketReceiveResult received = await socket.ReceiveAsync(new byte[10], Cancelled).WaitAsync(s_patience, Cancelled);

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, received.CloseStatus);
    }

    [Fact]
    public async Task WebSocket_WhenTheClientGoes_CancelsTheBody()
    {
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await StartAsync(true, app =>
        {
            app.UseWebSockets();
            app.Map("/ws", async (HttpContext context) =>
            {
                using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
                await socket.ServeAsync(async (_, outgoing, gone) =>
                {
                    await outgoing.SendAsync(WebSocketMessage.From("hello"), gone);
                    await gone.Done.ReceiveAsync();
                    cancelled.SetResult();
                });
            });
        });
        using (ClientWebSocket socket = new())
        {
            await socket.ConnectAsync(new Uri($"ws://{server.EndPoint}/ws"), Cancelled);
            Assert.Equal("hello"u8.ToArray(), await ReceiveAsync(socket, new byte[100]));
            socket.Abort();
        }

        await cancelled.Task.WaitAsync(s_patience, Cancelled);
    }

    [Fact]
    public async Task MapGoroutines_WithoutAPolicy_RefusesEveryRequest()
    {
        await using TestServer server = await StartAsync(true, static app => app.MapGoroutines());
        using HttpClient client = Client(server);

        using HttpResponseMessage response = await client.GetAsync("/debug/goroutines/api/dump", Cancelled);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("RequireAuthorization", await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MapGoroutines_WithAllowAnonymous_ServesReadsOnly()
    {
        Chan<int> never = new();
        await using TestServer server = await StartAsync(true, static app => app.MapGoroutines().AllowAnonymous());
        server.Services.GetRequiredService<GoRuntime>().Spawn(async () => await never.ReceiveAsync());
        using HttpClient client = Client(server);

        using HttpResponseMessage redirect = await client.GetAsync("/debug/goroutines?a=b", Cancelled);
        using HttpResponseMessage dump = await client.GetAsync("/debug/goroutines/api/dump", Cancelled);
        using HttpResponseMessage act = await client.PostAsync("/debug/goroutines/api/collect", null, Cancelled);

        Assert.Equal(HttpStatusCode.TemporaryRedirect, redirect.StatusCode);
        Assert.Equal("/debug/goroutines/?a=b", redirect.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, dump.StatusCode);
        Assert.Equal("no-store", dump.Headers.CacheControl!.ToString());
        Assert.Contains("goroutine ", await dump.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, act.StatusCode);
        GC.KeepAlive(never);
    }

    [Fact]
    public async Task SignalR_StreamsOfReceivers_AreWhatAHubReturns()
    {
        await using TestServer server = await StartAsync(true, static app => app.MapHub<TickHub>("/hub"), static builder => builder.Services.AddSignalR());
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri($"ws://{server.EndPoint}/hub"), Cancelled);
        await socket.SendAsync("{\"protocol\":\"json\",\"version\":1}\u001e"u8.ToArray(), WebSocketMessageType.Text, true, Cancelled);
        await socket.SendAsync("{\"type\":4,\"invocationId\":\"1\",\"target\":\"Count\",\"arguments\":[3]}\u001e"u8.ToArray(), WebSocketMessageType.Text, true, Cancelled);
        StringBuilder all = new();
        byte[] buffer = new byte[4096];
        while (!all.ToString().Contains("\"type\":3", StringComparison.Ordinal))
        {
            all.Append(Encoding.UTF8.GetString(await ReceiveAsync(socket, buffer)));
        }

        int[] items = [.. all.ToString().Split('\u001e').Where(static text => text.Contains("\"type\":2", StringComparison.Ordinal))
            .Select(static text => JsonDocument.Parse(text).RootElement.GetProperty("item").GetInt32())];
        Assert.Equal([1, 2, 3], items);
    }

    private static void EchoSocket(WebApplication app)
    {
        app.UseWebSockets();
        app.Map("/ws", async (HttpContext context) =>
        {
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.ServeAsync(
                static async (incoming, outgoing, gone) =>
                {
                    await foreach (WebSocketMessage message in incoming)
                    {
                        await outgoing.SendAsync(message, gone);
                    }
                },
                new WebSocketChannelOptions { LongestMessage = 200_000 },
                context.RequestAborted);
        });
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket, byte[] buffer)
    {
        int length = 0;
        WebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(new ArraySegment<byte>(buffer, length, buffer.Length - length), Cancelled).WaitAsync(s_patience, Cancelled);
            length += received.Count;
        }
        while (!received.EndOfMessage);
        return buffer[..length];
    }

    private static Task<TestServer> StartAsync(bool goroutines, Action<WebApplication> map, Action<WebApplicationBuilder>? build = null)
        => TestServer.StartAsync(goroutines, map, build: builder =>
        {
            builder.Services.AddGoroutinesWeb();
            build?.Invoke(builder);
        });

    private static HttpClient Client(TestServer server) => new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        BaseAddress = new Uri($"http://{server.EndPoint}"),
        Timeout = s_patience,
    };

    private static async Task<List<string?>> LinesAsync(StreamReader reader, int count)
    {
        List<string?> lines = [];
        while (lines.Count < count)
        {
            lines.Add(await reader.ReadLineAsync(Cancelled).AsTask().WaitAsync(s_patience, Cancelled));
        }

        return lines;
    }

    private sealed record Tick(int Number);

#pragma warning disable CA1812 // made by SignalR
    private sealed class TickHub : Hub
#pragma warning restore CA1812
    {
#pragma warning disable CA1822 // SignalR calls instances
        public IAsyncEnumerable<int> Count(int to, CancellationToken cancellationToken)
        {
            Chan<int> numbers = new();
            Go.Spawn(async () =>
            {
                for (int i = 1; i <= to; i++)
                {
                    await numbers.SendAsync(i, cancellationToken);
                }

                numbers.Close();
            });
            return numbers;
        }
#pragma warning restore CA1822
    }
}
