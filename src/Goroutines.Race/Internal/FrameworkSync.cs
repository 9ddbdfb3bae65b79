using System.Runtime.CompilerServices;

namespace Goroutines.Race;

/// <summary>What the shims of the framework's types share.</summary>
internal static class FrameworkSync
{
    /// <summary>Everything that unknown code might pass on.</summary>
    internal static readonly SyncObject Unknown = new();

    /// <summary>What the end of a task releases, where the task itself is not known yet when its body begins.</summary>
    private static readonly ConditionalWeakTable<Task, SyncObject> s_ends = [];

    /// <summary>The tasks that a task of <c>WhenAll</c> waits for.</summary>
    private static readonly ConditionalWeakTable<Task, Task[]> s_parts = [];

    internal static void Acquire(object? sync)
    {
        if (sync is null)
        {
            return;
        }

        SyncTable.Find(sync)?.Acquire(Detector.Current);
        if (sync is not Task task)
        {
            return;
        }

        if (s_ends.TryGetValue(task, out SyncObject? end))
        {
            end.Acquire(Detector.Current);
        }

        if (s_parts.TryGetValue(task, out Task[]? parts))
        {
            foreach (Task part in parts)
            {
                Acquire(part);
            }
        }
    }

    /// <summary>Orders all of a number of tasks before what follows an await of one that waits for them.</summary>
    internal static T After<T>(T whole, Task[] parts)
        where T : Task
    {
        if (parts.Length != 0)
        {
            s_parts.AddOrUpdate(whole, parts);
        }

        return whole;
    }

    internal static void Release(object? sync)
    {
        if (sync is not null)
        {
            SyncTable.Of(sync).ReleaseMerge(Detector.Current);
        }
    }

    /// <summary>Links a task with what its body releases at its end.</summary>
    internal static T Ends<T>(T task, SyncObject end)
        where T : Task
    {
        s_ends.AddOrUpdate(task, end);
        return task;
    }
}
