namespace Goroutines.Channels;

/// <summary>What the views as framework channels need beyond Go's semantics: an error on closing, completion, and room for a writer.</summary>
/// <remarks>Made only when such a view is, so that ordinary channels pay one null check.</remarks>
internal sealed class ChanObservers
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<bool>? _room;
    private volatile bool _closed;

    /// <summary>Why the channel was closed, if the closer said so.</summary>
    internal Exception? Error { get; set; }

    /// <summary>Ends when the channel is closed and drained.</summary>
    internal Task Completion => _completion.Task;

    /// <summary>A task that ends with true when a send may succeed again, with false when the channel is closed.</summary>
    internal Task<bool> WaitForRoom()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return Error is null ? Task.FromResult(false) : Task.FromException<bool>(Error);
            }

            _room ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    internal void RoomForSender() => TakeRoom()?.TrySetResult(true);

    internal void Closed(bool drained)
    {
        _closed = true;
        if (drained)
        {
            Drained();
        }

        if (TakeRoom() is { } waiting)
        {
            _ = Error is null ? waiting.TrySetResult(false) : waiting.TrySetException(Error);
        }
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
        }
        else
        {
            _completion.TrySetResult();
        }
    }

    private TaskCompletionSource<bool>? TakeRoom()
    {
        lock (_lock)
        {
            TaskCompletionSource<bool>? room = _room;
            _room = null;
            return room;
        }
    }
}
