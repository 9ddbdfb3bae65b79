namespace Goroutines.ModelTests.Model;

/// <summary>A test's own variables that its threads share, accessed as the library's are.</summary>
internal static class Shared
{
    internal static T Read<T>(ref T location) => Memory.LoadVolatile(ref location, Sites.Count);

    internal static void Write<T>(ref T location, T value) => Memory.StoreVolatile(ref location, value, Sites.Count);

    internal static T Exchange<T>(ref T location, T value) => Memory.Exchange(ref location, value, Sites.Count);

    /// <returns>The new value.</returns>
    internal static int Add(ref int location, int value) => Memory.Add(ref location, value, Sites.Count);
}
