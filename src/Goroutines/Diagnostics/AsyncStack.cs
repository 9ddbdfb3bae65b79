using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>The chain of <see langword="async"/> methods that a parked goroutine is in, read from the objects that link them.</summary>
/// <remarks>
/// For a compiled <see langword="async"/> method, the object that waits in a goroutine's continuation slot is the box of
/// its state machine, which is the method's task. The task's continuation leads to the code that awaits that task. All of
/// it is for reports: if the framework stores this differently, the walk ends, and <see cref="FrameworkInternals"/>
/// reports it.
/// </remarks>
internal static partial class AsyncStack
{
    /// <summary>The form of an operation that yields first, which no report shows.</summary>
    private const string DeferFrame = $"{nameof(Goroutines)}.{nameof(Runtime)}.{nameof(OperationHooks)}.{nameof(OperationHooks.Defer)}";

    /// <summary>Returns the methods, innermost first; empty if they can't be determined.</summary>
    internal static List<string> Frames(G g) => AsyncFrames.From(g.ContinuationState ?? g.BodyTask, g.BodyTask, hidden: DeferFrame);
}
