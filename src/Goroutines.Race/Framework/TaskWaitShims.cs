using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="Task"/> that make a task of others.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Task))]
public static class TaskWaitShims
{
    /// <inheritdoc cref="Task.WaitAsync(TimeSpan)"/>
    public static Task WaitAsync(Task self, TimeSpan timeout) => FrameworkSync.After(self.WaitAsync(timeout), [self]);

    /// <inheritdoc cref="Task.WaitAsync(TimeSpan, TimeProvider)"/>
    public static Task WaitAsync(Task self, TimeSpan timeout, TimeProvider timeProvider) => FrameworkSync.After(self.WaitAsync(timeout, timeProvider), [self]);

    /// <inheritdoc cref="Task.WaitAsync(CancellationToken)"/>
    public static Task WaitAsync(Task self, CancellationToken cancellationToken) => FrameworkSync.After(self.WaitAsync(cancellationToken), [self]);

    /// <inheritdoc cref="Task.WaitAsync(TimeSpan, CancellationToken)"/>
    public static Task WaitAsync(Task self, TimeSpan timeout, CancellationToken cancellationToken) => FrameworkSync.After(self.WaitAsync(timeout, cancellationToken), [self]);
}

/// <summary>Replaces the methods of <see cref="Task{TResult}"/> that make a task of it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Task<>))]
public static class TaskOfTWaitShims
{
    /// <inheritdoc cref="Task{TResult}.WaitAsync(TimeSpan)"/>
    public static Task<TResult> WaitAsync<TResult>(Task<TResult> self, TimeSpan timeout) => FrameworkSync.After(self.WaitAsync(timeout), [self]);

    /// <inheritdoc cref="Task{TResult}.WaitAsync(TimeSpan, TimeProvider)"/>
    public static Task<TResult> WaitAsync<TResult>(Task<TResult> self, TimeSpan timeout, TimeProvider timeProvider) => FrameworkSync.After(self.WaitAsync(timeout, timeProvider), [self]);

    /// <inheritdoc cref="Task{TResult}.WaitAsync(CancellationToken)"/>
    public static Task<TResult> WaitAsync<TResult>(Task<TResult> self, CancellationToken cancellationToken) => FrameworkSync.After(self.WaitAsync(cancellationToken), [self]);

    /// <inheritdoc cref="Task{TResult}.WaitAsync(TimeSpan, CancellationToken)"/>
    public static Task<TResult> WaitAsync<TResult>(Task<TResult> self, TimeSpan timeout, CancellationToken cancellationToken)
        => FrameworkSync.After(self.WaitAsync(timeout, cancellationToken), [self]);
}

/// <summary>Replaces the methods of <see cref="ValueTask"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(ValueTask))]
public static class ValueTaskShims
{
    /// <inheritdoc cref="ValueTask.AsTask"/>
    public static Task AsTask(ref ValueTask self)
    {
        if (self.IsCompleted || Unsafe.As<ValueTask, object?>(ref self) is Task)
        {
            return self.AsTask(); // a task that there is already
        }

        // The result is taken where the operation is completed, and what that orders has to reach those that await the task.
        SyncObject end = new();
        return FrameworkSync.Ends(Await(self, end), end);
    }

    private static async Task Await(ValueTask task, SyncObject end)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        finally
        {
            end.ReleaseMerge(Detector.Current);
        }
    }
}

/// <summary>Replaces the methods of <see cref="ValueTask{TResult}"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(ValueTask<>))]
public static class ValueTaskOfTShims
{
    /// <summary>Replaces <see cref="ValueTask{TResult}.Result"/>.</summary>
    /// <param name="self">The operation.</param>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <returns>The result.</returns>
    public static TResult Result<TResult>(ref ValueTask<TResult> self)
    {
        object? operation = Unsafe.As<ValueTask<TResult>, object?>(ref self);
        FrameworkSync.AcquireAwaited(operation);
        try
        {
            return self.Result;
        }
        finally
        {
            FrameworkSync.AcquireAwaited(operation);
        }
    }

    /// <inheritdoc cref="ValueTask{TResult}.AsTask"/>
    public static Task<TResult> AsTask<TResult>(ref ValueTask<TResult> self)
    {
        if (self.IsCompleted || Unsafe.As<ValueTask<TResult>, object?>(ref self) is Task)
        {
            return self.AsTask();
        }

        SyncObject end = new();
        return FrameworkSync.Ends(Await(self, end), end);
    }

    private static async Task<TResult> Await<TResult>(ValueTask<TResult> task, SyncObject end)
    {
        try
        {
            return await task.ConfigureAwait(false);
        }
        finally
        {
            end.ReleaseMerge(Detector.Current);
        }
    }
}
