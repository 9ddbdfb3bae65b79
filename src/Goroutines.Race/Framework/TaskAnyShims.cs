using System.ComponentModel;

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="Task"/> that wait for one of several: only the one that they return comes before what follows.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Task))]
public static class TaskAnyShims
{
    /// <inheritdoc cref="Task.WhenAny(Task[])"/>
    public static Task<Task> WhenAny(params Task[] tasks) => First(Task.WhenAny(tasks));

    /// <inheritdoc cref="Task.WhenAny(ReadOnlySpan{Task})"/>
    public static Task<Task> WhenAny(params ReadOnlySpan<Task> tasks) => First(Task.WhenAny(tasks));

    /// <inheritdoc cref="Task.WhenAny(Task, Task)"/>
    public static Task<Task> WhenAny(Task task1, Task task2) => First(Task.WhenAny(task1, task2));

    /// <inheritdoc cref="Task.WhenAny(IEnumerable{Task})"/>
    public static Task<Task> WhenAny(IEnumerable<Task> tasks) => First(Task.WhenAny(tasks));

    /// <inheritdoc cref="Task.WhenAny{TResult}(Task{TResult}[])"/>
    public static Task<Task<TResult>> WhenAny<TResult>(params Task<TResult>[] tasks) => First(Task.WhenAny(tasks));

    /// <inheritdoc cref="Task.WhenAny{TResult}(ReadOnlySpan{Task{TResult}})"/>
    public static Task<Task<TResult>> WhenAny<TResult>(params ReadOnlySpan<Task<TResult>> tasks) => First(Task.WhenAny(tasks));

    /// <inheritdoc cref="Task.WhenAny{TResult}(Task{TResult}, Task{TResult})"/>
    public static Task<Task<TResult>> WhenAny<TResult>(Task<TResult> task1, Task<TResult> task2) => First(Task.WhenAny(task1, task2));

    /// <inheritdoc cref="Task.WhenAny{TResult}(IEnumerable{Task{TResult}})"/>
    public static Task<Task<TResult>> WhenAny<TResult>(IEnumerable<Task<TResult>> tasks) => First(Task.WhenAny(tasks));

    /// <inheritdoc cref="Task.WhenEach(Task[])"/>
    public static IAsyncEnumerable<Task> WhenEach(params Task[] tasks) => Each(Task.WhenEach(tasks));

    /// <inheritdoc cref="Task.WhenEach(ReadOnlySpan{Task})"/>
    public static IAsyncEnumerable<Task> WhenEach(params ReadOnlySpan<Task> tasks) => Each(Task.WhenEach(tasks));

    /// <inheritdoc cref="Task.WhenEach(IEnumerable{Task})"/>
    public static IAsyncEnumerable<Task> WhenEach(IEnumerable<Task> tasks) => Each(Task.WhenEach(tasks));

    /// <inheritdoc cref="Task.WhenEach{TResult}(Task{TResult}[])"/>
    public static IAsyncEnumerable<Task<TResult>> WhenEach<TResult>(params Task<TResult>[] tasks) => Each(Task.WhenEach(tasks));

    /// <inheritdoc cref="Task.WhenEach{TResult}(ReadOnlySpan{Task{TResult}})"/>
    public static IAsyncEnumerable<Task<TResult>> WhenEach<TResult>(params ReadOnlySpan<Task<TResult>> tasks) => Each(Task.WhenEach(tasks));

    /// <inheritdoc cref="Task.WhenEach{TResult}(IEnumerable{Task{TResult}})"/>
    public static IAsyncEnumerable<Task<TResult>> WhenEach<TResult>(IEnumerable<Task<TResult>> tasks) => Each(Task.WhenEach(tasks));

    private static Task<T> First<T>(Task<T> any)
        where T : Task => FrameworkSync.AfterLast(any, static any => any.IsCompletedSuccessfully ? ((Task<T>)any).Result : null);

    private static async IAsyncEnumerable<T> Each<T>(IAsyncEnumerable<T> tasks)
        where T : Task
    {
        await foreach (T task in tasks.ConfigureAwait(false))
        {
            // If this continues on another thread, the consumer takes over what unknown code passes on.
            FrameworkSync.AcquireIfEnded(task);
            FrameworkSync.PassOn(task);
            yield return task;
        }
    }
}

/// <summary>Replaces the methods of <see cref="TaskExtensions"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(TaskExtensions))]
public static class TaskExtensionsShims
{
    /// <inheritdoc cref="TaskExtensions.Unwrap(Task{Task})"/>
    public static Task Unwrap(Task<Task> task) => Of(task, task.Unwrap());

    /// <inheritdoc cref="TaskExtensions.Unwrap{TResult}(Task{Task{TResult}})"/>
    public static Task<TResult> Unwrap<TResult>(Task<Task<TResult>> task) => Of(task, task.Unwrap());

    private static TInner Of<TInner>(Task<TInner> outer, TInner unwrapped)
        where TInner : Task
    {
        if (outer.IsCompletedSuccessfully && ReferenceEquals(outer.Result, unwrapped))
        {
            FrameworkSync.AcquireIfEnded(outer);
            return unwrapped;
        }

        return FrameworkSync.AfterLast(unwrapped, _ => outer.IsCompletedSuccessfully ? outer.Result : null, outer);
    }
}
