using Goroutines;
using Goroutines.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds goroutines to the requests of a web application.</summary>
public static class GoroutinesWebServiceCollectionExtensions
{
    /// <summary>Adds the host's runtime (<c>AddGoroutines</c>), and makes the <see cref="GoContext"/> and the <see cref="GoScope"/> of a
    /// request scoped services, which are also parameters of minimal APIs.</summary>
    /// <param name="services">The application's services.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <remarks>The context is cancelled when the client has gone or the request is aborted. Only end points marked with
    /// <c>WithGoroutine()</c> have a scope; elsewhere, resolving it throws an <see cref="InvalidOperationException"/>.</remarks>
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
