using System.ComponentModel;

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="Task"/> that block, and the properties that tell whether it has ended: what has ended comes before what follows.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Task))]
public static class TaskBlockingShims
{
    /// <inheritdoc cref="Task.Wait()"/>
    public static void Wait(Task self)
    {
        try
        {
            self.Wait();
        }
        finally
        {
            FrameworkSync.AcquireIfEnded(self);
        }
    }

    /// <inheritdoc cref="Task.Wait(int)"/>
    public static bool Wait(Task self, int millisecondsTimeout)
    {
        try
        {
            return self.Wait(millisecondsTimeout);
        }
        finally
        {
            FrameworkSync.AcquireIfEnded(self);
        }
    }

    /// <inheritdoc cref="Task.Wait(TimeSpan)"/>
    public static bool Wait(Task self, TimeSpan timeout)
    {
        try
        {
            return self.Wait(timeout);
        }
        finally
        {
            FrameworkSync.AcquireIfEnded(self);
        }
    }

    /// <inheritdoc cref="Task.Wait(CancellationToken)"/>
    public static void Wait(Task self, CancellationToken cancellationToken)
    {
        try
        {
            self.Wait(cancellationToken);
        }
        finally
        {
            FrameworkSync.AcquireIfEnded(self);
        }
    }

    /// <inheritdoc cref="Task.Wait(TimeSpan, CancellationToken)"/>
    public static bool Wait(Task self, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return self.Wait(timeout, cancellationToken);
        }
        finally
        {
            FrameworkSync.AcquireIfEnded(self);
        }
    }

    /// <inheritdoc cref="Task.Wait(int, CancellationToken)"/>
    public static bool Wait(Task self, int millisecondsTimeout, CancellationToken cancellationToken)
    {
        try
        {
            return self.Wait(millisecondsTimeout, cancellationToken);
        }
        finally
        {
            FrameworkSync.AcquireIfEnded(self);
        }
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
            AcquireEnded(tasks);
        }
    }

    /// <inheritdoc cref="Task.WaitAll(Task[], int)"/>
    public static bool WaitAll(Task[] tasks, int millisecondsTimeout)
    {
        try
        {
            return Task.WaitAll(tasks, millisecondsTimeout);
        }
        finally
        {
            AcquireEnded(tasks);
        }
    }

    /// <inheritdoc cref="Task.WaitAll(Task[], TimeSpan)"/>
    public static bool WaitAll(Task[] tasks, TimeSpan timeout)
    {
        try
        {
            return Task.WaitAll(tasks, timeout);
        }
        finally
        {
            AcquireEnded(tasks);
        }
    }

    /// <inheritdoc cref="Task.WaitAll(Task[], CancellationToken)"/>
    public static void WaitAll(Task[] tasks, CancellationToken cancellationToken)
    {
        try
        {
            Task.WaitAll(tasks, cancellationToken);
        }
        finally
        {
            AcquireEnded(tasks);
        }
    }

    /// <inheritdoc cref="Task.WaitAll(Task[], int, CancellationToken)"/>
    public static bool WaitAll(Task[] tasks, int millisecondsTimeout, CancellationToken cancellationToken)
    {
        try
        {
            return Task.WaitAll(tasks, millisecondsTimeout, cancellationToken);
        }
        finally
        {
            AcquireEnded(tasks);
        }
    }

    /// <inheritdoc cref="Task.WaitAll(ReadOnlySpan{Task})"/>
    public static void WaitAll(params ReadOnlySpan<Task> tasks)
    {
        try
        {
            Task.WaitAll(tasks);
        }
        finally
        {
            AcquireEnded(tasks);
        }
    }

    /// <inheritdoc cref="Task.WaitAll(IEnumerable{Task}, CancellationToken)"/>
    public static void WaitAll(IEnumerable<Task> tasks, CancellationToken cancellationToken = default) => WaitAll(tasks is null ? null! : [.. tasks], cancellationToken);

    /// <inheritdoc cref="Task.WaitAny(Task[])"/>
    public static int WaitAny(params Task[] tasks) => Ended(tasks, Task.WaitAny(tasks));

    /// <inheritdoc cref="Task.WaitAny(Task[], int)"/>
    public static int WaitAny(Task[] tasks, int millisecondsTimeout) => Ended(tasks, Task.WaitAny(tasks, millisecondsTimeout));

    /// <inheritdoc cref="Task.WaitAny(Task[], TimeSpan)"/>
    public static int WaitAny(Task[] tasks, TimeSpan timeout) => Ended(tasks, Task.WaitAny(tasks, timeout));

    /// <inheritdoc cref="Task.WaitAny(Task[], CancellationToken)"/>
    public static int WaitAny(Task[] tasks, CancellationToken cancellationToken) => Ended(tasks, Task.WaitAny(tasks, cancellationToken));

    /// <inheritdoc cref="Task.WaitAny(Task[], int, CancellationToken)"/>
    public static int WaitAny(Task[] tasks, int millisecondsTimeout, CancellationToken cancellationToken) => Ended(tasks, Task.WaitAny(tasks, millisecondsTimeout, cancellationToken));

    /// <summary>Replaces <see cref="Task.IsCompleted"/>.</summary>
    /// <param name="self">The task.</param>
    /// <returns>true if the task has ended; otherwise, false.</returns>
    public static bool IsCompleted(Task self) => Seen(self, self.IsCompleted);

    /// <summary>Replaces <see cref="Task.IsCompletedSuccessfully"/>.</summary>
    /// <param name="self">The task.</param>
    /// <returns>true if the task has ended without a failure; otherwise, false.</returns>
    public static bool IsCompletedSuccessfully(Task self) => Seen(self, self.IsCompletedSuccessfully);

    /// <summary>Replaces <see cref="Task.IsFaulted"/>.</summary>
    /// <param name="self">The task.</param>
    /// <returns>true if the task has failed; otherwise, false.</returns>
    public static bool IsFaulted(Task self) => Seen(self, self.IsFaulted);

    /// <summary>Replaces <see cref="Task.IsCanceled"/>.</summary>
    /// <param name="self">The task.</param>
    /// <returns>true if the task was canceled; otherwise, false.</returns>
    public static bool IsCanceled(Task self) => Seen(self, self.IsCanceled);

    /// <summary>Replaces <see cref="Task.Status"/>.</summary>
    /// <param name="self">The task.</param>
    /// <returns>The state of the task.</returns>
    public static TaskStatus Status(Task self)
    {
        TaskStatus status = self.Status;
        _ = Seen(self, status is TaskStatus.RanToCompletion or TaskStatus.Faulted or TaskStatus.Canceled);
        return status;
    }

    /// <summary>Replaces <see cref="Task.Exception"/>.</summary>
    /// <param name="self">The task.</param>
    /// <returns>The failure of the task; null if it has not failed.</returns>
    public static AggregateException? Exception(Task self)
    {
        AggregateException? failure = self.Exception;
        _ = Seen(self, failure is not null);
        return failure;
    }

    private static bool Seen(Task task, bool ended)
    {
        if (ended)
        {
            FrameworkSync.AcquireIfEnded(task);
        }

        return ended;
    }

    private static int Ended(Task[] tasks, int index)
    {
        if (index >= 0)
        {
            FrameworkSync.AcquireIfEnded(tasks[index]);
        }

        return index;
    }

    private static void AcquireEnded(ReadOnlySpan<Task> tasks)
    {
        foreach (Task task in tasks)
        {
            FrameworkSync.AcquireIfEnded(task);
        }
    }
}

/// <summary>Replaces the members of <see cref="Task{TResult}"/> that block.</summary>
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
        try
        {
            return self.Result;
        }
        finally
        {
            FrameworkSync.AcquireIfEnded(self);
        }
    }
}
