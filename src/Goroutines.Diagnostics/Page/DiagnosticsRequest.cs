namespace Goroutines.Diagnostics;

/// <summary>What a web server asks <see cref="DiagnosticsPage"/> for. The server has checked by then who asks.</summary>
/// <param name="Method">The HTTP method: <c>GET</c>, <c>HEAD</c> or <c>POST</c>.</param>
/// <param name="Path">The path below the place where the page is mounted, without the slash at either end: <c>""</c> is the page itself,
/// <c>"api/groups"</c> its data.</param>
/// <param name="Query">The query string as it was sent, with or without the question mark.</param>
/// <param name="MayAct">Whether the caller may do more than read: force a collection, for one.</param>
internal sealed record DiagnosticsRequest(string Method, string Path, string Query, bool MayAct);
