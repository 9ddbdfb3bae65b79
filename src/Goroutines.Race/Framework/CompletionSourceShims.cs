using System.ComponentModel;

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="TaskCompletionSource"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(TaskCompletionSource))]
public static class CompletionSourceShims
{
    /// <inheritdoc cref="TaskCompletionSource.SetResult"/>
    public static void SetResult(TaskCompletionSource self)
    {
        FrameworkSync.Release(self.Task);
        self.SetResult();
    }

    /// <inheritdoc cref="TaskCompletionSource.TrySetResult"/>
    public static bool TrySetResult(TaskCompletionSource self)
    {
        FrameworkSync.Release(self.Task);
        return self.TrySetResult();
    }

    /// <inheritdoc cref="TaskCompletionSource.SetException(Exception)"/>
    public static void SetException(TaskCompletionSource self, Exception exception)
    {
        FrameworkSync.Release(self.Task);
        self.SetException(exception);
    }

    /// <inheritdoc cref="TaskCompletionSource.TrySetException(Exception)"/>
    public static bool TrySetException(TaskCompletionSource self, Exception exception)
    {
        FrameworkSync.Release(self.Task);
        return self.TrySetException(exception);
    }

    /// <inheritdoc cref="TaskCompletionSource.SetCanceled()"/>
    public static void SetCanceled(TaskCompletionSource self)
    {
        FrameworkSync.Release(self.Task);
        self.SetCanceled();
    }

    /// <inheritdoc cref="TaskCompletionSource.TrySetCanceled()"/>
    public static bool TrySetCanceled(TaskCompletionSource self)
    {
        FrameworkSync.Release(self.Task);
        return self.TrySetCanceled();
    }

    /// <inheritdoc cref="TaskCompletionSource.SetException(IEnumerable{Exception})"/>
    public static void SetException(TaskCompletionSource self, IEnumerable<Exception> exceptions)
    {
        FrameworkSync.Release(self.Task);
        self.SetException(exceptions);
    }

    /// <inheritdoc cref="TaskCompletionSource.TrySetException(IEnumerable{Exception})"/>
    public static bool TrySetException(TaskCompletionSource self, IEnumerable<Exception> exceptions)
    {
        FrameworkSync.Release(self.Task);
        return self.TrySetException(exceptions);
    }

    /// <inheritdoc cref="TaskCompletionSource.SetCanceled(CancellationToken)"/>
    public static void SetCanceled(TaskCompletionSource self, CancellationToken cancellationToken)
    {
        FrameworkSync.Release(self.Task);
        self.SetCanceled(cancellationToken);
    }

    /// <inheritdoc cref="TaskCompletionSource.TrySetCanceled(CancellationToken)"/>
    public static bool TrySetCanceled(TaskCompletionSource self, CancellationToken cancellationToken)
    {
        FrameworkSync.Release(self.Task);
        return self.TrySetCanceled(cancellationToken);
    }

    /// <inheritdoc cref="TaskCompletionSource.SetFromTask(Task)"/>
    public static void SetFromTask(TaskCompletionSource self, Task completedTask)
    {
        FrameworkSync.AcquireIfEnded(completedTask);
        FrameworkSync.Release(self.Task);
        self.SetFromTask(completedTask);
    }

    /// <inheritdoc cref="TaskCompletionSource.TrySetFromTask(Task)"/>
    public static bool TrySetFromTask(TaskCompletionSource self, Task completedTask)
    {
        FrameworkSync.AcquireIfEnded(completedTask);
        FrameworkSync.Release(self.Task);
        return self.TrySetFromTask(completedTask);
    }
}

/// <summary>Replaces the methods of <see cref="TaskCompletionSource{TResult}"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(TaskCompletionSource<>))]
public static class CompletionSourceOfTShims
{
    /// <inheritdoc cref="TaskCompletionSource{TResult}.SetResult"/>
    public static void SetResult<TResult>(TaskCompletionSource<TResult> self, TResult result)
    {
        FrameworkSync.Release(self.Task);
        self.SetResult(result);
    }

    /// <inheritdoc cref="TaskCompletionSource{TResult}.TrySetResult"/>
    public static bool TrySetResult<TResult>(TaskCompletionSource<TResult> self, TResult result)
    {
        FrameworkSync.Release(self.Task);
        return self.TrySetResult(result);
    }

    /// <inheritdoc cref="TaskCompletionSource{TResult}.SetException(Exception)"/>
    public static void SetException<TResult>(TaskCompletionSource<TResult> self, Exception exception)
    {
        FrameworkSync.Release(self.Task);
        self.SetException(exception);
    }

    /// <inheritdoc cref="TaskCompletionSource{TResult}.TrySetException(Exception)"/>
    public static bool TrySetException<TResult>(TaskCompletionSource<TResult> self, Exception exception)
    {
        FrameworkSync.Release(self.Task);
        return self.TrySetException(exception);
    }

    /// <inheritdoc cref="TaskCompletionSource{TResult}.SetCanceled()"/>
    public static void SetCanceled<TResult>(TaskCompletionSource<TResult> self)
    {
        FrameworkSync.Release(self.Task);
        self.SetCanceled();
    }

    /// <inheritdoc cref="TaskCompletionSource{TResult}.TrySetCanceled()"/>
    public static bool TrySetCanceled<TResult>(TaskCompletionSource<TResult> self)
    {
        FrameworkSync.Release(self.Task);
        return self.TrySetCanceled();
    }

    /// <inheritdoc cref="TaskCompletionSource{TResult}.SetException(IEnumerable{Exception})"/>
    public static void SetException<TResult>(TaskCompletionSource<TResult> self, IEnumerable<Exception> exceptions)
    {
        FrameworkSync.Release(self.Task);
        self.SetException(exceptions);
    }

    /// <inheritdoc cref="TaskCompletionSource{TResult}.TrySetException(IEnumerable{Exception})"/>
    public static bool TrySetException<TResult>(TaskCompletionSource<TResult> self, IEnumerable<Exception> exceptions)
    {
        FrameworkSync.Release(self.Task);
        return self.TrySetException(exceptions);
    }

    /// <inheritdoc cref="TaskCompletionSource{TResult}.SetCanceled(CancellationToken)"/>
    public static void SetCanceled<TResult>(TaskCompletionSource<TResult> self, CancellationToken cancellationToken)
    {
        FrameworkSync.Release(self.Task);
        self.SetCanceled(cancellationToken);
    }

    /// <inheritdoc cref="TaskCompletionSource{TResult}.TrySetCanceled(CancellationToken)"/>
    public static bool TrySetCanceled<TResult>(TaskCompletionSource<TResult> self, CancellationToken cancellationToken)
    {
        FrameworkSync.Release(self.Task);
        return self.TrySetCanceled(cancellationToken);
    }

    /// <inheritdoc cref="TaskCompletionSource{TResult}.SetFromTask(Task{TResult})"/>
    public static void SetFromTask<TResult>(TaskCompletionSource<TResult> self, Task<TResult> completedTask)
    {
        FrameworkSync.AcquireIfEnded(completedTask);
        FrameworkSync.Release(self.Task);
        self.SetFromTask(completedTask);
    }

    /// <inheritdoc cref="TaskCompletionSource{TResult}.TrySetFromTask(Task{TResult})"/>
    public static bool TrySetFromTask<TResult>(TaskCompletionSource<TResult> self, Task<TResult> completedTask)
    {
        FrameworkSync.AcquireIfEnded(completedTask);
        FrameworkSync.Release(self.Task);
        return self.TrySetFromTask(completedTask);
    }
}
