using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.Race;

/// <summary>What the shims of the framework's types share.</summary>
internal static class FrameworkSync
{
    /// <summary>Stands for everything that unknown code might pass from one strand to another.</summary>
    internal static readonly SyncObject Unknown = new();

    /// <summary>The objects to which the bodies of tasks release at their end. A task itself is not known yet when its body
    /// begins.</summary>
    private static readonly ConditionalWeakTable<Task, SyncObject> s_ends = [];

    /// <summary>The tasks for which a task of <c>WhenAll</c> waits.</summary>
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

    /// <summary>Called before and after the result of an awaiter is taken. What the detector does not know ended by unknown code.</summary>
    internal static void AcquireAwaited(object? awaited)
    {
        if (awaited is null)
        {
            return;
        }

        Acquire(awaited);
        bool known = SyncTable.Find(awaited) is not null || IsOfLibrary(awaited.GetType())
            || (awaited is Task task && (s_ends.TryGetValue(task, out _) || s_parts.TryGetValue(task, out _)));
        if (!known)
        {
            Unknown.Acquire(Detector.Current);
        }
    }

    /// <summary>Whether a type belongs to the library, whose operations order what they should. Those of its connections do not.</summary>
    private static bool IsOfLibrary(Type type)
        => type.Assembly == typeof(G).Assembly && type.Namespace?.StartsWith("Goroutines.Net", StringComparison.Ordinal) != true;

    /// <summary>Orders the parts before what follows an await of <paramref name="whole"/>, which waits for them.</summary>
    internal static T After<T>(T whole, Task[] parts)
        where T : Task
    {
        if (whole.IsCompleted)
        {
            // It may be one of the parts, or a task that the framework has once for all.
            foreach (Task part in parts)
            {
                if (part.IsCompleted)
                {
                    Acquire(part);
                }
            }
        }
        else if (parts.Length != 0 && !ReferenceEquals(parts[0], whole))
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

    /// <summary>Links a task with the object to which its body releases at its end.</summary>
    internal static T Ends<T>(T task, SyncObject end)
        where T : Task
    {
        s_ends.AddOrUpdate(task, end);
        return task;
    }
}
