namespace Goroutines;

/// <summary>The error of a <see cref="GoContext"/> whose deadline has passed (Go's <c>context.DeadlineExceeded</c>).</summary>
public sealed class DeadlineExceededException : TimeoutException
{
    /// <summary>Creates the exception with Go's message, "context deadline exceeded".</summary>
    public DeadlineExceededException()
        : base("context deadline exceeded")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">The message.</param>
    public DeadlineExceededException(string? message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public DeadlineExceededException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
