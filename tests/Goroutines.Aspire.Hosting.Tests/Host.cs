using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Goroutines.Aspire.Hosting.Tests;

/// <summary>An app host with one resource, whose endpoint is that of a service which the test has started itself. It is built and not run, so no
/// orchestrator is needed: the link and the commands are called as the dashboard calls them.</summary>
internal sealed class Host : IAsyncDisposable
{
    private readonly DistributedApplication _app;

    internal Host(int port, Action<GoroutinesResourceOptions>? configure = null, string endpoint = "http", Action<IServiceCollection>? addServices = null)
    {
        IDistributedApplicationBuilder builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { DisableDashboard = true });
        builder.Services.AddLogging(static logging => logging.ClearProviders());
        Resource = new Orders();
        if (port != 0)
        {
            EndpointAnnotation annotation = new(ProtocolType.Tcp, uriScheme: "http", name: endpoint);
            annotation.AllocatedEndpoint = new AllocatedEndpoint(annotation, "127.0.0.1", port);
            Resource.Annotations.Add(annotation);
        }

        builder.AddResource(Resource).WithGoroutines(configure);
        addServices?.Invoke(builder.Services);
        _app = builder.Build();
    }

    internal Orders Resource { get; }

    internal ResourceCommandAnnotation Command(string name) => Resource.Annotations.OfType<ResourceCommandAnnotation>().Single(command => command.Name == name);

    internal Task<ExecuteCommandResult> ExecuteAsync(string name, CancellationToken cancellationToken = default) => Command(name).ExecuteCommand(new ExecuteCommandContext
    {
        Services = _app.Services,
        Arguments = new InteractionInputCollection([]),
        ResourceName = "orders-7",
        CancellationToken = cancellationToken,
        Logger = NullLogger.Instance,
    });

    internal async Task<IReadOnlyList<ResourceUrlAnnotation>> UrlsAsync()
    {
        List<ResourceUrlAnnotation> urls = [];
        foreach (ResourceUrlsCallbackAnnotation annotation in Resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
        {
            await annotation.Callback(new ResourceUrlsCallbackContext(_app.Services.GetRequiredService<DistributedApplicationExecutionContext>(), Resource, urls));
        }

        return urls;
    }

    internal ResourceCommandState StateOf(string name, string? state) => Command(name).UpdateState(new UpdateCommandStateContext
    {
        Services = _app.Services,
        ResourceSnapshot = new CustomResourceSnapshot { ResourceType = "Orders", Properties = [], State = state },
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal sealed class Orders() : Resource("orders"), IResourceWithEndpoints;
}
