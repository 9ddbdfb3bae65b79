using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Goroutines.AspNetCore.Tests;

/// <summary>Kestrel behaves on this transport as on the framework's, which is the oracle: each conversation is held with both, and what the
/// client and the application see must be the same.</summary>
public sealed class RequestComparisonTests
{
    private const string End = "\r\n\r\n";

    private static readonly Dictionary<string, Func<Conversation, Task>> s_conversations = new()
    {
        ["keep-alive"] = async c =>
        {
            for (int i = 0; i < 5; i++)
            {
                await c.SendAsync("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
                await c.SeeAsync("hello!");
            }
        },
        ["connection: close"] = async c =>
        {
            await c.SendAsync("GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            await c.SeeEndAsync();
        },
        ["http/1.0"] = async c =>
        {
            await c.SendAsync("GET /hello HTTP/1.0\r\n\r\n");
            await c.SeeEndAsync();
        },
        ["pipelining"] = async c =>
        {
            await c.SendAsync(string.Concat(Enumerable.Repeat("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n", 50)));
            for (int i = 0; i < 50; i++)
            {
                await c.SeeAsync("hello!");
            }
        },
        ["pipelining, then close"] = async c =>
        {
            await c.SendAsync("GET /hello HTTP/1.1\r\nHost: h\r\n\r\nGET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            await c.SeeEndAsync();
        },
        ["request in single bytes"] = async c =>
        {
            foreach (char letter in "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
            {
                await c.SendAsync(letter.ToString());
            }

            await c.SeeAsync("abc");
        },
        ["chunked request"] = async c =>
        {
            await c.SendAsync("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            await c.SendAsync("6;x=y\r\n world\r\n0\r\nTrailer: t\r\n\r\n");
            await c.SeeAsync("0\r\n\r\n");
            await c.SendAsync("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
            await c.SeeAsync("hello!");
        },
        ["chunk that is none"] = async c =>
        {
            await c.SendAsync("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
            await c.SeeEndAsync();
        },
        ["expect: 100-continue"] = async c =>
        {
            await c.SendAsync("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            await c.SeeAsync("100 Continue\r\n\r\n");
            await c.SendAsync("hello");
            await c.SeeAsync("hello");
        },
        ["expect, but not read"] = async c =>
        {
            await c.SendAsync("POST /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            await c.SeeAsync("hello!");
        },
        ["large request body"] = async c =>
        {
            await c.SendAsync("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 8388608\r\n\r\n");
            byte[] part = new byte[65536];
            for (int i = 0; i < 128; i++)
            {
                await c.SendAsync(part);
            }

            await c.SeeAsync("8388608");
        },
        ["large body that is not read"] = async c =>
        {
            await c.SendAsync("POST /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" + new string('x', 300000));
            await c.SeeAsync("hello!");
            await c.SendAsync("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
            await c.SeeAsync("hello!");
        },
        ["body above the limit"] = async c =>
        {
            await c.SendAsync("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n");
            await c.SeeEndAsync();
        },
        ["large response"] = async c =>
        {
            await c.SendAsync("GET /large HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            await c.SeeEndAsync();
        },
        ["large response in one write"] = async c =>
        {
            await c.SendAsync("GET /onewrite HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            await c.SeeEndAsync();
        },
        ["response of many small writes"] = async c =>
        {
            await c.SendAsync("GET /smallwrites HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            await c.SeeEndAsync();
        },
        ["reader that is slow"] = async c =>
        {
            await c.SendAsync("GET /large HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            await c.SeeAsync(End);
            await c.Server.SeeAsync("blocked: the response is larger than what fits");
            await c.SeeEndAsync();
        },
        ["header that is none"] = async c =>
        {
            await c.SendAsync("GET /hello HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n");
            await c.SeeEndAsync();
        },
        ["no HTTP at all"] = async c =>
        {
            await c.SendAsync("hello, is this HTTP?\r\n\r\n");
            await c.SeeEndAsync();
        },
        ["HTTP/2 preface on a connection for HTTP/1"] = async c =>
        {
            await c.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            await c.SeeEndAsync();
        },
        ["headers above the limit"] = async c =>
        {
            await c.SendAsync("GET /hello HTTP/1.1\r\nHost: h\r\nX: " + new string('x', 40000) + End);
            await c.SeeEndAsync();
        },
        ["request line above the limit"] = async c =>
        {
            await c.SendAsync("GET /" + new string('x', 10000) + " HTTP/1.1\r\nHost: h\r\n\r\n");
            await c.SeeEndAsync();
        },
        ["client ends before a request"] = async c =>
        {
            c.Client.ShutdownSend();
            await c.SeeEndAsync();
        },
        ["half close between requests"] = async c =>
        {
            await c.SendAsync("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
            await c.SeeAsync("hello!");
            c.Client.ShutdownSend();
            await c.SeeEndAsync();
        },
        ["half close during a handler"] = async c =>
        {
            await c.SendAsync("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
            await c.Server.SeeAsync("waiting");
            c.Client.ShutdownSend();
            await c.SeeEventAsync("aborted");
            await c.SeeEndAsync();
        },
        ["reset during a handler"] = async c =>
        {
            await c.SendAsync("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
            await c.Server.SeeAsync("waiting");
            c.Client.Reset();
            await c.SeeEventAsync("aborted");
        },
        ["reset during a body"] = async c =>
        {
            await c.SendAsync("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
            await c.Server.SeeAsync("3 bytes");
            c.Client.Reset();
            await c.SeeEventAsync("body failed: ConnectionResetException");
        },
        ["reset during a response"] = async c =>
        {
            await c.SendAsync("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n");
            await c.SeeAsync("xxxx");
            c.Client.Reset();
            await c.SeeEventAsync("endless response ended: aborted");
        },
        ["abort by the handler"] = async c =>
        {
            await c.SendAsync("GET /abort HTTP/1.1\r\nHost: h\r\n\r\n");
            await c.SeeEndAsync();
        },
        ["abort by the handler, in a response"] = async c =>
        {
            await c.SendAsync("GET /abortlater HTTP/1.1\r\nHost: h\r\n\r\n");
            await c.SeeAsync("part");
            c.Server.Go();
            await c.SeeEndAsync();
        },
        ["abort while a flush waits"] = async c =>
        {
            await c.SendAsync("GET /flushabort HTTP/1.1\r\nHost: h\r\n\r\n");
            await c.Server.SeeAsync("flush waits");
            c.Server.Go();
            await c.SeeEventAsync("endless response ended: aborted");
        },
        ["exception in a handler"] = async c =>
        {
            await c.SendAsync("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n");
            await c.SeeAsync(End);
        },
        ["exception in a response"] = async c =>
        {
            await c.SendAsync("GET /throwlater HTTP/1.1\r\nHost: h\r\n\r\n");
            await c.SeeEndAsync();
        },
        ["upgrade"] = async c =>
        {
            await c.SendAsync("GET /upgrade HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: parrot\r\n\r\n");
            await c.SeeAsync(End);
            await c.SendAsync("pretty");
            await c.SeeAsync("pretty");
            await c.SendAsync("polly");
            await c.SeeAsync("polly");
            c.Client.ShutdownSend();
            await c.SeeEndAsync();
        },
        ["handler that blocks on the body"] = async c =>
        {
            await c.SendAsync("POST /blockingread HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc");
            await c.Server.SeeAsync("reading");
            await c.SendAsync("def");
            await c.SeeAsync("6 bytes");
        },
        ["context of a handler"] = async c =>
        {
            for (int i = 0; i < 3; i++)
            {
                await c.SendAsync("GET /context HTTP/1.1\r\nHost: h\r\n\r\n");
                await c.SeeAsync("null null");
            }
        },
        ["body that comes too slowly"] = async c =>
        {
            await c.SendAsync("POST /minrate HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nabc");
            await c.SeeEndAsync();
            await c.SeeEventAsync("minrate: BadHttpRequestException");
        },
        ["response that is read too slowly"] = async c =>
        {
            await c.SendAsync("GET /minresponserate HTTP/1.1\r\nHost: h\r\n\r\n");
            await c.SeeEventAsync("endless response ended: aborted");
        },
        ["headers that come too slowly"] = async c =>
        {
            await c.SendAsync("GET /hello HTTP/1.1\r\nHo");
            await c.SeeEndAsync();
        },
        ["HEAD"] = async c =>
        {
            await c.SendAsync("HEAD /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            await c.SeeEndAsync();
        },
        ["bodies of all sizes"] = async c =>
        {
            foreach (int size in new[] { 1, 2047, 2048, 2049, 4000, 4095, 4096, 4097, 8191, 8192, 8193, 70000 })
            {
                await c.SendAsync(string.Create(CultureInfo.InvariantCulture, $"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: {size}\r\n\r\n") + new string('x', size));
                await c.SeeAsync("x\r\n0\r\n\r\n");
            }
        },
    };

    public static TheoryData<string> Conversations => new(s_conversations.Keys);

    [Theory]
    [MemberData(nameof(Conversations))]
    public async Task Conversation_OnBothTransports_IsTheSame(string name)
    {
        string expected = await HoldAsync(goroutines: false, s_conversations[name]);
        string actual = await HoldAsync(goroutines: true, s_conversations[name]);

        Assert.Equal(expected, actual);
    }

    /// <summary>Two threads of the server hear of the client's end: the one that parses, and the one that aborts the output of a client that has gone. The
    /// first one that comes decides whether the client gets an answer, on either transport; here a middleware decides which one it is.</summary>
    [Theory]
    [InlineData(true, "HTTP/1.1 400 Bad Request\r\n")]
    [InlineData(false, "<FIN>")]
    public async Task ClientThatEndsInTheMiddleOfARequest_OnBothTransports_GetsTheSame(bool parserIsFirst, string expected)
    {
        await GetsTheSameAsync(parserIsFirst, expected, static async c =>
        {
            await c.SendAsync("GET /hel");
            c.Client.ShutdownSend();
            await c.SeeEndAsync();
        });
    }

    /// <summary>Likewise, with a body that is shorter than said. The parser resets the connection, and the thread that aborts ends it in order.</summary>
    [Theory]
    [InlineData(true, "<RST>")]
    [InlineData(false, "<FIN>")]
    public async Task ClientThatEndsInTheMiddleOfABody_OnBothTransports_GetsTheSame(bool parserIsFirst, string expected)
    {
        await GetsTheSameAsync(parserIsFirst, expected, static async c =>
        {
            await c.SendAsync("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
            c.Client.ShutdownSend();
            await c.SeeEndAsync();
            await c.SeeEventAsync("body failed: BadHttpRequestException");
        });
    }

    private static async Task GetsTheSameAsync(bool parserIsFirst, string expected, Func<Conversation, Task> conversation)
    {
        Func<ConnectionDelegate, ConnectionDelegate> middleware = parserIsFirst ? OrderOfEnds.ParserFirst : OrderOfEnds.ConnectionFirst;
        string onTheFrameworks = await HoldAsync(goroutines: false, conversation, middleware);
        string onOurs = await HoldAsync(goroutines: true, conversation, middleware);

        Assert.StartsWith(expected, onTheFrameworks, StringComparison.Ordinal);
        Assert.Equal(onTheFrameworks, onOurs);
    }

    private static async Task<string> HoldAsync(bool goroutines, Func<Conversation, Task> conversation, Func<ConnectionDelegate, ConnectionDelegate>? middleware = null)
    {
        Stage stage = new(goroutines ? "goroutines" : "the framework");
        await using TestServer server = await TestServer.StartAsync(goroutines, stage.Map, options =>
        {
            options.Limits.MaxRequestBodySize = 20_000_000;
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
            options.Listen(IPAddress.Loopback, 0, listen => listen.Use(middleware ?? (static next => next)));
        });
        using RawClient client = await RawClient.ConnectAsync(server.LastEndPoint, receiveBuffer: 65536);
        Conversation held = new(client, stage);
        await conversation(held);
        return held.Seen.ToString();
    }

    /// <summary>What is said and seen.</summary>
    private sealed class Conversation(RawClient client, Stage server)
    {
        internal RawClient Client => client;

        internal Stage Server => server;

        internal StringBuilder Seen { get; } = new();

        internal Task SendAsync(string text) => client.SendAsync(text);

        internal Task SendAsync(byte[] bytes) => client.SendAsync(bytes);

        internal async Task SeeAsync(string end) => Seen.Append(await client.ReadUntilAsync(end)).Append('\n');

        internal async Task SeeEndAsync() => Seen.Append(await client.ReadToEndAsync()).Append('\n');

        internal async Task SeeEventAsync(string expected)
        {
            await server.SeeAsync(expected);
            Seen.Append(CultureInfo.InvariantCulture, $"<{expected}>\n");
        }
    }
}
