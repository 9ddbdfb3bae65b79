using System.Diagnostics.CodeAnalysis;
using Goroutines;
using Goroutines.Hosting;
using Goroutines.Hosting.Internal;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds goroutines to a host.</summary>
public static class GoroutinesServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="GoRuntime"/> that stops with the host.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options after the section <c>Goroutines</c> of the configuration has been read; <see langword="null"/>
    /// sets none.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <remarks>The runtime is a singleton. Panics go to the log (category <c>Goroutines</c>). When the host stops and all hosted services
    /// have stopped, the runtime accepts no more goroutines and waits for the existing ones, up to
    /// <see cref="GoroutinesOptions.DrainTimeout"/>. Goroutines that have not ended by then are logged with a dump. The method may be
    /// called more than once.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddGoroutines(this IServiceCollection services, Action<GoroutinesOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<GoroutinesOptions>().ValidateOnStart();
        if (!services.Any(static service => service.ServiceType == typeof(IConfigureOptions<GoroutinesOptions>) && service.ImplementationType == typeof(ConfigureGoroutines)))
        {
            services.AddSingleton<IConfigureOptions<GoroutinesOptions>, ConfigureGoroutines>();
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GoroutinesOptions>, ValidateGoroutines>());
        services.TryAddSingleton(RuntimeFactory.Make);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RuntimeService>());
        if (configure is not null)
        {
            services.Configure(configure);
        }

        return services;
    }

    /// <summary>Adds a long-running body that runs as a supervised goroutine while the host does.</summary>
    /// <typeparam name="T">The body's type. Each start creates an instance, in a service scope of its own.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets how the body is supervised; with <see langword="null"/> it is restarted when it fails.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static IServiceCollection AddGoroutine<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(
        this IServiceCollection services,
        Action<SupervisionOptions>? configure = null)
        where T : class, IGoroutineBody
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddScoped<T>();
        return services.AddGoroutine(typeof(T).Name, static (scope, context) => scope.GetRequiredService<T>().RunAsync(context), configure);
    }

    /// <summary>Adds a long-running body that runs as a supervised goroutine while the host does.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The body's name in the log.</param>
    /// <param name="body">The body. Each start gets a service scope of its own, and a context that is cancelled when the host
    /// stops.</param>
    /// <param name="configure">Sets how the body is supervised; with <see langword="null"/> it is restarted when it fails.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException">An argument other than <paramref name="configure"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static IServiceCollection AddGoroutine(
        this IServiceCollection services,
        string name,
        Func<IServiceProvider, GoContext, ValueTask> body,
        Action<SupervisionOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(body);
        SupervisionOptions options = new();
        configure?.Invoke(options);
        options.Validate();
        services.AddGoroutines();
        return services.AddSingleton<IHostedService>(provider => new BodyService(name, body, options, provider));
    }

    /// <summary>Adds a health check of the host's goroutines. It fails if a new goroutine gets no turn in time, if a deadlock is proved, or
    /// if too many goroutines have waited for others for long.</summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="configure">Sets its limits; <see langword="null"/> keeps the defaults.</param>
    /// <param name="failureStatus">The status that it reports when it fails; <see langword="null"/> means
    /// <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">The tags of the check.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="name"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of its range.</exception>
    public static IHealthChecksBuilder AddGoroutines(
        this IHealthChecksBuilder builder,
        string name = "goroutines",
        Action<GoroutinesHealthOptions>? configure = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        GoroutinesHealthOptions options = new();
        configure?.Invoke(options);
        options.Validate();
        builder.Services.AddGoroutines();
        return builder.Add(new HealthCheckRegistration(name, services => new GoroutinesHealthCheck(services.GetRequiredService<GoRuntime>(), options), failureStatus, tags));
    }

    /// <summary>Adds the meter and the activity source <c>Goroutines</c> to all OpenTelemetry providers that the program sets up.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="followActivities">Whether the labels of a goroutine in dumps and profiles include the name and the trace of the
    /// activity in which it was spawned (<see cref="GoLabels.FollowActivities"/>). This is a setting of the process.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddGoroutinesTelemetry(this IServiceCollection services, bool followActivities = true)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (followActivities)
        {
            GoLabels.FollowActivities = true;
        }

        services.ConfigureOpenTelemetryMeterProvider(static meters => meters.AddMeter(GoroutinesActivity.Name));
        services.ConfigureOpenTelemetryTracerProvider(static tracing => tracing.AddSource(GoroutinesActivity.Name));
        return services;
    }
}
