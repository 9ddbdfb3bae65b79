using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Goroutines.Net;

namespace Goroutines.Peers;

/// <summary>echofw, tls: echo by what the framework has for streams, <see cref="Stream.ReadExactlyAsync(Memory{byte}, CancellationToken)"/> and
/// <see cref="SslStream"/>.</summary>
internal static class EchoFramework
{
    private static X509Certificate2? s_certificate;

    public static ValueTask RunAsync(int n)
        => ExchangeAsync(n, static conn => new ValueTask<Stream>(conn), static conn => new ValueTask<Stream>(conn));

    public static ValueTask RunTlsAsync(int n)
    {
        var certificate = s_certificate ??= CreateCertificate();
        return ExchangeAsync(
            n,
            async conn =>
            {
                var stream = new SslStream(conn);
                await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificate,
                    EnabledSslProtocols = SslProtocols.Tls13,
                });
                return stream;
            },
            static async conn =>
            {
                var stream = new SslStream(conn);
                await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    EnabledSslProtocols = SslProtocols.Tls13,
#pragma warning disable CA5359 // made a moment ago, by a party that no client trusts
                    RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
                });
                return stream;
            });
    }

    private static async ValueTask ExchangeAsync(int n, Func<Conn, ValueTask<Stream>> server, Func<Conn, ValueTask<Stream>> client)
    {
        using var listener = Listener.Listen("127.0.0.1:0");
        Go.Spawn(async () =>
        {
            for (var connection = 0; connection < Echo.Connections; connection++)
            {
                var accepted = await listener.AcceptAsync();
                Go.Spawn(async () => await ServeAsync(await server(accepted)));
            }
        });

        var wg = new WaitGroup();
        for (var connection = 0; connection < Echo.Connections; connection++)
        {
            wg.Spawn(async () =>
            {
                await using var stream = await client(await Conn.DialAsync(listener.LocalEndPoint.ToString()!));
                var buffer = new byte[Echo.Bytes];
                for (var i = 0; i < n / Echo.Connections; i++)
                {
                    await stream.WriteAsync(buffer);
                    await stream.ReadExactlyAsync(buffer);
                }
            });
        }
        await wg.WaitAsync();
    }

    private static async ValueTask ServeAsync(Stream stream)
    {
        await using var connection = stream;
        var buffer = new byte[Echo.Bytes];
        while (await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false) == buffer.Length)
        {
            await stream.WriteAsync(buffer);
        }
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddHours(1));
    }
}
