using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Goroutines.Aspire.Hosting.Tests;

/// <summary>A real service on a port of its own, as a resource of an app host would be.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Service(WebApplication app)
    {
        _app = app;
        Port = new Uri(app.Urls.Single()).Port;
        Runtime = app.Services.GetRequiredService<GoRuntime>();
    }

    internal int Port { get; }

    internal GoRuntime Runtime { get; }

    internal static async Task<Service> StartAsync(Action<WebApplication> map)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddGoroutinesWeb();
        WebApplication app = builder.Build();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new Service(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
