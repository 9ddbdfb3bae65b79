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

    /// <summary>The tasks that the framework makes of others, such as those of <c>WhenAll</c>.</summary>
    private static readonly ConditionalWeakTable<Task, Origin> s_origins = [];

    /// <summary>The bodies of tasks that were created without being started.</summary>
    private static readonly ConditionalWeakTable<Task, ForkJoin> s_cold = [];

    internal static void Acquire(object? sync) => Acquire(sync, Detector.Current);

    /// <summary>Called when a task may have ended: if it has, it comes before the caller's next steps.</summary>
    internal static void AcquireIfEnded(Task? task)
    {
        if (task is { IsCompleted: true })
        {
            AcquireAwaited(task, Detector.Current);
        }
    }

    /// <summary>Called before and after the result of an awaiter is taken. What the detector does not know ended by unknown code.</summary>
    internal static void AcquireAwaited(object? awaited)
    {
        if (awaited is not null)
        {
            AcquireAwaited(awaited, Detector.Current);
        }
    }

    /// <summary>Orders what has ended before the strand's next steps.</summary>
    /// <param name="ended">A task, an array of tasks, or another operation.</param>
    /// <param name="strand">The strand.</param>
    internal static void AcquireEnds(object? ended, Strand strand)
    {
        if (ended is Task[] tasks)
        {
            foreach (Task task in tasks)
            {
                AcquireAwaited(task, strand);
            }
        }
        else if (ended is not null)
        {
            AcquireAwaited(ended, strand);
        }
    }

    /// <summary>Orders the parts before what follows an await of <paramref name="whole"/>, which waits for them.</summary>
    internal static T After<T>(T whole, Task[] parts)
        where T : Task
    {
        if (whole.IsCompleted)
        {
            // It may be one of the parts, or a task that the framework has once for all.
            foreach (Task part in parts)
            {
                AcquireIfEnded(part);
            }
        }
        else if (parts.Length != 0 && !ReferenceEquals(parts[0], whole))
        {
            s_origins.AddOrUpdate(whole, new Origin(parts, null));
        }

        return whole;
    }

    /// <summary>Orders a task before what follows an await of <paramref name="whole"/>, which ends with the task.</summary>
    /// <param name="whole">The task that the framework has made, and that it has only once.</param>
    /// <param name="last">Returns the task when <paramref name="whole"/> has ended; null if there is none.</param>
    /// <param name="parts">Tasks that come before it in any case.</param>
    internal static T AfterLast<T>(T whole, Func<Task, Task?> last, params Task[] parts)
        where T : Task
    {
        s_origins.AddOrUpdate(whole, new Origin(parts, last));
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

    /// <summary>Orders a task that has ended before all that follows unknown code from now on.</summary>
    internal static void PassOn(Task task)
    {
        Strand strand = Strand.Beside(Strand.Outside, "task");
        AcquireAwaited(task, strand);
        Unknown.ReleaseMerge(strand);
        strand.End();
    }

    internal static void AddCold(Task task, ForkJoin body) => s_cold.AddOrUpdate(task, body);

    /// <summary>Orders what the caller has done before the body of a task that it is about to start.</summary>
    internal static void Starts(Task? task)
    {
        if (task is not null && s_cold.TryGetValue(task, out ForkJoin? body))
        {
            body.Allow();
        }
    }

    private static void Acquire(object? sync, Strand strand)
    {
        if (sync is null)
        {
            return;
        }

        SyncTable.Find(sync)?.Acquire(strand);
        if (sync is not Task task)
        {
            return;
        }

        if (s_ends.TryGetValue(task, out SyncObject? end))
        {
            end.Acquire(strand);
        }

        if (s_origins.TryGetValue(task, out Origin? origin))
        {
            foreach (Task part in origin.Parts)
            {
                if (part.IsCompleted)
                {
                    AcquireAwaited(part, strand);
                }
            }

            if (origin.Last?.Invoke(task) is { } last)
            {
                AcquireAwaited(last, strand);
            }
        }
    }

    private static void AcquireAwaited(object awaited, Strand strand)
    {
        Acquire(awaited, strand);
        bool known = SyncTable.Find(awaited) is not null || IsOfLibrary(awaited.GetType())
            || (awaited is Task task && (s_ends.TryGetValue(task, out _) || s_origins.TryGetValue(task, out _)));
        if (!known)
        {
            Unknown.Acquire(strand);
        }
    }

    /// <summary>Whether a type belongs to the library, whose operations order what they should. Those of its connections do not.</summary>
    private static bool IsOfLibrary(Type type)
        => type.Assembly == typeof(G).Assembly && type.Namespace?.StartsWith("Goroutines.Net", StringComparison.Ordinal) != true;

    /// <summary>What a task was made of.</summary>
    /// <param name="Parts">The tasks that come before it.</param>
    /// <param name="Last">Returns another such task, once the task has ended.</param>
    private sealed record Origin(Task[] Parts, Func<Task, Task?>? Last);
}
