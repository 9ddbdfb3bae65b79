using System.Diagnostics;
using Goroutines;
using Goroutines.Hosting.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Requests as goroutines.</summary>
public static class GoroutinesEndpointConventionBuilderExtensions
{
    /// <summary>Runs each request of these end points as a goroutine of the host's runtime, in a scope of its own.</summary>
    /// <typeparam name="TBuilder">The kind of end point: a route handler, a group, controllers.</typeparam>
    /// <param name="builder">The end points.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <remarks>
    /// <para>What the handler spawns into the scope (a parameter <see cref="GoScope"/>, see <c>AddGoroutinesWeb</c>) ends before the request does, and is
    /// cancelled when the client has gone or the request was aborted. An exception of a child fails the request.</para>
    /// <para>The goroutine is the handler's <see cref="SynchronizationContext"/>: code after awaits runs in it, one piece at a time, also behind
    /// <see cref="Task.WhenAll(Task[])"/>. For parallel work spawn goroutines.</para>
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static TBuilder WithGoroutine<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Finally(static endpoint =>
        {
            if (endpoint.RequestDelegate is { } handler)
            {
                endpoint.RequestDelegate = context => RunAsync(context, handler);
            }
        });
        return builder;
    }

    private static async Task RunAsync(HttpContext context, RequestDelegate handler)
    {
        GoRuntime runtime = context.RequestServices.GetService<GoRuntime>() ?? GoRuntime.Default;
        using Activity? activity = GoroutinesActivity.Source.StartActivity("goroutine");
        Goroutine goroutine = runtime.Run(() => Go.ScopeAsync(
            async scope =>
            {
                activity?.SetTag("goroutines.id", Go.CurrentId);
                context.Features.Set(scope);
                try
                {
                    await handler(context);
                }
                finally
                {
                    context.Features.Set<GoScope>(null);
                }
            },
            context.RequestAborted));
        await goroutine.AsTask().ConfigureAwait(false);
    }
}
