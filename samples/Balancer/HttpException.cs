namespace Balancer;

/// <summary>Thrown when a message is not valid HTTP/1.1.</summary>
/// <param name="status">The status of the response, if a client sent the message. A backend's malformed response becomes an
/// <see cref="EndException"/> of its connection.</param>
/// <param name="message">What is wrong.</param>
internal sealed class HttpException(int status, string message) : Exception(message)
{
    internal int Status { get; } = status;
}
