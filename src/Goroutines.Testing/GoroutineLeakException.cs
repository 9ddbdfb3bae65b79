using System.Globalization;
using System.Text;

namespace Goroutines.Testing;

/// <summary>Thrown when goroutines are left that should have ended.</summary>
public sealed class GoroutineLeakException : Exception
{
    /// <summary>Creates an exception.</summary>
    public GoroutineLeakException()
        : this("Goroutines were left.")
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">The message.</param>
    public GoroutineLeakException(string message)
        : base(message) => Goroutines = [];

    /// <summary>Creates an exception.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public GoroutineLeakException(string message, Exception innerException)
        : base(message, innerException) => Goroutines = [];

    private GoroutineLeakException(string message, IReadOnlyList<GoroutineInfo> goroutines)
        : base(message) => Goroutines = goroutines;

    /// <summary>Gets the goroutines that were left, in order of their ids.</summary>
    public IReadOnlyList<GoroutineInfo> Goroutines { get; }

    internal static GoroutineLeakException Of(IReadOnlyList<GoroutineInfo> left, string what)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{what} {left.Count} left:");
        foreach (GoroutineInfo info in left)
        {
            string state = info.WaitReason.Length != 0 ? info.WaitReason : info.Status.ToString().ToLowerInvariant();
            text.AppendLine().AppendLine();
            text.Append(CultureInfo.InvariantCulture, $"goroutine {info.Id} [{state}]: {info.Name}").AppendLine();
            text.Append("created by ").Append(info.CreatedAt);
        }

        return new GoroutineLeakException(text.ToString(), left);
    }
}
