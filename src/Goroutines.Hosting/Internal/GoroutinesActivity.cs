using System.Diagnostics;

namespace Goroutines.Hosting.Internal;

/// <summary>The source of the activities that the library starts.</summary>
internal static class GoroutinesActivity
{
    internal const string Name = "Goroutines";

    internal static ActivitySource Source { get; } = new(Name);
}
