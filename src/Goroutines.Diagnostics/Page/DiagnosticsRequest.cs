namespace Goroutines.Diagnostics;

/// <summary>A request that a web server passes to <see cref="DiagnosticsPage"/> after it has checked that the client is allowed to
/// read.</summary>
/// <param name="Method">The HTTP method: <c>GET</c>, <c>HEAD</c> or <c>POST</c>.</param>
/// <param name="Path">The path below the mount point, without a slash at either end: <c>""</c> is the page itself, <c>"api/groups"</c> its
/// data.</param>
/// <param name="Query">The query string as sent, with or without the question mark.</param>
/// <param name="MayAct">Whether the client may also act, for example force a collection.</param>
internal sealed record DiagnosticsRequest(string Method, string Path, string Query, bool MayAct);
