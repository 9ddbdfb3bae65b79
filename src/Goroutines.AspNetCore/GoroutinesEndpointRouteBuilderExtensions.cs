using System.Diagnostics.CodeAnalysis;
using Goroutines;
using Goroutines.AspNetCore.Internal;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the live page of the host's goroutines.</summary>
public static class GoroutinesEndpointRouteBuilderExtensions
{
    /// <summary>Serves the diagnostics of the host's goroutines under a path.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="path">The path.</param>
    /// <returns>The end point. Give it a policy: <c>RequireAuthorization(…)</c>, or <c>AllowAnonymous()</c> where others
    /// cannot reach it.</returns>
    /// <remarks>Without a policy, every request is refused with 403. A request that does more than read needs an authenticated user, and
    /// must not come from another site. The runtime is the <see cref="GoRuntime"/> among the services; without one,
    /// <see cref="GoRuntime.Default"/>.</remarks>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IEndpointConventionBuilder MapGoroutines(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string path = "/debug/goroutines")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(path);
        PageEndpoint page = new(endpoints.ServiceProvider.GetService<GoRuntime>() ?? GoRuntime.Default);
        return endpoints.Map(path.TrimEnd('/') + "/{**" + PageEndpoint.RestOfPath + "}", page.HandleAsync).WithDisplayName("Goroutines");
    }
}
