using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using Goroutines.Net;
using Goroutines.Tests.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Interop.Tests;

/// <summary><see cref="SslStream"/> over a connection, at both ends.</summary>
public abstract class SslStreamContract : NetContract
{
    private const int Megabyte = 1_000_000;

    private static SslServerAuthenticationOptions ServerOptions => new() { ServerCertificate = Certificates.Localhost };

    private static SslClientAuthenticationOptions ClientOptions => new()
    {
        TargetHost = Certificates.Host,
        RemoteCertificateValidationCallback = static (_, certificate, _, _) => Certificates.IsOurs(certificate),
    };

    [Fact]
    public Task Async_BothWaysAtOnce_PassesAllAndEnds() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        await using var server = new SslStream(pair.Server);
        await using var client = new SslStream(pair.Client);
        Task serving = server.AuthenticateAsServerAsync(ServerOptions);
        await client.AuthenticateAsClientAsync(ClientOptions);
        await serving;
        Assert.True(client.IsEncrypted && server.IsEncrypted);

        byte[] sent = RandomNumberGenerator.GetBytes(Megabyte);
        Task[] transfers =
        [
            SendAsync(client, sent), SendAsync(server, sent), ReceiveAsync(client, sent), ReceiveAsync(server, sent),
        ];
        await Task.WhenAll(transfers);
        await client.ShutdownAsync();
        Assert.Equal(0, await server.ReadAsync(new byte[1]));

        static async Task SendAsync(SslStream stream, byte[] bytes) => await stream.WriteAsync(bytes);

        static async Task ReceiveAsync(SslStream stream, byte[] expected)
        {
            byte[] got = new byte[expected.Length];
            await stream.ReadExactlyAsync(got);
            Assert.True(expected.AsSpan().SequenceEqual(got), "the bytes are others than those sent");
        }
    });

    [Fact]
    public Task Synchronous_GoroutinesWithStacksOnOneP_TakeTurns() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        byte[] sent = RandomNumberGenerator.GetBytes(Megabyte);
        Goroutine server = Go.Run(() =>
        {
            using var stream = new SslStream(pair.Server);
            stream.AuthenticateAsServer(ServerOptions);
            byte[] got = new byte[sent.Length];
            stream.ReadExactly(got);
            stream.Write(got);
        });
        Goroutine<byte[]> client = Go.Run(() =>
        {
            using var stream = new SslStream(pair.Client);
            stream.AuthenticateAsClient(ClientOptions);
            stream.Write(sent);
            byte[] got = new byte[sent.Length];
            stream.ReadExactly(got);
            return got;
        });
        byte[] back = await client;
        Assert.True(sent.AsSpan().SequenceEqual(back), "the bytes are others than those sent");
        await server;
    });

    [Fact]
    public Task Authenticate_CertificateThatIsNotTrusted_FailsAtTheClient() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        await using var server = new SslStream(pair.Server);
        await using var client = new SslStream(pair.Client);
        Task serving = server.AuthenticateAsServerAsync(ServerOptions);
        SslClientAuthenticationOptions options = ClientOptions;
        options.RemoteCertificateValidationCallback = static (_, certificate, _, _) => !Certificates.IsOurs(certificate);
        await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsClientAsync(options));
        await client.DisposeAsync();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // with TLS 1.3 it may have been through before
    });

    [Fact]
    public Task Authenticate_PeerThatStalls_ObeysTheDeadline() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        await using var client = new SslStream(pair.Client);
        Task shaking = client.AuthenticateAsClientAsync(ClientOptions);
        pair.Client.ReadDeadline = DateTimeOffset.UnixEpoch;
        IOException exception = await Assert.ThrowsAsync<IOException>(() => shaking);
        Assert.IsType<TimeoutException>(exception.GetBaseException());
    });
}

/// <summary>On the scheduler's poller.</summary>
public class EpollSslStreamTests : SslStreamContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollSslStreamOutsideTests : EpollSslStreamTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets.</summary>
public sealed class FrameworkSslStreamTests : SslStreamContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
