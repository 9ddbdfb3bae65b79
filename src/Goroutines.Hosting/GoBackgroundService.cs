using Goroutines.Hosting.Internal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Goroutines.Hosting;

/// <summary>A hosted service whose body is a supervised goroutine, in place of <see cref="BackgroundService"/>. Register it with
/// <c>services.AddHostedService&lt;T&gt;()</c>.</summary>
/// <remarks>
/// <para>The body starts with the host. When the host stops, it cancels the body and waits for it. A failure of the body is logged; by
/// default the body is then started again (<see cref="Supervision"/>). The body does not delay the start of the host: it runs on a worker
/// of the runtime.</para>
/// <para>The host starts and stops a service from one thread at a time. <see cref="Supervision"/> is read by the thread that starts the
/// service; <see cref="ExecuteAsync"/> is called by a goroutine of the runtime.</para>
/// </remarks>
public abstract class GoBackgroundService : IHostedService
{
    private readonly IServiceProvider _services;
    private Supervisor? _supervisor;

    /// <summary>Creates the service.</summary>
    /// <param name="services">The host's services, to which <c>AddGoroutines</c> must have been applied.</param>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    protected GoBackgroundService(IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        _services = services;
    }

    /// <summary>Gets how the body is supervised. It is read once, when the service starts.</summary>
    protected virtual SupervisionOptions Supervision => new();

    /// <summary>The body. It runs as a goroutine of the host's runtime, and is called again for each restart.</summary>
    /// <param name="context">A context that is cancelled when the host stops.</param>
    /// <returns>A task that completes when the body ends.</returns>
    protected abstract ValueTask ExecuteAsync(GoContext context);

    /// <summary>Starts the body.</summary>
    /// <param name="cancellationToken">Not used: starting does not wait.</param>
    /// <returns>A completed task.</returns>
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
    /// <param name="cancellationToken">Ends the wait; the body may still be running.</param>
    /// <returns>A task that completes when the body ends or the token is cancelled. It does not fail.</returns>
    public Task StopAsync(CancellationToken cancellationToken) => _supervisor?.StopAsync(cancellationToken) ?? Task.CompletedTask;
}
