namespace Goroutines.Diagnostics;

/// <summary>The answer to a <see cref="DiagnosticsRequest"/>. The server sends the status, the content type and the headers, and then calls
/// <see cref="WriteAsync"/> to write the body.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The content type, with its character set.</param>
/// <param name="WriteAsync">Writes the body to a stream, in pieces. Called at most once, and not for <c>HEAD</c>.</param>
internal sealed record DiagnosticsResponse(int Status, string ContentType, Func<Stream, CancellationToken, ValueTask> WriteAsync)
{
    /// <summary>Further headers, each once, for example <c>Content-Disposition</c> or <c>Retry-After</c>. <c>Cache-Control: no-store</c>,
    /// <c>X-Content-Type-Options: nosniff</c> and <c>Referrer-Policy: no-referrer</c> are always among them.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = s_always;

    private static readonly KeyValuePair<string, string>[] s_always =
    [
        new("Cache-Control", "no-store"),
        new("X-Content-Type-Options", "nosniff"),
        new("Referrer-Policy", "no-referrer"),
    ];

    /// <summary>Makes an answer of one line of text.</summary>
    internal static DiagnosticsResponse Text(int status, string text)
        => new(status, "text/plain; charset=utf-8", (body, token) => body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text + "\n"), token));

    /// <summary>Returns this answer with one more header.</summary>
    internal DiagnosticsResponse With(string name, string value) => this with { Headers = [.. Headers, new(name, value)] };
}
