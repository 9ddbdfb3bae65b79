using Goroutines;
using Goroutines.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Goroutines in the requests of a web application.</summary>
public static class GoroutinesWebServiceCollectionExtensions
{
    /// <summary>Adds the host's runtime (<c>AddGoroutines</c>), and lets end points and services of a request ask for its <see cref="GoContext"/> and
    /// its <see cref="GoScope"/>, as parameters of minimal APIs, too.</summary>
    /// <param name="services">The application's services.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <remarks>The context is cancelled when the client has gone or the request was aborted. A scope there is in end points marked by
    /// <c>WithGoroutine()</c>; elsewhere asking for it throws <see cref="InvalidOperationException"/>.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddGoroutinesWeb(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddGoroutines();
        services.AddHttpContextAccessor();
        services.TryAddScoped(static provider => Current(provider).GetGoContext());
        services.TryAddScoped(static provider => Current(provider).GetGoScope());
        return services;
    }

    private static HttpContext Current(IServiceProvider provider)
        => provider.GetRequiredService<IHttpContextAccessor>().HttpContext
            ?? throw new InvalidOperationException("There is no request here whose context or scope could be asked for.");
}
