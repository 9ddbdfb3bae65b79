using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Goroutines.Channels;

/// <summary>A channel's receiving side as the framework's reader.</summary>
/// <remarks>
/// A rendezvous channel has nothing to look at before it is received, so waiting to read receives a value and keeps it
/// here for the next read. (Only waiting for a sender to appear would let a writer that only waits for a receiver, and
/// this, wait for each other.) A cancelled wait has taken nothing.
/// </remarks>
internal sealed class ChanReader<T>(Chan<T> channel) : ChannelReader<T>
{
    private readonly ChanObservers _observers = channel.Observe();
    private readonly ConcurrentQueue<T> _ahead = new();
    private TaskCompletionSource? _completion;

    /// <summary>Ends when the channel is closed and drained, and what this reader has taken ahead is read.</summary>
    public override Task Completion
    {
        get
        {
            if (_completion is null)
            {
                TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
                if (Interlocked.CompareExchange(ref _completion, completion, null) is null)
                {
                    _observers.Completion.ContinueWith(
                        static (_, reader) => ((ChanReader<T>)reader!).CheckCompleted(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                }
            }

            return _completion.Task;
        }
    }

    public override bool CanCount => true;

    public override int Count => _ahead.Count + channel.Count;

    public override bool TryRead([MaybeNullWhen(false)] out T item)
    {
        if (_ahead.TryDequeue(out item))
        {
            CheckCompleted();
            return true;
        }

        if (channel.TryReceive(out Received<T> received) && received.Ok)
        {
            item = received.Value;
            return true;
        }

        item = default;
        return false;
    }

    public override async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_ahead.IsEmpty || channel.Count != 0)
        {
            return true;
        }

        (T value, bool ok) = await channel.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        if (ok)
        {
            _ahead.Enqueue(value);
            return true;
        }

        return _observers.Error is { } error ? throw error : !_ahead.IsEmpty;
    }

    public override async ValueTask<T> ReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_ahead.TryDequeue(out T? kept))
        {
            CheckCompleted();
            return kept;
        }

        (T value, bool ok) = await channel.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        return ok ? value : throw new ChannelClosedException(_observers.Error);
    }

    private void CheckCompleted()
    {
        Task all = _observers.Completion;
        if (_completion is { } completion && all.IsCompleted && _ahead.IsEmpty)
        {
            completion.TrySetFromTask(all);
        }
    }
}
