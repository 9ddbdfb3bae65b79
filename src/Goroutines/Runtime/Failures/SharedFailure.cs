using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Goroutines.Runtime;

/// <summary>An exception that any number of callers get, each with the stack trace it had when it was taken.</summary>
/// <remarks>
/// Throwing an exception object again appends to its trace, and copies what is there already. A failure that thousands of callers
/// share would take quadratic time, and its trace would name all of them. So this keeps the exception's state at the moment when
/// it was taken, and every reader starts from that, as the readers of a faulted <see cref="System.Threading.Tasks.Task"/> do.
/// </remarks>
internal sealed class SharedFailure(Exception exception)
{
    private readonly ExceptionDispatchInfo _taken = ExceptionDispatchInfo.Capture(exception);
    private Task? _task;

    internal Exception Exception => _taken.SourceException;

    [DoesNotReturn]
    internal void Throw() => _taken.Throw();

    /// <summary>Returns the failure as a task, which is created once: faulted, or cancelled if the failure is a cancellation.</summary>
    internal Task<T> AsTask<T>()
    {
        if (Volatile.Read(ref _task) is Task<T> made)
        {
            return made;
        }

        AsyncTaskMethodBuilder<T> builder = AsyncTaskMethodBuilder<T>.Create();
        try
        {
            _taken.Throw();
        }
        catch (Exception failure)
        {
            builder.SetException(failure);
        }

        Task<T> task = builder.Task;
        _ = task.Exception; // mark as observed: this copy does not decide whether the failure has been seen
        Volatile.Write(ref _task, task);
        return task;
    }
}
