using Goroutines.Diagnostics;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>Supplies the scheduler with the parts that its layer must not reference. This is the only place that puts the parts together.</summary>
public sealed partial class GoRuntime
{
    private static partial IRuntimeReports Reports() => RuntimeReports.Instance;
}
