using System.Diagnostics;
using Goroutines;
using Goroutines.Hosting.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Runs requests as goroutines.</summary>
public static class GoroutinesEndpointConventionBuilderExtensions
{
    /// <summary>Runs each request of these end points as a goroutine of the host's runtime, with a scope of its own.</summary>
    /// <typeparam name="TBuilder">The kind of end point: a route handler, a group, controllers.</typeparam>
    /// <param name="builder">The end points.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <remarks>
    /// <para>The handler gets the scope as a parameter of type <see cref="GoScope"/> (see <c>AddGoroutinesWeb</c>). Goroutines spawned into
    /// the scope end before the request does, and are cancelled when the client has gone or the request is aborted. An exception of one of
    /// them fails the request.</para>
    /// <para>The goroutine is the handler's <see cref="SynchronizationContext"/>: code after an await runs in it, one piece at a time, even
    /// with <see cref="Task.WhenAll(Task[])"/>. Spawn goroutines for parallel work.</para>
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
