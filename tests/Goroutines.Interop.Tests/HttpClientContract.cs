using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Goroutines.Net;
using Goroutines.Tests.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Interop.Tests;

/// <summary><see cref="HttpClient"/> over our connections, against Kestrel.</summary>
public abstract class HttpClientContract : NetContract
{
    private readonly ConcurrentBag<Conn> _dialed = [];

    [Fact]
    public Task Get_ManyAtOnce_EachHasItsAnswer() => Run(async () =>
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = NewClient(server);
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(
            number => client.GetStringAsync(new Uri($"/hello?name={number.ToString(CultureInfo.InvariantCulture)}", UriKind.Relative))));
        Assert.Equal(Enumerable.Range(0, 100).Select(number => string.Create(CultureInfo.InvariantCulture, $"hello {number}")), answers);
        using HttpResponseMessage missing = await client.GetAsync(new Uri("/none", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    });

    [Fact]
    public Task Get_OneAfterTheOther_KeepsTheConnection() => Run(async () =>
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = NewClient(server);
        string[] ports = new string[20];
        for (int i = 0; i < ports.Length; i++)
        {
            ports[i] = await client.GetStringAsync(new Uri("/connection", UriKind.Relative));
        }

        Conn only = Assert.Single(_dialed);
        Assert.All(ports, port => Assert.Equal(((IPEndPoint)only.LocalEndPoint).Port.ToString(CultureInfo.InvariantCulture), port));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Post_TwoMegabytes_ComeBackInChunks(bool tls) => Run(async () =>
    {
        await using WebServer server = await WebServer.StartAsync(tls);
        using HttpClient client = NewClient(server);
        byte[] sent = RandomNumberGenerator.GetBytes(2_000_000);
        using var content = new ByteArrayContent(sent);
        using HttpResponseMessage response = await client.PostAsync(new Uri("/echo", UriKind.Relative), content);
        Assert.True(response.Headers.TransferEncodingChunked);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(await response.Content.ReadAsByteArrayAsync()));
    });

    [Fact]
    public Task Get_CancelledInTheMiddle_ClosesTheConnection() => Run(async () =>
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = NewClient(server);
        using var cancel = new CancellationTokenSource();
        using HttpResponseMessage response = await client.GetAsync(
            new Uri("/stall", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancel.Token);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        byte[] part = new byte[4];
        await body.ReadExactlyAsync(part);
        Assert.Equal("part"u8.ToArray(), part);
        ValueTask<int> rest = body.ReadAsync(part, cancel.Token);
        Assert.False(rest.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(rest.AsTask);
        await Poll.UntilAsync(() => !Assert.Single(_dialed).CanRead, "the connection to be closed");
        Assert.Equal("hello again", await client.GetStringAsync(new Uri("/hello?name=again", UriKind.Relative)));
        Assert.Equal(2, _dialed.Count);
    });

    [Fact]
    public Task Get_ServerGone_FailsWithOurException() => Run(async () =>
    {
        WebServer server = await WebServer.StartAsync();
        using HttpClient client = NewClient(server);
        await server.DisposeAsync();
        HttpRequestException exception = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("/hello", UriKind.Relative)));
        Assert.StartsWith("dial tcp 127.0.0.1:", Assert.IsType<IOException>(exception.InnerException).Message, StringComparison.Ordinal);
    });

    private HttpClient NewClient(WebServer server)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                Conn connection = await DialAsync(context.DnsEndPoint.Host + ":" + context.DnsEndPoint.Port.ToString(CultureInfo.InvariantCulture), cancellationToken);
                _dialed.Add(connection);
                return connection;
            },
            UseProxy = false,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) => Certificates.IsOurs(certificate);
        return new HttpClient(handler) { BaseAddress = server.Address };
    }
}

/// <summary>On the scheduler's poller.</summary>
public class EpollHttpClientTests : HttpClientContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollHttpClientOutsideTests : EpollHttpClientTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets.</summary>
public sealed class FrameworkHttpClientTests : HttpClientContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
