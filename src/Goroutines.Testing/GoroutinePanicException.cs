using System.Globalization;

namespace Goroutines.Testing;

/// <summary>An exception left a goroutine of a test that nobody joined. It is the <see cref="Exception.InnerException"/>.</summary>
public sealed class GoroutinePanicException : Exception
{
    /// <summary>Makes an exception.</summary>
    public GoroutinePanicException()
        : this("A goroutine panicked.")
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">The message.</param>
    public GoroutinePanicException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">What left the goroutine.</param>
    public GoroutinePanicException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal GoroutinePanicException(PanicInfo info)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"goroutine {info.GoroutineId} ({info.GoroutineName}, created at {info.CreatedAt}) panicked: {info.Exception.GetType()}: {info.Exception.Message}"),
            info.Exception) => Info = info;

    /// <summary>Gets which goroutine it was; <see langword="null"/> if the exception was made by hand.</summary>
    public PanicInfo? Info { get; }
}
