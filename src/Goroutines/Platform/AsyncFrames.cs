namespace Goroutines.Platform;

/// <summary>Reads the chain of <see langword="async"/> methods outwards from an object that waits, from the objects that link them.</summary>
/// <remarks>
/// For a compiled <see langword="async"/> method, the object that waits is the box of its state machine, which is the method's task. The task's
/// continuation leads to the code that awaits that task. If the framework stores this differently, the walk ends, and
/// <see cref="FrameworkInternals"/> reports it.
/// </remarks>
internal static class AsyncFrames
{
    private const int LongestWalk = 10_000;

    /// <summary>Returns the methods from <paramref name="state"/>, which waits for something, outwards to <paramref name="body"/>.</summary>
    /// <param name="state">The object where the walk begins.</param>
    /// <param name="body">The task where it ends.</param>
    /// <param name="hidden">A method that is left out.</param>
    internal static List<string> From(object? state, Task? body, string? hidden = null)
    {
        List<string> frames = [];
        try
        {
            object? at = FrameworkInternals.Unwrap(state);
            for (int i = 0; at is not null && i < LongestWalk; i++)
            {
                if (MethodNames.OfStateMachineBox(at.GetType()) is { } name)
                {
                    if (name != hidden)
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

    /// <summary>Returns the one task that awaits <paramref name="task"/>, or null if there is none or several.</summary>
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
