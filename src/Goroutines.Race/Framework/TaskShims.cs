using System.ComponentModel;

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="Task"/>: the body of <c>Task.Run</c> is a strand.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Task))]
public static class TaskShims
{
    /// <inheritdoc cref="Task.Run(Action)"/>
    public static Task Run(Action action) => Run(action, CancellationToken.None);

    /// <inheritdoc cref="Task.Run(Action, CancellationToken)"/>
    public static Task Run(Action action, CancellationToken cancellationToken)
    {
        Begin(out Strand strand, out SyncObject end);
        return FrameworkSync.Ends(
            Task.Run(
                () =>
                {
                    Detector.Become(strand);
                    try
                    {
                        action();
                    }
                    finally
                    {
                        end.ReleaseMerge(Detector.Current);
                    }
                },
                cancellationToken),
            end);
    }

    /// <inheritdoc cref="Task.Run{TResult}(Func{TResult})"/>
    public static Task<TResult> Run<TResult>(Func<TResult> function) => Run(function, CancellationToken.None);

    /// <inheritdoc cref="Task.Run{TResult}(Func{TResult}, CancellationToken)"/>
    public static Task<TResult> Run<TResult>(Func<TResult> function, CancellationToken cancellationToken)
    {
        Begin(out Strand strand, out SyncObject end);
        return FrameworkSync.Ends(
            Task.Run(
                () =>
                {
                    Detector.Become(strand);
                    try
                    {
                        return function();
                    }
                    finally
                    {
                        end.ReleaseMerge(Detector.Current);
                    }
                },
                cancellationToken),
            end);
    }

    /// <inheritdoc cref="Task.Run(Func{Task})"/>
    public static Task Run(Func<Task?> function) => Run(function, CancellationToken.None);

    /// <inheritdoc cref="Task.Run(Func{Task}, CancellationToken)"/>
    public static Task Run(Func<Task?> function, CancellationToken cancellationToken)
    {
        Begin(out Strand strand, out SyncObject end);
        return FrameworkSync.Ends(
            Task.Run(
                async () =>
                {
                    Detector.Become(strand);
                    try
                    {
                        if (function() is { } task)
                        {
                            await task.ConfigureAwait(false);
                            FrameworkSync.Acquire(task);
                        }
                    }
                    finally
                    {
                        end.ReleaseMerge(Detector.Current);
                    }
                },
                cancellationToken),
            end);
    }

    /// <inheritdoc cref="Task.Run{TResult}(Func{Task{TResult}})"/>
    public static Task<TResult> Run<TResult>(Func<Task<TResult>?> function) => Run(function, CancellationToken.None);

    /// <inheritdoc cref="Task.Run{TResult}(Func{Task{TResult}}, CancellationToken)"/>
    public static Task<TResult> Run<TResult>(Func<Task<TResult>?> function, CancellationToken cancellationToken)
    {
        Begin(out Strand strand, out SyncObject end);
        return FrameworkSync.Ends(
            Task.Run(
                async () =>
                {
                    Detector.Become(strand);
                    try
                    {
                        Task<TResult> task = function() ?? throw new OperationCanceledException();
                        TResult result = await task.ConfigureAwait(false);
                        FrameworkSync.Acquire(task);
                        return result;
                    }
                    finally
                    {
                        end.ReleaseMerge(Detector.Current);
                    }
                },
                cancellationToken),
            end);
    }

    /// <inheritdoc cref="Task.Wait()"/>
    public static void Wait(Task self)
    {
        try
        {
            self.Wait();
        }
        finally
        {
            FrameworkSync.Acquire(self);
        }
    }

    /// <inheritdoc cref="Task.Wait(TimeSpan)"/>
    public static bool Wait(Task self, TimeSpan timeout)
    {
        bool ended = self.Wait(timeout);
        if (ended)
        {
            FrameworkSync.Acquire(self);
        }

        return ended;
    }

    /// <inheritdoc cref="Task.WaitAll(Task[])"/>
    public static void WaitAll(params Task[] tasks)
    {
        try
        {
            Task.WaitAll(tasks);
        }
        finally
        {
            foreach (Task task in tasks)
            {
                FrameworkSync.Acquire(task);
            }
        }
    }

    /// <inheritdoc cref="Task.WhenAll(Task[])"/>
    public static Task WhenAll(params Task[] tasks) => FrameworkSync.After(Task.WhenAll(tasks), tasks);

    /// <inheritdoc cref="Task.WhenAll(ReadOnlySpan{Task})"/>
    public static Task WhenAll(params ReadOnlySpan<Task> tasks) => FrameworkSync.After(Task.WhenAll(tasks), tasks.ToArray());

    /// <inheritdoc cref="Task.WhenAll(IEnumerable{Task})"/>
    public static Task WhenAll(IEnumerable<Task> tasks)
    {
        Task[] all = [.. tasks];
        return FrameworkSync.After(Task.WhenAll(all), all);
    }

    /// <inheritdoc cref="Task.WhenAll{TResult}(Task{TResult}[])"/>
    public static Task<TResult[]> WhenAll<TResult>(params Task<TResult>[] tasks) => FrameworkSync.After(Task.WhenAll(tasks), tasks);

    /// <inheritdoc cref="Task.WhenAll{TResult}(ReadOnlySpan{Task{TResult}})"/>
    public static Task<TResult[]> WhenAll<TResult>(params ReadOnlySpan<Task<TResult>> tasks) => FrameworkSync.After(Task.WhenAll(tasks), [.. tasks]);

    /// <inheritdoc cref="Task.WhenAll{TResult}(IEnumerable{Task{TResult}})"/>
    public static Task<TResult[]> WhenAll<TResult>(IEnumerable<Task<TResult>> tasks)
    {
        Task<TResult>[] all = [.. tasks];
        return FrameworkSync.After(Task.WhenAll(all), all);
    }

    private static void Begin(out Strand strand, out SyncObject end)
    {
        strand = Strand.Fork(Detector.Current, ForkJoin.NameOf("task"));
        end = new SyncObject();
    }
}

/// <summary>Replaces the methods of <see cref="Task{TResult}"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Task<>))]
public static class TaskOfTShims
{
    /// <summary>Replaces <see cref="Task{TResult}.Result"/>.</summary>
    /// <param name="self">The task.</param>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <returns>The result.</returns>
    public static TResult Result<TResult>(Task<TResult> self)
    {
        TResult result = self.Result;
        FrameworkSync.Acquire(self);
        return result;
    }
}
