using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Goroutines.Hosting.Internal;

/// <summary>The hosted service of a body added with <c>AddGoroutine</c>.</summary>
internal sealed class BodyService(string name, Func<IServiceProvider, GoContext, ValueTask> body, SupervisionOptions options, IServiceProvider services) : IHostedService
{
    private readonly Supervisor _supervisor = new(
        name,
        async context =>
        {
            AsyncServiceScope scope = services.CreateAsyncScope();
            await using (scope.ConfigureAwait(true))
            {
                await body(scope.ServiceProvider, context);
            }
        },
        options,
        services.GetRequiredService<GoRuntime>(),
        services.GetRequiredService<ILoggerFactory>(),
        services.GetService<IHostApplicationLifetime>());

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _supervisor.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _supervisor.StopAsync(cancellationToken);
}
