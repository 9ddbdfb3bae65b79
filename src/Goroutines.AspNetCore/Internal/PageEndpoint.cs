using Goroutines.Diagnostics;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Goroutines.AspNetCore.Internal;

/// <summary>The end point of the diagnostics page. It refuses every request if it has no policy.</summary>
internal sealed class PageEndpoint(GoRuntime runtime)
{
    internal const string RestOfPath = "goroutinesPath";

    private readonly DiagnosticsPage _page = new(runtime);

    internal async Task HandleAsync(HttpContext context)
    {
        if (!HasPolicy(context.GetEndpoint()))
        {
            await RefuseAsync(context, "MapGoroutines has no policy: add RequireAuthorization(...), or AllowAnonymous() where nobody else can reach it.").ConfigureAwait(false);
            return;
        }

        string rest = context.Request.RouteValues[RestOfPath] as string ?? "";
        if (rest.Length == 0 && context.Request.Path.Value is { } path && !path.EndsWith('/'))
        {
            // The page's links are relative.
            context.Response.Redirect(context.Request.PathBase + context.Request.Path + "/" + context.Request.QueryString, permanent: false, preserveMethod: true);
            return;
        }

        bool reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        bool mayAct = context.User.Identity is { IsAuthenticated: true } && IsOwnSite(context.Request);
        if (!reads && !mayAct)
        {
            await RefuseAsync(context, "What does more than read needs a user who is signed in, and a request from the page itself.").ConfigureAwait(false);
            return;
        }

        DiagnosticsRequest request = new(context.Request.Method, rest.Trim('/'), context.Request.QueryString.Value ?? "", mayAct);
        DiagnosticsResponse response = await _page.HandleAsync(request, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = response.Status;
        context.Response.ContentType = response.ContentType;
        foreach ((string name, string value) in response.Headers)
        {
            context.Response.Headers[name] = value;
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            if (context.Features.Get<IHttpBodyControlFeature>() is { } control)
            {
                control.AllowSynchronousIO = true; // dumps are written piece by piece through a TextWriter
            }

            await response.WriteAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static bool HasPolicy(Endpoint? endpoint)
        => endpoint is not null
            && (endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null
                || endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null
                || endpoint.Metadata.GetMetadata<IAuthorizationRequirementData>() is not null
                || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null);

    /// <summary>Whether a browser's headers say that the page itself or the user makes the request, or there are no such headers.</summary>
    private static bool IsOwnSite(HttpRequest request)
    {
        string? site = request.Headers["Sec-Fetch-Site"];
        string? origin = request.Headers.Origin;
        return site is null or "same-origin" or "none"
            && (origin is null || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && uri.Authority == request.Host.Value));
    }

    private static Task RefuseAsync(HttpContext context, string reason)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(reason + "\n", context.RequestAborted);
    }
}
