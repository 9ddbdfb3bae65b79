using System.Threading.Tasks.Sources;

namespace Goroutines.Cluster.Nats;

/// <summary>Reads an answer. What it returns must not refer to the buffers.</summary>
internal delegate T NatsRead<T>(in NatsArrival answer);

/// <summary>The wait for one answer.</summary>
internal abstract class NatsReply(NatsReplies replies, long id)
{
    internal long Id { get; } = id;

    /// <summary>Called with the answer, by the thread that has taken this out of the table.</summary>
    internal abstract void Complete(in NatsArrival answer);

    /// <summary>Called if there will be no answer, by the thread that has taken this out of the table.</summary>
    internal abstract void Fail(Exception exception);

    internal void Cancel(CancellationToken cancellationToken)
    {
        if (replies.TryTake(Id, out _))
        {
            Fail(new OperationCanceledException(cancellationToken));
        }
    }
}

/// <inheritdoc cref="NatsReply"/>
/// <remarks>
/// The engine's own methods between a request and the goroutine that waits for it run on in the thread that brings the answer. Only the last one resumes
/// the goroutine, so that it is queued once and nothing passes through the thread pool. That is right if there is a context to resume. A caller
/// without one continues on the pool instead, so that no code of the program runs in the flow that reads the connection.
/// </remarks>
internal sealed class NatsReply<T> : NatsReply, IValueTaskSource<T>
{
    private readonly NatsRead<T> _read;
    private ManualResetValueTaskSourceCore<T> _core;

    internal NatsReply(NatsReplies replies, long id, NatsRead<T> read)
        : base(replies, id)
    {
        _read = read;
        _core.RunContinuationsAsynchronously = SynchronizationContext.Current is null;
    }

    internal ValueTask<T> Result => new(this, _core.Version);

    internal override void Complete(in NatsArrival answer)
    {
        T result;
        try
        {
            result = _read(answer);
        }
        catch (Exception exception)
        {
            _core.SetException(exception);
            return;
        }

        _core.SetResult(result);
    }

    internal override void Fail(Exception exception) => _core.SetException(exception);

    T IValueTaskSource<T>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);
}
