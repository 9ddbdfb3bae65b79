using Microsoft.AspNetCore.Http;

namespace Goroutines.AspNetCore;

/// <summary>Gets the context and the scope of a request.</summary>
public static class GoroutinesHttpContextExtensions
{
    /// <summary>Returns a context that is cancelled when the client has gone or the request is aborted.</summary>
    /// <param name="context">The request.</param>
    /// <returns>The context. Each call creates a new one; all are cancelled together.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is <see langword="null"/>.</exception>
    public static GoContext GetGoContext(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return GoContext.From(context.RequestAborted);
    }

    /// <summary>Returns the scope of a request that runs as a goroutine. Goroutines spawned into it end before the request does.</summary>
    /// <param name="context">The request.</param>
    /// <returns>The scope.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The end point is not marked with <c>WithGoroutine()</c>.</exception>
    public static GoScope GetGoScope(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<GoScope>()
            ?? throw new InvalidOperationException($"{context.GetEndpoint()?.DisplayName ?? "The request"} does not run as a goroutine: mark the end point by WithGoroutine().");
    }
}
