namespace Goroutines;

/// <summary>An exception that left the body of a goroutine which nothing joins: a panic. It does not change.</summary>
public sealed class PanicInfo
{
    internal PanicInfo(Exception exception, long goroutineId, string goroutineName, string createdAt)
    {
        Exception = exception;
        GoroutineId = goroutineId;
        GoroutineName = goroutineName;
        CreatedAt = createdAt;
    }

    /// <summary>The exception.</summary>
    public Exception Exception { get; }

    /// <summary>The goroutine's id.</summary>
    public long GoroutineId { get; }

    /// <summary>The method of the goroutine's body.</summary>
    public string GoroutineName { get; }

    /// <summary>Where the goroutine was created, as <c>file:line</c>, or the method when that is unknown.</summary>
    public string CreatedAt { get; }

    /// <summary>The panic in a line.</summary>
    /// <returns>The goroutine, where it was created, and the exception's type and message.</returns>
    public override string ToString() => $"panic in goroutine {GoroutineId} ({GoroutineName}, created at {CreatedAt}): {Exception.GetType()}: {Exception.Message}";
}
