namespace Balancer;

/// <summary>Thrown when reading from or writing to one end of a conversation fails, and when a backend's response is malformed.</summary>
/// <param name="end">The end that failed.</param>
/// <param name="inner">The failure.</param>
internal sealed class EndException(HttpEnd end, Exception inner) : IOException(inner.Message, inner)
{
    internal HttpEnd End { get; } = end;

    internal bool IsTimeout => InnerException?.InnerException is TimeoutException;
}
