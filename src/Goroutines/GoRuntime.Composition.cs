using Goroutines.Diagnostics;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>Where the scheduler gets what it must not know: the one place that puts the parts together.</summary>
public sealed partial class GoRuntime
{
    private static partial IRuntimeReports Reports() => RuntimeReports.Instance;
}
