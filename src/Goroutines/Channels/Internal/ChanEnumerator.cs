using System.Threading.Tasks.Sources;
using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>One consumer's enumeration of a channel; allocates nothing for each value.</summary>
/// <remarks>
/// The caller awaits the enumerator, under a token of its own: the token counts the calls of <see cref="MoveNextAsync"/>, since
/// two pooled waiters may have equal versions. As with any operation, an expired token throws only when the result is taken.
/// </remarks>
internal sealed class ChanEnumerator<T>(Chan<T>? channel, CancellationToken cancellationToken) : IAsyncEnumerator<T>, IValueTaskSource<bool>
{
    private Chan<T>? _channel = channel;
    private CancellationToken _cancellationToken = cancellationToken;
    private Waiter<T>? _pending;
    private short _pendingVersion;
    private int _calls;
    private bool _disposed;

    public T Current { get; private set; } = default!;

    public ValueTask<bool> MoveNextAsync()
    {
        if (OperationHooks.BeforeOperation("receive", _channel))
        {
            return OperationHooks.Defer(this, default(Unit), static (enumerator, _) => enumerator.MoveNextAsync());
        }

        if (_disposed)
        {
            return new ValueTask<bool>(false);
        }

        if (Volatile.Read(ref _pending) is not null)
        {
            return ValueTask.FromException<bool>(new InvalidOperationException(
                "MoveNextAsync was called while an earlier call waits. An enumerator has one consumer; several may each have one."));
        }

        if (_cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(_cancellationToken);
        }

        Received<T> received = default;
        Waiter<T>? waiter = _channel is null
            ? Waiter<T>.Never(WaitReason.ChanReceiveNil, _cancellationToken)
            : _channel.BeginReceive(_cancellationToken, out received);
        if (waiter is null)
        {
            Current = received.Value;
            return !received.Ok && _channel!.Feed?.Failure is { } failure ? ValueTask.FromException<bool>(failure) : new ValueTask<bool>(received.Ok);
        }

        _calls++;
        _pendingVersion = waiter.Version;
        Volatile.Write(ref _pending, waiter);
        return new ValueTask<bool>(this, (short)_calls);
    }

    /// <summary>Releases the channel, the token and the last value: the compiler's state machine of a loop references the enumerator for longer.</summary>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        _channel = null;
        _cancellationToken = default;
        Current = default!;
        return default;
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token)
        => Find(token) is { } waiter ? waiter.GetStatus(_pendingVersion) : ValueTaskSourceStatus.Faulted;

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if (Find(token) is { } waiter)
        {
            waiter.OnCompleted(continuation, state, _pendingVersion, flags);
        }
        else
        {
            ForeignContinuation.Capture(continuation, state, flags, 0).Run(); // taking the result will throw
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        Waiter<T> waiter = Find(token) ?? throw new InvalidOperationException(
            "This MoveNextAsync has already been awaited. A ValueTask may be awaited once only.");
        Received<T> received;
        try
        {
            received = ((IValueTaskSource<Received<T>>)waiter).GetResult(_pendingVersion);
        }
        catch (Exception exception) when (exception is not InvalidOperationException)
        {
            Volatile.Write(ref _pending, null); // cancelled: the operation is over
            throw;
        }

        if (!_disposed)
        {
            Current = received.Value;
        }

        Volatile.Write(ref _pending, null);
        return received.Ok;
    }

    /// <summary>Returns the operation that a token stands for; null if its result has been taken.</summary>
    private Waiter<T>? Find(short token) => token == (short)_calls ? Volatile.Read(ref _pending) : null;
}
