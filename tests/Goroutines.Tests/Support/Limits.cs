namespace Goroutines.Tests.Support;

/// <summary>Bounds after which a test that should have ended long ago fails instead of hanging.</summary>
internal static class Limits
{
    /// <summary>For one thing to happen.</summary>
    public static TimeSpan Wait { get; } = TimeSpan.FromSeconds(30 * Math.Max(1, Load.Factor));

    /// <summary>For a whole test body.</summary>
    public static TimeSpan Body { get; } = TimeSpan.FromSeconds(60 * Math.Max(1, Load.Factor));
}
