using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Goroutines.Scheduler;

namespace Goroutines.Diagnostics;

/// <summary>The walk from a framework's promise to the goroutine that goes on when it is kept.</summary>
internal static partial class AsyncStack
{
    /// <summary>
    /// Whether <paramref name="g"/> waits, through however many framework tasks and <see langword="async"/> methods, for
    /// <paramref name="promise"/>: a task, or the state of a <c>PeriodicTimer</c>. False when it can't be told.
    /// </summary>
    internal static bool Wakes(object? promise, G g)
    {
        try
        {
            return promise switch
            {
                Task task => Wakes(task, g, 0),
                null => false,
                _ when promise.GetType().FullName == "System.Threading.PeriodicTimer+State" => ReferenceEquals(CoreOf<bool>.Context(ref SourceOf(promise)), g),
                _ => false,
            };
        }
        catch (Exception exception) when (exception is MissingMemberException or TypeLoadException)
        {
            return false; // a framework that keeps it differently
        }
    }

    private static bool Wakes(Task task, G g, int depth)
        => ReferenceEquals(task, g.BodyTask) || (depth < 100 && Resumes(ContinuationOf(task), g, depth + 1));

    private static bool Resumes(object? continuation, G g, int depth)
    {
        switch (continuation)
        {
            case null:
                return false;
            case Task task:
                return Wakes(task, g, depth);
            case Action { Target: Task task }:
                return Wakes(task, g, depth);
            case Action { Target: ThreadWait wait }:
                return ReferenceEquals(wait.Goroutine, g);
            case List<object?> several:
                lock (several)
                {
                    return several.Exists(each => Resumes(each, g, depth));
                }

            default:
                Type type = continuation.GetType();
                return (type.Name == "SynchronizationContextAwaitTaskContinuation" && ReferenceEquals(ContextOf(continuation), g))
                    || (IsAwaitContinuation(type) && Resumes(ActionOf(continuation), g, depth));
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_syncContext")]
    private static extern ref SynchronizationContext ContextOf(
        [UnsafeAccessorType("System.Threading.Tasks.SynchronizationContextAwaitTaskContinuation, System.Private.CoreLib")] object continuation);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_mrvtsc")]
    private static extern ref ManualResetValueTaskSourceCore<bool> SourceOf(
        [UnsafeAccessorType("System.Threading.PeriodicTimer+State, System.Private.CoreLib")] object state);

    private static class CoreOf<T>
    {
        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_capturedContext")]
        internal static extern ref object? Context(ref ManualResetValueTaskSourceCore<T> core);
    }
}
