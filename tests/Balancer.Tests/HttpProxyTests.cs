using System.Text;
using Goroutines;
using Goroutines.Testing;

namespace Balancer.Tests;

public sealed class HttpProxyTests
{
    private const string Get = "GET /x?y HTTP/1.1\r\nHost: h\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private const string Empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private readonly Cluster _cluster = new();

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nTrailer: t\r\n\r\n")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!")]
    public void Answer_OfAnyFraming_IsPassedOnAndTheConnectionsAreKept(string answer) => GoTest.Run(async () =>
    {
        var pool = new BackendPool(_cluster.Answers("a", answer).Options("a"));
        using var client = new Client(pool);

        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync(Get);
            await client.ExpectAsync(answer);
        }

        client.Conn.CloseWrite();
        Assert.Equal("", await client.RestAsync());
        await client.Serving;
        Assert.Equal(["a"], _cluster.Dialled);
        Assert.Equal((3, 0, 0), (pool.Backends[0].Requests, pool.Backends[0].Failures, pool.Backends[0].Active));
        pool.CloseIdle();
    });

    [Fact]
    public void Answer_UntilTheEnd_EndsTheClientsConnectionToo() => GoTest.Run(async () =>
    {
        _cluster.With("a", async conn =>
        {
            await _cluster.ReadHeadAsync(conn);
            await conn.WriteAsync("HTTP/1.1 200 OK\r\n\r\nuntil the end"u8.ToArray());
        });
        using var client = new Client(new BackendPool(_cluster.Options("a")));

        await client.SendAsync(Get);

        Assert.Equal("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end", await client.RestAsync());
    });

    [Fact]
    public void Requests_PipelinedAndSplitAtAnyByte_AreAnsweredInOrder() => GoTest.Run(async () =>
    {
        const string Pipeline = Get + Post + "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + Get;
        List<string> bodies = [];
        _cluster.With("a", async conn =>
        {
            while (await _cluster.ReadHeadAsync(conn) is { Length: > 0 } head)
            {
                if (head.Contains("chunked", StringComparison.Ordinal))
                {
                    bodies.Add(await Client.ReadUntilAsync(conn, "\r\n0\r\n\r\n"));
                }
                else if (head.StartsWith("POST", StringComparison.Ordinal))
                {
                    bodies.Add(await Client.ReadUntilAsync(conn, "hello"));
                }

                await conn.WriteAsync(Encoding.ASCII.GetBytes(Ok));
            }
        });
        var pool = new BackendPool(_cluster.Options("a"));
        for (int split = 1; split < Pipeline.Length; split++)
        {
            bodies.Clear();
            using var client = new Client(pool);
            Goroutine sending = Go.Run(async () =>
            {
                await client.SendAsync(Pipeline[..split]);
                await client.SendAsync(Pipeline[split..]);
            });
            await client.ExpectAsync(Ok + Ok + Ok + Ok);
            await sending;
            Assert.Equal(["hello", "3\r\nabc\r\n0\r\n\r\n"], bodies);
        }

        pool.CloseIdle();
    });

    [Fact]
    public void Request_FieldsOfTheHop_AreNotPassedOn() => GoTest.Run(async () =>
    {
        var pool = new BackendPool(_cluster.Answers("a", "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nX-Stay: 2\r\nContent-Length: 0\r\n\r\n").Options("a"));
        using var client = new Client(pool);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\nConnection: close, X-Mine, Host\r\nX-Mine: 1\r\nKeep-Alive: 5\r\nUpgrade: h2c\r\nX-Stay: 2\r\n\r\n");

        Assert.Equal("HTTP/1.1 200 OK\r\nX-Stay: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", await client.RestAsync());
        Assert.Equal("GET / HTTP/1.1\r\nHost: h\r\nX-Stay: 2\r\nX-Forwarded-Proto: http\r\n\r\n", Assert.Single(_cluster.Heads));
        pool.CloseIdle();
    });

    [Fact]
    public void Request_FieldsOfEarlierHops_AreReplacedOrDropped() => GoTest.Run(async () =>
    {
        const string Answer = "HTTP/1.1 200 OK\r\nForwarded: by=b\r\nX-Forwarded-Proto: https\r\nContent-Length: 0\r\n\r\n";
        var pool = new BackendPool(_cluster.Answers("a", Answer).Options("a"));
        using var client = new Client(pool);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\nx-forwarded-proto: https\r\nForwarded: for=1.2.3.4;proto=https\r\nX-Forwarded-Host: other\r\nX-Forwarded-Port: 443\r\nX-Stay: 2\r\n\r\n");

        await client.ExpectAsync(Answer);
        client.Conn.CloseWrite();
        await client.Serving;
        Assert.Equal("GET / HTTP/1.1\r\nHost: h\r\nX-Stay: 2\r\nX-Forwarded-Proto: http\r\n\r\n", Assert.Single(_cluster.Heads));
        pool.CloseIdle();
    });

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("GET /\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    [InlineData("G<T / HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / x HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400)]
    public void Request_ThatCouldBeReadInTwoWays_IsRefusedAndEndsTheConnection(string request, int status) => GoTest.Run(async () =>
    {
        _cluster.With("a", async conn => await Client.ReadUntilAsync(conn, "never"));
        var pool = new BackendPool(_cluster.Options("a"));
        using var client = new Client(pool);

        await client.SendAsync(request);
        string answer = await client.RestAsync();

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Equal((0, 0), (pool.Backends[0].Failures, pool.Backends[0].Active));
    });

    [Fact]
    public void Head_TooLong_IsRefused() => GoTest.Run(async () =>
    {
        using var client = new Client(new BackendPool(_cluster.Answers("a", Ok).Options("a")));
        Goroutine sending = Go.Run(() => client.SendAsync("GET / HTTP/1.1\r\nX: " + new string('x', 20_000)));

        Assert.StartsWith("HTTP/1.1 431 ", await client.RestAsync(), StringComparison.Ordinal);
        await sending;
    });

    [Theory]
    [InlineData(Get)]
    [InlineData(Post)]
    public void Dial_Refused_AnyRequestGoesToAnotherBackend(string request) => GoTest.Run(async () =>
    {
        _cluster.With("a", null).With("b", async conn =>
        {
            string head = await _cluster.ReadHeadAsync(conn);
            await (head.StartsWith("POST", StringComparison.Ordinal) ? Client.ReadUntilAsync(conn, "hello") : default);
            await conn.WriteAsync(Encoding.ASCII.GetBytes(Ok));
        });
        var pool = new BackendPool(_cluster.Options("a", "b"));
        using var client = new Client(pool);

        await client.SendAsync(request);
        await client.ExpectAsync(Ok);

        Assert.Equal(["a", "b"], _cluster.Dialled);
        Assert.Equal((1, 0), (pool.Backends[0].Failures, pool.Backends[1].Failures));
        pool.CloseIdle();
    });

    [Theory]
    [InlineData("GET", 2)]
    [InlineData("DELETE", 2)]
    [InlineData("POST", 1)]
    public void Backend_GoneBeforeItsAnswer_OnlyIdempotentRequestsAreRepeated(string method, int sent) => GoTest.Run(async () =>
    {
        _cluster.With("a", async conn => await _cluster.ReadHeadAsync(conn)).Answers("b", Ok);
        using var client = new Client(new BackendPool(_cluster.Options("a", "b")));

        string status = await client.AskAsync($"{method} / HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal(sent == 2 ? "HTTP/1.1 200 OK" : "HTTP/1.1 502 BadGateway", status);
        Assert.Equal(sent, _cluster.Heads.Count);
    });

    [Fact]
    public void Backend_GoneInTheMiddleOfItsAnswer_EndsTheClientsConnection() => GoTest.Run(async () =>
    {
        _cluster.With("a", async conn =>
        {
            await _cluster.ReadHeadAsync(conn);
            await conn.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"u8.ToArray());
        }).Answers("b", Ok);
        var pool = new BackendPool(_cluster.Options("a", "b"));
        using var client = new Client(pool);

        await client.SendAsync(Get);

        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", await client.RestAsync());
        Assert.Equal(["a"], _cluster.Dialled);
        Assert.Equal(1, pool.Backends[0].Failures);
    });

    [Theory]
    [InlineData("rubbish\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nX: {long}\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")]
    public void Backend_MalformedBeforeItsAnswerIsPassedOn_FailsAndOnlyIdempotentRequestsAreRepeated(string answer) => GoTest.Run(async () =>
    {
        _cluster.With("a", async conn =>
        {
            await _cluster.ReadHeadAsync(conn);
            await conn.WriteAsync(Encoding.ASCII.GetBytes(answer.Replace("{long}", new string('x', 20_000), StringComparison.Ordinal)));
        }).Answers("b", Ok);
        var pool = new BackendPool(_cluster.Options("a", "b") with { EjectAfter = 10 });
        using var client = new Client(pool);

        for (int i = 1; i <= 2; i++)
        {
            await client.SendAsync(Get);
            await client.ExpectAsync(Ok);
            Assert.Equal((i, 0), (pool.Backends[0].Failures, pool.Backends[1].Failures));
        }

        await client.SendAsync(Post);
        string refusal = await client.RestAsync();
        Assert.StartsWith("HTTP/1.1 502 ", refusal, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", refusal, StringComparison.Ordinal);
        Assert.Equal((3, 0), (pool.Backends[0].Failures, pool.Backends[1].Failures));
        pool.CloseIdle();
    });

    [Fact]
    public void Backend_MalformedAfterAnInterimAnswer_IsA502() => GoTest.Run(async () =>
    {
        _cluster.With("a", async conn =>
        {
            await _cluster.ReadHeadAsync(conn);
            await conn.WriteAsync("HTTP/1.1 103 Early Hints\r\n\r\nrubbish\r\n\r\n"u8.ToArray());
        });
        var pool = new BackendPool(_cluster.Options("a") with { Attempts = 1 });
        using var client = new Client(pool);

        await client.SendAsync(Get);

        await client.ExpectAsync("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 502 BadGateway\r\n");
        Assert.Equal(1, pool.Backends[0].Failures);
    });

    [Fact]
    public void Backend_MalformedInTheMiddleOfItsAnswer_EndsTheClientsConnectionWithoutMoreBytes() => GoTest.Run(async () =>
    {
        const string Begun = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n";
        _cluster.With("a", async conn =>
        {
            await _cluster.ReadHeadAsync(conn);
            await conn.WriteAsync(Encoding.ASCII.GetBytes(Begun));
            await Go.SleepAsync(TimeSpan.FromSeconds(1));
            await conn.WriteAsync("1\r\nab\r\n0\r\n\r\n"u8.ToArray());
        }).Answers("b", Ok);
        var pool = new BackendPool(_cluster.Options("a", "b"));
        using var client = new Client(pool);

        await client.SendAsync(Get);

        Assert.Equal(Begun, await client.RestAsync());
        Assert.Equal(["a"], _cluster.Dialled);
        Assert.Equal(1, pool.Backends[0].Failures);
    });

    [Theory]
    [InlineData("x\r\n", "he")]
    [InlineData("5", "hel")]
    public void Client_MalformedOrSlowInTheMiddleOfTheAnswer_GetsNoMoreBytes(string chunk, string got) => GoTest.Run(async () =>
    {
        const string Begun = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
        _cluster.With("a", async conn =>
        {
            await _cluster.ReadHeadAsync(conn);
            await conn.WriteAsync(Encoding.ASCII.GetBytes(Begun + "he"));
            await Go.SleepAsync(TimeSpan.FromSeconds(20));
            await conn.WriteAsync("l"u8.ToArray());
            await Client.ReadUntilAsync(conn, "never");
        });
        var pool = new BackendPool(_cluster.Options("a") with { Timeout = TimeSpan.FromSeconds(30) });
        using var client = new Client(pool);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
        await Go.SleepAsync(TimeSpan.FromSeconds(1));
        await client.SendAsync(chunk);

        Assert.Equal(Begun + got, await client.RestAsync());
        await client.Serving;
        Assert.Equal((0, 0), (pool.Backends[0].Failures, pool.Backends[0].Active));
        await Go.SleepAsync(TimeSpan.FromSeconds(20));      // by then, the backend has ended
    });

    [Fact]
    public void IdleConnection_ClosedByTheBackend_IsNoFailure() => GoTest.Run(async () =>
    {
        _cluster.With("a", async conn =>
        {
            await _cluster.ReadHeadAsync(conn);
            await conn.WriteAsync(Encoding.ASCII.GetBytes(Ok));      // and closes, although it did not say so
        });
        var pool = new BackendPool(_cluster.Options("a"));
        using var client = new Client(pool);

        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync(Get);
            await client.ExpectAsync(Ok);
            await Go.SleepAsync(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, _cluster.Dialled.Count);
        Assert.Equal(0, pool.Backends[0].Failures);
        pool.CloseIdle();
    });

    [Fact]
    public void Backend_Silent_IsA504AfterTheTimeout() => GoTest.Run(async () =>
    {
        _cluster.With("a", async conn => await Client.ReadUntilAsync(conn, "never"));
        var pool = new BackendPool(_cluster.Options("a") with { Attempts = 1, Timeout = TimeSpan.FromSeconds(7) });
        using var client = new Client(pool);
        DateTimeOffset begun = Go.Now;

        Assert.Equal("HTTP/1.1 504 GatewayTimeout", await client.AskAsync(Get));

        Assert.Equal(7, (Go.Now - begun).TotalSeconds, 0.01);
        Assert.Equal(1, pool.Backends[0].Failures);
    });

    [Theory]
    [InlineData("", 60, "")]
    [InlineData("GET / HT", 10, "HTTP/1.1 408 ")]
    public void Client_Slow_EndsAfterItsTimeout(string sent, double seconds, string answer) => GoTest.Run(async () =>
    {
        using var client = new Client(new BackendPool(_cluster.Answers("a", Ok).Options("a")));
        DateTimeOffset begun = Go.Now;
        await client.SendAsync(sent);

        Assert.StartsWith(answer, await client.RestAsync(), StringComparison.Ordinal);

        Assert.Equal(seconds, (Go.Now - begun).TotalSeconds, 0.01);
    });

    [Fact]
    public void Backend_AnswersBeforeTheWholeBody_TheAnswerArrives() => GoTest.Run(async () =>
    {
        _cluster.With("a", async conn =>
        {
            await _cluster.ReadHeadAsync(conn);
            await conn.WriteAsync("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            await Client.ReadUntilAsync(conn, "never");
        });
        var pool = new BackendPool(_cluster.Options("a"));
        using var client = new Client(pool);

        string status = await client.AskAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nhello");

        Assert.Equal("HTTP/1.1 413 Too Large", status);
        Assert.Equal("", await client.RestAsync());
        await client.Serving;
        Assert.Equal((0, 0), (pool.Backends[0].Failures, pool.Backends[0].Active));
    });

    [Fact]
    public void Client_GoneInTheMiddleOfItsBody_IsNotTheBackendsFault() => GoTest.Run(async () =>
    {
        _cluster.With("a", async conn => await Client.ReadUntilAsync(conn, "never"));
        var pool = new BackendPool(_cluster.Options("a"));
        using var client = new Client(pool);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello");
        await Go.SleepAsync(TimeSpan.FromSeconds(1));
        client.Conn.Dispose();
        await client.Serving;

        Assert.Equal((1, 0, 0), (pool.Backends[0].Requests, pool.Backends[0].Failures, pool.Backends[0].Active));
    });

    [Fact]
    public void Upgrade_IsATunnelFromThenOn() => GoTest.Run(async () =>
    {
        _cluster.With("a", async conn =>
        {
            await _cluster.ReadHeadAsync(conn);
            await conn.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nfirst"u8.ToArray());
            await conn.CopyToAsync(conn);
        });
        using var client = new Client(new BackendPool(_cluster.Options("a")));

        await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly");
        await client.ExpectAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nfirst");
        await client.ExpectAsync("early");
        await client.SendAsync("later");
        await client.ExpectAsync("later");
        client.Conn.CloseWrite();

        Assert.Equal("", await client.RestAsync());
        Assert.Contains("Upgrade: echo\r\n", Assert.Single(_cluster.Heads), StringComparison.Ordinal);
        Assert.Contains("Connection: Upgrade\r\n", _cluster.Heads[0], StringComparison.Ordinal);
    });

    [Fact]
    public void Drain_AnswersWhatIsUnderWayAndClosesWhatIsIdle() => GoTest.Run(async () =>
    {
        _cluster.With("a", async conn =>
        {
            await _cluster.ReadHeadAsync(conn);
            await Go.SleepAsync(TimeSpan.FromSeconds(5));
            await conn.WriteAsync(Encoding.ASCII.GetBytes(Empty));
        });
        var pool = new BackendPool(_cluster.Options("a"));
        using var busy = new Client(pool);
        using var idle = new Client(pool);
        DateTimeOffset begun = Go.Now;
        await busy.SendAsync(Get);
        await Go.SleepAsync(TimeSpan.FromSeconds(1));

        busy.Drain();
        idle.Drain();

        Assert.Equal("", await idle.RestAsync());
        Assert.Equal(1, (Go.Now - begun).TotalSeconds, 0.01);
        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", await busy.RestAsync());
        Assert.Equal(5, (Go.Now - begun).TotalSeconds, 0.01);
        pool.CloseIdle();
    });
}
