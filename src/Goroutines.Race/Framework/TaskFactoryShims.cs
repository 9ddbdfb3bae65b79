using System.ComponentModel;

#pragma warning disable CA1068 // the order of the framework's parameters

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="TaskFactory"/>: the body of a task is a strand.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(TaskFactory))]
public static class TaskFactoryShims
{
    private const string Name = "task";

    /// <inheritdoc cref="TaskFactory.StartNew(Action)"/>
    public static Task StartNew(TaskFactory self, Action action)
    {
        Action body = Of(action, out SyncObject end);
        return FrameworkSync.Ends(self.StartNew(body), end);
    }

    /// <inheritdoc cref="TaskFactory.StartNew(Action, CancellationToken)"/>
    public static Task StartNew(TaskFactory self, Action action, CancellationToken cancellationToken)
    {
        Action body = Of(action, out SyncObject end);
        return FrameworkSync.Ends(self.StartNew(body, cancellationToken), end);
    }

    /// <inheritdoc cref="TaskFactory.StartNew(Action, TaskCreationOptions)"/>
    public static Task StartNew(TaskFactory self, Action action, TaskCreationOptions creationOptions)
    {
        Action body = Of(action, out SyncObject end);
        return FrameworkSync.Ends(self.StartNew(body, creationOptions), end);
    }

    /// <inheritdoc cref="TaskFactory.StartNew(Action, CancellationToken, TaskCreationOptions, TaskScheduler)"/>
    public static Task StartNew(TaskFactory self, Action action, CancellationToken cancellationToken, TaskCreationOptions creationOptions, TaskScheduler scheduler)
    {
        Action body = Of(action, out SyncObject end);
        return FrameworkSync.Ends(self.StartNew(body, cancellationToken, creationOptions, scheduler), end);
    }

    /// <inheritdoc cref="TaskFactory.StartNew{TResult}(Func{TResult})"/>
    public static Task<TResult> StartNew<TResult>(TaskFactory self, Func<TResult> function)
    {
        Func<TResult> body = Of(function, out SyncObject end);
        return FrameworkSync.Ends(self.StartNew(body), end);
    }

    /// <inheritdoc cref="TaskFactory.StartNew{TResult}(Func{TResult}, CancellationToken, TaskCreationOptions, TaskScheduler)"/>
    public static Task<TResult> StartNew<TResult>(
        TaskFactory self,
        Func<TResult> function,
        CancellationToken cancellationToken,
        TaskCreationOptions creationOptions,
        TaskScheduler scheduler)
    {
        Func<TResult> body = Of(function, out SyncObject end);
        return FrameworkSync.Ends(self.StartNew(body, cancellationToken, creationOptions, scheduler), end);
    }

    private static Action Of(Action action, out SyncObject end)
    {
        ArgumentNullException.ThrowIfNull(action);
        ForkJoin body = ForkJoin.Here(Name);
        end = body.End;
        return () => body.Run(static one => one(), action);
    }

    private static Func<TResult> Of<TResult>(Func<TResult> function, out SyncObject end)
    {
        ArgumentNullException.ThrowIfNull(function);
        ForkJoin body = ForkJoin.Here(Name);
        end = body.End;
        return () => body.Run(static one => one(), function);
    }
}
