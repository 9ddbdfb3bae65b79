using System.Threading.Channels;

namespace Goroutines.Channels;

/// <summary>Provides what the views as framework channels need beyond Go's semantics: an error on closing, completion, and room for a writer.</summary>
/// <remarks>It is created only with such a view, so that ordinary channels pay one null check. Its tasks are marked as observed from the start:
/// the caller that closed the channel with an error knows the error, and a view that is never asked is not an unobserved failure.</remarks>
internal sealed class ChanObservers
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<bool>? _room;
    private TaskCompletionSource<bool>? _value;
    private volatile bool _closed;

    /// <summary>The error that the closer gave, if any.</summary>
    internal Exception? Error { get; private set; }

    /// <summary>The error as a task, with which waits for values or room end. It is created once, so that its stack trace is the same for all.</summary>
    internal Task<bool>? Failed { get; private set; }

    /// <summary>Ends when the channel is closed and drained.</summary>
    internal Task Completion => _completion.Task;

    /// <summary>Sets the error. The closer calls this before it closes the channel.</summary>
    internal void Fail(Exception error, Task<bool> failed)
    {
        Error = error;
        Failed = failed;
    }

    /// <summary>An error as a task, for <see cref="Fail"/>.</summary>
    internal static Task<bool> MakeFailed(Exception error)
    {
        Task<bool> failed = Task.FromException<bool>(error);
        _ = failed.Exception;
        return failed;
    }

    /// <summary>Returns the exception for reads and writes of the closed channel. As in the framework, a cancellation is thrown as it is, and any other error
    /// is the cause.</summary>
    internal Exception ClosedException() => Error switch
    {
        OperationCanceledException cancelled => cancelled,
        { } error => new ChannelClosedException(error),
        null => new ChannelClosedException(),
    };

    /// <summary>A task that ends with true when a send may succeed again, with false or the error when the channel is closed.</summary>
    internal Task<bool> WaitForRoom() => WaitFor(ref _room);

    /// <summary>A task that ends with true when a value has come into the buffer, with false or the error when the channel is closed.</summary>
    internal Task<bool> WaitForValue() => WaitFor(ref _value);

    internal void RoomForSender() => Take(ref _room)?.TrySetResult(true);

    internal void ValueInBuffer() => Take(ref _value)?.TrySetResult(true);

    internal void Closed(bool drained)
    {
        _closed = true;
        if (drained)
        {
            Drained();
        }

        End(Take(ref _room));
        End(Take(ref _value));
    }

    internal void Drained()
    {
        if (Error is OperationCanceledException cancelled)
        {
            _completion.TrySetCanceled(cancelled.CancellationToken);
        }
        else if (Error is { } error)
        {
            _completion.TrySetException(error);
            _ = _completion.Task.Exception;
        }
        else
        {
            _completion.TrySetResult();
        }
    }

    private void End(TaskCompletionSource<bool>? waiting)
    {
        if (waiting is not null)
        {
            _ = Error is null ? waiting.TrySetResult(false) : waiting.TrySetException(Error);
            _ = waiting.Task.Exception;
        }
    }

    private Task<bool> WaitFor(ref TaskCompletionSource<bool>? waiting)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return Failed ?? Task.FromResult(false);
            }

            waiting ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return waiting.Task;
        }
    }

    private TaskCompletionSource<bool>? Take(ref TaskCompletionSource<bool>? waiting)
    {
        lock (_lock)
        {
            TaskCompletionSource<bool>? taken = waiting;
            waiting = null;
            return taken;
        }
    }
}
