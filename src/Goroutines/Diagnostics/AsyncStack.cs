using System.Runtime.CompilerServices;
using Goroutines.Scheduler;

namespace Goroutines.Diagnostics;

/// <summary>The chain of <see langword="async"/> methods that a parked goroutine is in, read from the objects that link them.</summary>
/// <remarks>
/// What waits in a goroutine's continuation slot is, for a compiled <see langword="async"/> method, the box of its state
/// machine, which is the method's task; who awaits that task stands in the task's continuation. The framework keeps
/// that private, so all of this is best effort for reports: whatever looks different from what is known ends the walk.
/// </remarks>
internal static partial class AsyncStack
{
    private const int LongestWalk = 10_000;

    /// <summary>The methods, innermost first; empty when they can't be told.</summary>
    internal static List<string> Frames(G g)
    {
        List<string> frames = [];
        object? at = g.ContinuationState;
        for (int i = 0; at is not null && i < LongestWalk; i++)
        {
            if (MethodNames.OfStateMachineBox(at.GetType()) is { } name && !IsExplored(name))
            {
                frames.Add(name);
            }

            at = at is Task task && !ReferenceEquals(task, g.BodyTask) ? ParentOf(task) : null;
        }

        return frames;
    }

    /// <summary>The form that an operation of ours has where schedules are explored is nobody's business.</summary>
    private static bool IsExplored(string name) => name.StartsWith("Goroutines.", StringComparison.Ordinal) && name.EndsWith("Explored", StringComparison.Ordinal);

    /// <summary>
    /// Whether the goroutine's body itself, through however many <see langword="async"/> methods, waits for an operation of
    /// this library that no token can end. Then nothing but another goroutine, or an outsider, can make it go on.
    /// </summary>
    internal static bool WaitsOnlyForUs(G g)
    {
        if (g.ParkedOn is not { IsCompleted: false, CanEndFromOutside: false } || g.HasPosted)
        {
            return false;
        }

        if (g.IsStackful)
        {
            return true; // a synchronous body is where it waits, and nowhere else
        }

        if (g.BodyTask is not { } body)
        {
            return false;
        }

        object? at = g.ContinuationState;
        for (int i = 0; i < LongestWalk && at is Task task; i++)
        {
            if (ReferenceEquals(task, body))
            {
                return true;
            }

            at = ParentOf(task);
        }

        return false;
    }

    /// <summary>The one state machine that awaits <paramref name="task"/>; null when there is none, or several, or it can't be told.</summary>
    private static Task? ParentOf(Task task)
    {
        try
        {
            object? continuation = ContinuationOf(task);
            if (continuation is not null && IsAwaitContinuation(continuation.GetType()))
            {
                continuation = ActionOf(continuation);
            }

            return continuation switch
            {
                Action action => action.Target as Task,
                Task box => box,
                _ => null,
            };
        }
        catch (Exception exception) when (exception is MissingMemberException or TypeLoadException)
        {
            return null; // a framework that keeps it differently
        }
    }

    private static bool IsAwaitContinuation(Type type)
    {
        for (Type? at = type; at is not null; at = at.BaseType)
        {
            if (at.FullName == "System.Threading.Tasks.AwaitTaskContinuation")
            {
                return true;
            }
        }

        return false;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_continuationObject")]
    private static extern ref object? ContinuationOf(Task task);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_action")]
    private static extern ref Action ActionOf([UnsafeAccessorType("System.Threading.Tasks.AwaitTaskContinuation, System.Private.CoreLib")] object continuation);
}
