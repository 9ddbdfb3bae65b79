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
                            try
                            {
                                await task.ConfigureAwait(false);
                            }
                            finally
                            {
                                FrameworkSync.AcquireIfEnded(task);
                            }
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
                        try
                        {
                            return await task.ConfigureAwait(false);
                        }
                        finally
                        {
                            FrameworkSync.AcquireIfEnded(task);
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

    /// <inheritdoc cref="Task.Start()"/>
    public static void Start(Task self)
    {
        FrameworkSync.Starts(self);
        self.Start();
    }

    /// <inheritdoc cref="Task.Start(TaskScheduler)"/>
    public static void Start(Task self, TaskScheduler scheduler)
    {
        FrameworkSync.Starts(self);
        self.Start(scheduler);
    }

    /// <inheritdoc cref="Task.RunSynchronously()"/>
    public static void RunSynchronously(Task self)
    {
        FrameworkSync.Starts(self);
        self.RunSynchronously();
        FrameworkSync.AcquireIfEnded(self);
    }

    /// <inheritdoc cref="Task.RunSynchronously(TaskScheduler)"/>
    public static void RunSynchronously(Task self, TaskScheduler scheduler)
    {
        FrameworkSync.Starts(self);
        self.RunSynchronously(scheduler);
        FrameworkSync.AcquireIfEnded(self);
    }

    private static void Begin(out Strand strand, out SyncObject end)
    {
        strand = Strand.Fork(Detector.Current, "task", ForkJoin.NextNumber());
        end = new SyncObject();
    }
}
