namespace Balancer;

/// <summary>A message that is not HTTP/1.1 as it has to be.</summary>
/// <param name="status">The status to answer with, if a client sent it.</param>
/// <param name="message">What is wrong.</param>
internal sealed class HttpException(int status, string message) : Exception(message)
{
    internal int Status { get; } = status;
}
