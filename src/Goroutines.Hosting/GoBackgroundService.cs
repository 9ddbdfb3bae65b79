using Goroutines.Hosting.Internal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Goroutines.Hosting;

/// <summary>A hosted service whose body is a goroutine: <see cref="BackgroundService"/> with supervision. Register it by <c>services.AddHostedService&lt;T&gt;()</c>.</summary>
/// <remarks>
/// <para>The body starts with the host and is cancelled when the host stops, which waits for it. A body that fails is logged, and started again by
/// default (<see cref="Supervision"/>). Its first part does not hold up the start of the host: it runs on a worker of the runtime.</para>
/// <para>The host starts and stops a service from one thread at a time; the members that are protected are called by goroutines of the runtime.</para>
/// </remarks>
public abstract class GoBackgroundService : IHostedService
{
    private readonly IServiceProvider _services;
    private Supervisor? _supervisor;

    /// <summary>Makes the service.</summary>
    /// <param name="services">The host's services, <c>AddGoroutines</c> among them.</param>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    protected GoBackgroundService(IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        _services = services;
    }

    /// <summary>How the body is supervised. Read once, when the service starts.</summary>
    protected virtual SupervisionOptions Supervision => new();

    /// <summary>The body. Runs as a goroutine of the host's runtime; called again when it is restarted.</summary>
    /// <param name="context">Is cancelled when the host stops.</param>
    /// <returns>A task that ends with the body.</returns>
    protected abstract ValueTask ExecuteAsync(GoContext context);

    /// <summary>Starts the body.</summary>
    /// <param name="cancellationToken">Not used: starting does not wait.</param>
    /// <returns>A task that has ended.</returns>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _supervisor = new Supervisor(
            GetType().Name,
            ExecuteAsync,
            Supervision,
            _services.GetRequiredService<GoRuntime>(),
            _services.GetRequiredService<ILoggerFactory>(),
            _services.GetService<IHostApplicationLifetime>());
        _supervisor.Start();
        return Task.CompletedTask;
    }

    /// <summary>Cancels the body and waits for it to end.</summary>
    /// <param name="cancellationToken">Ends the wait; the body may go on.</param>
    /// <returns>A task that ends with the body, or with the token's cancellation. It does not fail.</returns>
    public Task StopAsync(CancellationToken cancellationToken) => _supervisor?.StopAsync(cancellationToken) ?? Task.CompletedTask;
}
