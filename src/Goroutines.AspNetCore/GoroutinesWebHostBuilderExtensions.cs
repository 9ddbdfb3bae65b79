using Goroutines.AspNetCore;
using Goroutines.AspNetCore.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Runs Kestrel on the scheduler of goroutines.</summary>
public static class GoroutinesWebHostBuilderExtensions
{
    /// <summary>Has Kestrel's connections wait in the scheduler's poller and run on its workers, instead of on the framework's sockets and
    /// thread pool.</summary>
    /// <param name="builder">The host's builder (<c>builder.WebHost</c> of a web application).</param>
    /// <param name="configure">Sets options; <see langword="null"/> keeps the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <remarks>
    /// <para>This applies to TCP and Unix sockets. Named pipes, inherited descriptors and QUIC stay on the framework's transports. HTTPS,
    /// HTTP/2, WebSockets and connection middleware work as on the framework's transport. Requests see no
    /// <see cref="SynchronizationContext"/>. After an await, a request continues on the thread pool, unless it awaited the connection. A
    /// request that blocks its thread does not delay others for long.</para>
    /// <para>On systems other than Linux on x64 and arm64, the framework's transport is used.</para>
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static IWebHostBuilder UseGoroutines(this IWebHostBuilder builder, Action<GoroutinesTransportOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(services =>
        {
            services.AddOptions<GoroutinesTransportOptions>()
                .Validate(static options => options.Backlog >= 1, "GoroutinesTransportOptions.Backlog must be at least 1.");
            services.AddSingleton<IConnectionListenerFactory, TransportFactory>();
            if (configure is not null)
            {
                services.Configure(configure);
            }
        });
    }
}
