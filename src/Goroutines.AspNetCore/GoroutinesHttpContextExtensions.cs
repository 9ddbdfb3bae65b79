using Microsoft.AspNetCore.Http;

namespace Goroutines.AspNetCore;

/// <summary>The context and the scope of a request.</summary>
public static class GoroutinesHttpContextExtensions
{
    /// <summary>The request as a context: cancelled when the client has gone or the request was aborted.</summary>
    /// <param name="context">The request.</param>
    /// <returns>The context. Each call makes one; they end together.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is <see langword="null"/>.</exception>
    public static GoContext GetGoContext(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return GoContext.From(context.RequestAborted);
    }

    /// <summary>The scope of a request that runs as a goroutine. What is spawned into it ends before the request does.</summary>
    /// <param name="context">The request.</param>
    /// <returns>The scope.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The end point is not marked by <c>WithGoroutine()</c>.</exception>
    public static GoScope GetGoScope(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<GoScope>()
            ?? throw new InvalidOperationException($"{context.GetEndpoint()?.DisplayName ?? "The request"} does not run as a goroutine: mark the end point by WithGoroutine().");
    }
}
