using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Goroutines.Interop.Tests;

/// <summary>Kestrel, on a port of its own.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private WebServer(WebApplication application) => _application = application;

    internal Uri Address => new(_application.Urls.Single());

    internal static async Task<WebServer> StartAsync(bool tls = false)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (tls)
            {
                listen.UseHttps(Certificates.Localhost);
            }
        }));
        WebApplication application = builder.Build();
        application.Run(HandleAsync);
        await application.StartAsync();
        return new WebServer(application);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }

    private static async Task HandleAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/hello":
                await context.Response.WriteAsync($"hello {context.Request.Query["name"]}");
                break;
            case "/echo":
                await context.Request.Body.CopyToAsync(context.Response.Body); // without a length: in chunks
                break;
            case "/stall":
                await context.Response.WriteAsync("part");
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                break;
            case "/connection":
                await context.Response.WriteAsync(context.Connection.RemotePort.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }
}
