namespace Goroutines;

/// <summary>Describes a panic: an exception that escaped the body of a goroutine that nothing joins. Immutable.</summary>
public sealed class PanicInfo
{
    internal PanicInfo(Exception exception, long goroutineId, string goroutineName, string createdAt)
    {
        Exception = exception;
        GoroutineId = goroutineId;
        GoroutineName = goroutineName;
        CreatedAt = createdAt;
    }

    /// <summary>Gets the exception.</summary>
    public Exception Exception { get; }

    /// <summary>Gets the goroutine's id.</summary>
    public long GoroutineId { get; }

    /// <summary>Gets the name of the method that is the goroutine's body.</summary>
    public string GoroutineName { get; }

    /// <summary>Gets where the goroutine was created, as <c>file:line</c>, or the method if that is unknown.</summary>
    public string CreatedAt { get; }

    /// <summary>Returns the panic on one line.</summary>
    /// <returns>The goroutine, where it was created, and the exception's type and message.</returns>
    public override string ToString() => $"panic in goroutine {GoroutineId} ({GoroutineName}, created at {CreatedAt}): {Exception.GetType()}: {Exception.Message}";
}
