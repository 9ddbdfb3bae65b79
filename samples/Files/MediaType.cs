namespace Files;

/// <summary>Content types by the endings of names.</summary>
internal static class MediaType
{
    internal static string Of(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".HTML" or ".HTM" => "text/html; charset=utf-8",
        ".CSS" => "text/css; charset=utf-8",
        ".JS" or ".MJS" => "text/javascript; charset=utf-8",
        ".JSON" => "application/json",
        ".MD" or ".TXT" or ".CS" => "text/plain; charset=utf-8",
        ".XML" => "application/xml",
        ".PDF" => "application/pdf",
        ".SVG" => "image/svg+xml",
        ".PNG" => "image/png",
        ".JPG" or ".JPEG" => "image/jpeg",
        ".GIF" => "image/gif",
        ".WEBP" => "image/webp",
        ".ICO" => "image/x-icon",
        ".WOFF2" => "font/woff2",
        ".WASM" => "application/wasm",
        _ => "application/octet-stream",
    };
}
