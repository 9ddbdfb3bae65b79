using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Goroutines.AspNetCore.Tests;

/// <summary>Kestrel on a real port of the loopback, on one transport or the other.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GoRuntime? _runtime;

    private TestServer(WebApplication app, GoRuntime? runtime)
    {
        _app = app;
        _runtime = runtime;
    }

    internal static X509Certificate2 Certificate { get; } = MakeCertificate();

    internal IServiceProvider Services => _app.Services;

    internal IPEndPoint EndPoint => new(IPAddress.Loopback, new Uri(_app.Urls.First()).Port);

    /// <summary>The last one that is listened on: that of HTTPS, or one that the test has added.</summary>
    internal IPEndPoint LastEndPoint => new(IPAddress.Loopback, new Uri(_app.Urls.Last()).Port);

    internal static async Task<TestServer> StartAsync(bool goroutines, Action<WebApplication> map, Action<KestrelServerOptions>? configure = null, bool https = false, Action<WebApplicationBuilder>? build = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        GoRuntime? runtime = null;
        if (goroutines)
        {
            runtime = new GoRuntime(new GoRuntimeOptions { MaxProcs = 2, Name = "kestrel" });
            builder.WebHost.UseGoroutines(options => options.Runtime = runtime);
        }

        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            if (https)
            {
                options.Listen(IPAddress.Loopback, 0, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    listen.UseHttps(Certificate);
                });
            }

            configure?.Invoke(options);
        });
        build?.Invoke(builder);
        WebApplication app = builder.Build();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestServer(app, runtime);
    }

    internal Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        if (_runtime is not null)
        {
            await _runtime.DisposeAsync();
        }
    }

    private static X509Certificate2 MakeCertificate()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
