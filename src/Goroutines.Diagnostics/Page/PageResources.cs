namespace Goroutines.Diagnostics;

/// <summary>The files embedded in the assembly: the page and the schema of dumps.</summary>
internal static class PageResources
{
    /// <summary>The page loads no other files: its script and style are inline, and its data comes from its own origin.</summary>
    private const string Policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    internal static DiagnosticsResponse Page()
        => Send("text/html; charset=utf-8", "page.html").With("Content-Security-Policy", Policy).With("X-Frame-Options", "DENY");

    internal static DiagnosticsResponse Schema() => Send("application/schema+json; charset=utf-8", "goroutines.v1.schema.json");

    /// <exception cref="InvalidOperationException">The assembly has been altered.</exception>
    internal static Stream Open(string name) => typeof(PageResources).Assembly.GetManifestResourceStream(name)
        ?? throw new InvalidOperationException($"{typeof(PageResources).Assembly.GetName().Name} is without its resource {name}.");

    private static DiagnosticsResponse Send(string contentType, string name) => new(200, contentType, async (body, token) =>
    {
        Stream resource = Open(name);
        await using (resource.ConfigureAwait(false))
        {
            await resource.CopyToAsync(body, token).ConfigureAwait(false);
        }
    });
}
