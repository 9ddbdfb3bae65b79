using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>The walk from a framework's promise to the goroutines that continue when it completes.</summary>
internal static partial class AsyncStack
{
    private const int DeepestWalk = 100;

    /// <summary>Whether <see cref="FindWoken"/> can follow <paramref name="promise"/>: a task, a token source, or the state of a <c>PeriodicTimer</c>.</summary>
    internal static bool IsPromise(object? promise) => promise is Task or CancellationTokenSource || FrameworkInternals.IsPeriodicTimer(promise);

    /// <summary>
    /// Finds those of the sought goroutines that wait, through however many framework tasks and <see langword="async"/> methods, for
    /// <paramref name="promise"/>. Leaves out those for which this can't be determined.
    /// </summary>
    internal static void FindWoken(object? promise, SoughtGoroutines sought)
    {
        try
        {
            if (promise is Task task)
            {
                Follow(task, sought, 0);
            }
            else if (promise is CancellationTokenSource source)
            {
                FollowCallbacks(source, sought, 0);
            }
            else if (FrameworkInternals.IsPeriodicTimer(promise))
            {
                if (FrameworkInternals.AwaiterOfPeriodicTimer(promise!, out object? state) is G g)
                {
                    sought.Found(g);
                }

                if (state is Task awaiter)
                {
                    Follow(awaiter, sought, 0); // awaited without the context, or as a task
                }
            }
        }
        catch (Exception exception) when (FrameworkInternals.IsMissing(exception))
        {
            FrameworkInternals.Missing(exception);
        }
    }

    private static void Follow(Task task, SoughtGoroutines sought, int depth)
    {
        if (sought.OwnerOf(task) is { } owner)
        {
            sought.Found(owner);
        }

        if (depth < DeepestWalk && !sought.IsEmpty)
        {
            FollowContinuation(FrameworkInternals.ContinuationOf(task), sought, depth + 1);
        }
    }

    private static void FollowContinuation(object? continuation, SoughtGoroutines sought, int depth)
    {
        switch (continuation)
        {
            case null:
                break;
            case Task task:
                Follow(task, sought, depth);
                break;
            case Action { Target: ThreadWait { Goroutine: { } waiting } }:
                sought.Found(waiting);
                break;
            case List<object?> several:
                lock (several)
                {
                    foreach (object? each in several)
                    {
                        FollowContinuation(FrameworkInternals.Unwrap(each), sought, depth);
                    }
                }

                break;
            default:
                if (FrameworkInternals.ContextOf(continuation, out object? then) is { } context)
                {
                    if (context is G g)
                    {
                        sought.Found(g);
                    }
                    else
                    {
                        FollowContinuation(then, sought, depth);
                    }
                }
                else if (FrameworkInternals.ContinuedBy(continuation) is { } next)
                {
                    Follow(next, sought, depth);
                }

                break;
        }
    }
}

/// <summary>The goroutines for which a caller wants to know what wakes them, each until it is found.</summary>
internal sealed class SoughtGoroutines
{
    private readonly HashSet<G> _sought = [];
    private readonly Dictionary<Task, G> _bodies = [];
    private readonly List<G> _found = [];

    /// <summary>Whether all have been found.</summary>
    internal bool IsEmpty => _sought.Count == 0;

    /// <summary>Whether any were found since <see cref="TakeFound"/>.</summary>
    internal bool HasFound => _found.Count != 0;

    internal IReadOnlyCollection<G> Rest => _sought;

    internal void Add(G g)
    {
        if (_sought.Add(g) && g.BodyTask is { } body)
        {
            _bodies[body] = g;
        }
    }

    /// <summary>Returns the goroutine whose body is <paramref name="task"/>, or null if it is none of those sought.</summary>
    internal G? OwnerOf(Task task) => _bodies.GetValueOrDefault(task);

    internal void Found(G g)
    {
        if (_sought.Remove(g))
        {
            _found.Add(g);
        }
    }

    /// <summary>Returns those found since the last call.</summary>
    internal void TakeFound(List<G> into)
    {
        into.AddRange(_found);
        _found.Clear();
    }
}
