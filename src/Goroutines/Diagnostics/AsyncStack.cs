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
    private const int LongestWalk = 10_000;

    /// <summary>The form of an operation that gives way first stands in no report.</summary>
    private const string DeferFrame = $"{nameof(Goroutines)}.{nameof(Runtime)}.{nameof(OperationHooks)}.{nameof(OperationHooks.Defer)}";

    /// <summary>The methods, innermost first; empty when they can't be told.</summary>
    internal static List<string> Frames(G g) => FramesFrom(g.ContinuationState ?? g.BodyTask, g.BodyTask);

    /// <summary>The methods from <paramref name="state"/>, which waits for something, outwards to <paramref name="body"/>.</summary>
    internal static List<string> FramesFrom(object? state, Task? body)
    {
        List<string> frames = [];
        try
        {
            object? at = FrameworkInternals.Unwrap(state);
            for (int i = 0; at is not null && i < LongestWalk; i++)
            {
                if (MethodNames.OfStateMachineBox(at.GetType()) is { } name)
                {
                    if (name != DeferFrame)
                    {
                        frames.Add(name);
                    }
                }
                else if (at is Task { IsCompleted: false } native)
                {
                    FrameworkInternals.AddRuntimeAsyncFrames(native, frames, LongestWalk);
                }

                at = at is Task task && !ReferenceEquals(task, body) ? ParentOf(task) : null;
            }
        }
        catch (Exception exception) when (FrameworkInternals.IsMissing(exception))
        {
            FrameworkInternals.Missing(exception);
        }

        return frames;
    }

    /// <summary>The one task that awaits <paramref name="task"/>; null when there is none, or several.</summary>
    private static Task? ParentOf(Task task)
    {
        object? continuation = FrameworkInternals.ContinuationOf(task);
        if (continuation is not null and not Task && FrameworkInternals.ContextOf(continuation, out object? then) is not null)
        {
            continuation = then;
        }

        return continuation as Task;
    }
}
