using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>The chain of <see langword="async"/> methods that a parked goroutine is in, read from the objects that link them.</summary>
/// <remarks>
/// What waits in a goroutine's continuation slot is, for a compiled <see langword="async"/> method, the box of its state
/// machine, which is the method's task; who awaits that task stands in the task's continuation. All of it is for reports:
/// what the framework keeps differently ends the walk, and is told by <see cref="FrameworkInternals"/>.
/// </remarks>
internal static partial class AsyncStack
{
    /// <summary>The form of an operation that gives way first stands in no report.</summary>
    private const string DeferFrame = $"{nameof(Goroutines)}.{nameof(Runtime)}.{nameof(OperationHooks)}.{nameof(OperationHooks.Defer)}";

    /// <summary>The methods, innermost first; empty when they can't be told.</summary>
    internal static List<string> Frames(G g) => AsyncFrames.From(g.ContinuationState ?? g.BodyTask, g.BodyTask, hidden: DeferFrame);
}
