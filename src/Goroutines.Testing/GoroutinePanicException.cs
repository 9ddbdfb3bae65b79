using System.Globalization;

namespace Goroutines.Testing;

/// <summary>Thrown when an exception escapes a goroutine of a test that was never joined. That exception is the <see cref="Exception.InnerException"/>.</summary>
public sealed class GoroutinePanicException : Exception
{
    /// <summary>Creates an exception.</summary>
    public GoroutinePanicException()
        : this("A goroutine panicked.")
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">The message.</param>
    public GoroutinePanicException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The exception that escaped the goroutine.</param>
    public GoroutinePanicException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal GoroutinePanicException(PanicInfo info)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"goroutine {info.GoroutineId} ({info.GoroutineName}, created at {info.CreatedAt}) panicked: {info.Exception.GetType()}: {info.Exception.Message}"),
            info.Exception) => Info = info;

    /// <summary>Gets the description of the goroutine; <see langword="null"/> if the exception was created by user code.</summary>
    public PanicInfo? Info { get; }
}
