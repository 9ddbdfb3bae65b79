using System.Diagnostics;

namespace Goroutines.Cluster.Engine;

/// <summary>The headers that are sent with a value.</summary>
internal static class Headers
{
    internal const string ContentType = "Content-Type";
    internal const string TraceParent = "traceparent";
    internal const string TraceState = "tracestate";

    /// <summary>The topic on which a receiver signals that it has acknowledged the value.</summary>
    internal const string Handled = "Goroutines-Handled";

    /// <summary>How long the caller of a function still waits, in milliseconds.</summary>
    internal const string Remaining = "Goroutines-Remaining";

    /// <summary>The id of a call, by which a server recognizes a request that arrives twice.</summary>
    internal const string CallId = "Goroutines-Call-Id";

    internal const string DeadReason = "Goroutines-Dead-Reason";
    internal const string DeadErrorType = "Goroutines-Dead-Error-Type";
    internal const string DeadError = "Goroutines-Dead-Error";
    internal const string DeadAttempts = "Goroutines-Dead-Attempts";
    internal const string DeadId = "Goroutines-Dead-Id";

    internal static Dictionary<string, string> For(string contentType, Activity? activity)
    {
        Dictionary<string, string> headers = new(4) { [ContentType] = contentType };
        if (activity is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
        {
            headers[TraceParent] = id;
            if (activity.TraceStateString is { Length: > 0 } state)
            {
                headers[TraceState] = state;
            }
        }

        return headers;
    }

    internal static ActivityContext Parent(IReadOnlyDictionary<string, string> headers)
        => headers.TryGetValue(TraceParent, out string? parent)
            && ActivityContext.TryParse(parent, headers.GetValueOrDefault(TraceState), isRemote: true, out ActivityContext context) ? context : default;
}
