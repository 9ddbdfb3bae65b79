using System.Threading.Tasks.Sources;
using Goroutines.Scheduler;

namespace Goroutines.Channels;

/// <summary>One consumer's enumeration of a channel; allocates nothing for each value.</summary>
internal sealed class ChanEnumerator<T>(Chan<T>? channel, CancellationToken cancellationToken) : IAsyncEnumerator<T>, IValueTaskSource<bool>
{
    private Waiter<T>? _pending;

    public T Current { get; private set; } = default!;

    public ValueTask<bool> MoveNextAsync()
    {
        if (Exploration.IsOn && Exploration.Defers("receive", channel))
        {
            return MoveNextExplored();
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        Received<T> received = default;
        Waiter<T>? waiter = channel is null
            ? Waiter<T>.Never(WaitReason.ChanReceiveNil, cancellationToken)
            : channel.BeginReceive(cancellationToken, out received);
        if (waiter is null)
        {
            Current = received.Value;
            return !received.Ok && channel!.Feed?.Failure is { } failure ? ValueTask.FromException<bool>(failure) : new ValueTask<bool>(received.Ok);
        }

        _pending = waiter;
        return new ValueTask<bool>(this, waiter.Version);
    }

    public ValueTask DisposeAsync() => default;

    /// <summary>As it is where schedules are explored: see Chan.Explored.cs.</summary>
    private async ValueTask<bool> MoveNextExplored()
    {
        await Exploration.GiveWay();
        Exploration.Grant();
        return await MoveNextAsync();
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => Pending.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => Pending.OnCompleted(continuation, state, token, flags);

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        Received<T> received = ((IValueTaskSource<Received<T>>)Pending).GetResult(token);
        _pending = null;
        Current = received.Value;
        return received.Ok;
    }

    private Waiter<T> Pending => _pending
        ?? throw new InvalidOperationException("This MoveNextAsync has already been awaited. A ValueTask may be awaited once only.");
}
