using Goroutines;
using Goroutines.Testing;

namespace Balancer.Tests;

public sealed class BackendPoolTests
{
    private readonly Cluster _cluster = new();

    [Fact]
    public void Take_RoundRobin_TakesEachInTurn() => GoTest.Run(() =>
    {
        var pool = new BackendPool(_cluster.Options("a", "b", "c"));

        Assert.Equal("abcabc", string.Concat(Enumerable.Range(0, 6).Select(_ => pool.Take([])!.Address)));
    });

    [Fact]
    public void Take_LeastConnections_TakesTheIdlest() => GoTest.Run(() =>
    {
        var pool = new BackendPool(_cluster.Options("a", "b", "c") with { Policy = Policy.LeastConnections });
        Backend[] taken = [.. Enumerable.Range(0, 5).Select(_ => pool.Take([])!)];

        Assert.Equal("abcab", string.Concat(taken.Select(backend => backend.Address)));
        pool.Return(taken[1], true);
        pool.Return(taken[4], true);
        Assert.Equal("bcb", string.Concat(Enumerable.Range(0, 3).Select(_ => pool.Take([])!.Address)));
    });

    [Fact]
    public void Take_Tried_PrefersOthers() => GoTest.Run(() =>
    {
        var pool = new BackendPool(_cluster.Options("a", "b"));

        Assert.Equal("b", pool.Take([pool.Backends[0]])!.Address);
        Assert.Equal("a", pool.Take([pool.Backends[0], pool.Backends[1]])!.Address);
    });

    [Fact]
    public void Return_FailuresInARow_EjectForLongerEachTime() => GoTest.Run(async () =>
    {
        var pool = new BackendPool(_cluster.Options("a", "b"));
        Backend a = pool.Backends[0];
        Fail(2);
        Assert.True(a.EjectedUntil <= Go.Now);
        pool.Return(Taken(), succeeded: true);
        Fail(2);
        Assert.True(a.EjectedUntil <= Go.Now, "a success in between was forgotten");

        Fail(1);
        Assert.Equal(Go.Now + TimeSpan.FromSeconds(5), a.EjectedUntil);
        Assert.Equal("bb", pool.Take([])!.Address + pool.Take([])!.Address);

        await Go.SleepAsync(TimeSpan.FromSeconds(5));
        Fail(1);
        Assert.Equal(Go.Now + TimeSpan.FromSeconds(10), a.EjectedUntil);
        await Go.SleepAsync(TimeSpan.FromSeconds(10));
        pool.Return(Taken(), succeeded: true);
        Assert.Equal(0, a.EjectionsInARow);

        Backend Taken()
        {
            a.Active++;
            return a;
        }

        void Fail(int times)
        {
            for (int i = 0; i < times; i++)
            {
                pool.Return(Taken(), succeeded: false);
            }
        }
    });

    [Fact]
    public void Take_AllEjected_TriesThemNevertheless() => GoTest.Run(() =>
    {
        var pool = new BackendPool(_cluster.Options("a") with { EjectAfter = 1 });
        pool.Return(pool.Take([])!, succeeded: false);

        Assert.NotNull(pool.Take([]));
    });

    [Fact]
    public void Checks_FailAndSucceedInARow_TakeABackendOutAndIn() => GoTest.Run(async () =>
    {
        _cluster.Answers("a", "HTTP/1.1 200 OK\r\n\r\n").Answers("b", "HTTP/1.1 200 OK\r\n\r\n");
        var pool = new BackendPool(_cluster.Options("a", "b") with { HealthPath = "/up" });
        using CancelContext stop = GoContext.Background.WithCancel();
        Goroutine checking = Go.Run(() => new HealthChecker(pool).RunAsync(stop));
        await Go.SleepAsync(TimeSpan.FromSeconds(1));
        Assert.StartsWith("GET /up HTTP/1.1\r\n", _cluster.Heads[0], StringComparison.Ordinal);

        _cluster.Answers("a", "HTTP/1.1 500 Error\r\n\r\n");
        await Go.SleepAsync(TimeSpan.FromSeconds(2));
        Assert.True(pool.Backends[0].IsHealthy);
        await Go.SleepAsync(TimeSpan.FromSeconds(2));
        Assert.Equal((false, true), (pool.Backends[0].IsHealthy, pool.Backends[1].IsHealthy));
        Assert.Equal("bb", pool.Take([])!.Address + pool.Take([])!.Address);

        _cluster.With("b", null);
        await Go.SleepAsync(TimeSpan.FromSeconds(4));
        Assert.Null(pool.Take([]));
        Assert.False(pool.HasHealthy());

        _cluster.Answers("a", "HTTP/1.1 302 Found\r\n\r\n").With("b", async conn => await Client.ReadUntilAsync(conn, "never"));
        await Go.SleepAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((true, false), (pool.Backends[0].IsHealthy, pool.Backends[1].IsHealthy));
        stop.Cancel();
        await checking;
    });

    [Fact]
    public void Metrics_AfterRequests_CountThem() => GoTest.Run(() =>
    {
        var pool = new BackendPool(_cluster.Options("a", "b"));
        pool.Return(pool.Take([])!, succeeded: true);
        pool.Return(pool.Take([])!, succeeded: false);
        pool.Durations.Add(TimeSpan.FromMilliseconds(20));

        string metrics = pool.Metrics();

        foreach (string line in new[]
        {
            "balancer_backend_up{backend=\"a\"} 1", "balancer_backend_requests_total{backend=\"b\"} 1", "balancer_backend_failures_total{backend=\"a\"} 0",
            "balancer_backend_failures_total{backend=\"b\"} 1", "balancer_request_duration_seconds_bucket{le=\"0.01\"} 0", "balancer_request_duration_seconds_bucket{le=\"0.025\"} 1",
            "balancer_request_duration_seconds_sum 0.02", "balancer_request_duration_seconds_count 1",
        })
        {
            Assert.Contains(line + "\n", metrics, StringComparison.Ordinal);
        }
    });

    [Fact]
    public void Tcp_HalfClose_IsPassedOnInBothDirections() => GoTest.Run(async () =>
    {
        _cluster.With("a", null).With("b", async conn =>
        {
            string all = await Client.ReadToEndAsync(conn);
            await conn.WriteAsync(System.Text.Encoding.ASCII.GetBytes(all.ToUpperInvariant()));
        });
        var pool = new BackendPool(_cluster.Options("a", "b"));
        using var client = new Client(pool, isTcp: true);

        await client.SendAsync("hello");
        client.Conn.CloseWrite();

        Assert.Equal("HELLO", await client.RestAsync());
        await client.Serving;
        Assert.Equal((1, 0, 0), (pool.Backends[0].Failures, pool.Backends[1].Failures, pool.Backends[1].Active));
    });

    [Fact]
    public void Tcp_NothingMoves_EndsAfterTheIdleTime() => GoTest.Run(async () =>
    {
        _cluster.With("a", async conn =>
        {
            for (int i = 0; i < 5; i++)
            {
                await Go.SleepAsync(TimeSpan.FromSeconds(20));
                await conn.WriteAsync("x"u8.ToArray());
            }

            await Client.ReadUntilAsync(conn, "never");
        });
        using var client = new Client(new BackendPool(_cluster.Options("a") with { IdleTimeout = TimeSpan.FromSeconds(30) }), isTcp: true);
        DateTimeOffset begun = Go.Now;

        Assert.Equal("xxxxx", await client.RestAsync());

        Assert.Equal(100 + 30, (Go.Now - begun).TotalSeconds, 0.01);
    });
}
