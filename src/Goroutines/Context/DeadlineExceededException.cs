namespace Goroutines;

/// <summary>What a <see cref="GoContext"/> ended with when its deadline passed (Go's <c>context.DeadlineExceeded</c>).</summary>
public sealed class DeadlineExceededException : TimeoutException
{
    /// <summary>Creates the exception with Go's message, "context deadline exceeded".</summary>
    public DeadlineExceededException()
        : base("context deadline exceeded")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What to say.</param>
    public DeadlineExceededException(string? message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What to say.</param>
    /// <param name="innerException">What led to it.</param>
    public DeadlineExceededException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
