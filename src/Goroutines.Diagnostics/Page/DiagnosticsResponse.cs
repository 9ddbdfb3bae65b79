namespace Goroutines.Diagnostics;

/// <summary>The answer to a <see cref="DiagnosticsRequest"/>. The server sends the status, the content type, the headers, and then lets
/// <see cref="WriteAsync"/> write the body, however long it is.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The content type, with its character set.</param>
/// <param name="WriteAsync">Writes the body to the stream that it is given, in pieces. Called once at most; not for <c>HEAD</c>.</param>
internal sealed record DiagnosticsResponse(int Status, string ContentType, Func<Stream, CancellationToken, ValueTask> WriteAsync)
{
    /// <summary>Further headers, each once: <c>Content-Disposition</c>, <c>Retry-After</c>, <c>Content-Security-Policy</c> and the like.
    /// <c>Cache-Control: no-store</c> and <c>X-Content-Type-Options: nosniff</c> are always among them.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = s_always;

    private static readonly KeyValuePair<string, string>[] s_always =
    [
        new("Cache-Control", "no-store"),
        new("X-Content-Type-Options", "nosniff"),
        new("Referrer-Policy", "no-referrer"),
    ];

    /// <summary>An answer of one line of text.</summary>
    internal static DiagnosticsResponse Text(int status, string text)
        => new(status, "text/plain; charset=utf-8", (body, token) => body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text + "\n"), token));

    /// <summary>This answer with one more header.</summary>
    internal DiagnosticsResponse With(string name, string value) => this with { Headers = [.. Headers, new(name, value)] };
}
