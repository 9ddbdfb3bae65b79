using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>A channel's receiving side as the framework's reader.</summary>
/// <remarks>
/// <para>
/// A rendezvous channel has no value to look at before it is received, so waiting to read receives a value and keeps it here
/// for the next read. (If the wait only waited for a sender to appear, it and a writer that only waits for a receiver would wait
/// for each other.) All waiting callers share one receive, <c>_ahead</c>. It begins when a caller has to wait, and is taken back
/// when the last of them is cancelled. If a wait is only dropped, the receive stays, and the next read gets its value. Values are
/// therefore read in order, whatever happens to the waits: a read looks first at the kept value, then at the receive in progress,
/// and only then at the channel. From a channel with a buffer, nothing is taken ahead: a wait only waits until the buffer has a
/// value.
/// </para>
/// <para>
/// <c>_lock</c> guards the fields. Channel operations begin without it, since they wake other waiters, whose contexts are user
/// code; meanwhile, <c>_beginning</c> stands in for the receive. The lock is reentrant: taking the result of the receive may call
/// <see cref="Arrived"/>, which then finds nothing to do.
/// </para>
/// </remarks>
internal sealed class ChanReader<T> : ChannelReader<T>
{
    /// <summary>How often a read looks again at a receive that a sender has claimed and is about to complete.</summary>
    private const int Patience = 100;

    private static readonly Action<object?> s_arrived = static self => ((ChanReader<T>)self!).Arrived();

    private readonly Chan<T> _channel;
    private readonly ChanObservers _observers;
    private readonly Lock _lock = new();

    /// <summary>The receive in progress that all waiting callers share.</summary>
    private Waiter<T>? _ahead;
    private bool _beginning;

    /// <summary>Whether <see cref="_kept"/> is a value that was received and is yet to be read.</summary>
    private bool _hasKept;
    private T _kept = default!;

    /// <summary>Completes with true when a value has arrived, and with false when the channel is closed and drained.</summary>
    private TaskCompletionSource<bool>? _arrival;

    /// <summary>The number of waits for <see cref="_arrival"/>. A wait that was dropped without being cancelled counts forever.</summary>
    private int _waiting;
    private TaskCompletionSource? _completion;

    internal ChanReader(Chan<T> channel)
    {
        _channel = channel;
        _observers = channel.Observe();
    }

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
                    _observers.Completion.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(CheckCompleted);
                }
            }

            return _completion.Task;
        }
    }

    public override bool CanCount => true;

    public override int Count
    {
        get
        {
            lock (_lock)
            {
                Collect();
                return (_hasKept ? 1 : 0) + _channel.Count;
            }
        }
    }

    public override bool TryRead([MaybeNullWhen(false)] out T item)
    {
        if (!TryTake(out item, out bool waitsAhead))
        {
            if (waitsAhead || !_channel.TryReceive(out Received<T> received) || !received.Ok)
            {
                item = default;
                return false;
            }

            item = received.Value;
        }

        CheckCompleted();
        return true;
    }

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        if (_channel.Capacity != 0)
        {
            return WaitForValue(cancellationToken);
        }

        Task<bool> arrival;
        bool begins;
        lock (_lock)
        {
            Collect();
            if (_hasKept)
            {
                return new ValueTask<bool>(true);
            }

            begins = _ahead is null && !_beginning;
            _beginning |= begins;
            _arrival ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting++;
            arrival = _arrival.Task;
        }

        if (begins)
        {
            Begin();
        }

        return arrival is { IsCompletedSuccessfully: true, Result: true } ? new ValueTask<bool>(true) : new ValueTask<bool>(WaitAsync(arrival, cancellationToken));
    }

    public override ValueTask<T> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        if (TryTake(out T? item, out bool waitsAhead))
        {
            CheckCompleted();
            return new ValueTask<T>(item);
        }

        return waitsAhead ? ReadInTurn(cancellationToken) : Receive(_channel.ReceiveAsync(cancellationToken));
    }

    private ValueTask<bool> WaitForValue(CancellationToken cancellationToken)
    {
        // Register first, then look: a value that comes between is seen one way or the other.
        Task<bool> value = _observers.WaitForValue();
        if (_channel.Count != 0)
        {
            return new ValueTask<bool>(true);
        }

        if (_channel.IsClosed && _channel.Count == 0)
        {
            return _observers.Failed is { } failed ? new ValueTask<bool>(failed) : new ValueTask<bool>(false);
        }

        return new ValueTask<bool>(value.WaitAsync(cancellationToken));
    }

    private async ValueTask<T> Receive(ValueTask<Received<T>> receive)
    {
        (T value, bool ok) = await receive.ConfigureAwait(false);
        return ok ? value : throw _observers.ClosedException();
    }

    /// <summary>Reads after the shared receive in progress. Its value goes to the first read that takes it.</summary>
    private async ValueTask<T> ReadInTurn(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryRead(out T? item))
            {
                return item;
            }

            if (!await WaitUntilReadable(cancellationToken).ConfigureAwait(false))
            {
                throw _observers.ClosedException();
            }
        }
    }

    private async ValueTask<bool> WaitUntilReadable(CancellationToken cancellationToken)
    {
        try
        {
            return await WaitToReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (ReferenceEquals(exception, _observers.Error))
        {
            return false;
        }
    }

    private async Task<bool> WaitAsync(Task<bool> arrival, CancellationToken cancellationToken)
    {
        bool more;
        try
        {
            more = await arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Leave(arrival);
            throw;
        }

        return more || _observers.Failed is not { } failed ? more : await failed.ConfigureAwait(false);
    }

    /// <summary>Called when a wait was cancelled. If it was the last, nothing more may be taken out of the channel.</summary>
    private void Leave(Task<bool> arrival)
    {
        lock (_lock)
        {
            if (_arrival is null || !ReferenceEquals(_arrival.Task, arrival) || --_waiting != 0)
            {
                return;
            }

            _arrival = null;
            TakeBack();
        }
    }

    /// <summary>Begins the receive for all waiting callers. The thread that set <see cref="_beginning"/> calls it, without the lock.</summary>
    private void Begin()
    {
        Waiter<T>? waiter;
        Received<T> received;
        try
        {
            waiter = _channel.BeginReceive(CancellationToken.None, out received);
        }
        catch (Exception exception)
        {
            lock (_lock)
            {
                _beginning = false;
                TakeArrival()?.TrySetException(exception);
            }

            return;
        }

        lock (_lock)
        {
            _beginning = false;
            if (waiter is null)
            {
                Keep(received);
                return;
            }

            _ahead = waiter;
            if (_waiting == 0 && TakeBack())
            {
                return; // they were cancelled meanwhile
            }

            // With the lock held: otherwise a read could take the result, and the waiter could belong to another operation by now.
            waiter.AddForeign(ForeignContinuation.Signal(s_arrived, this, waiter.FullVersion));
        }
    }

    /// <summary>Called when the receive is over, by the sender or closer that completed it, which holds no lock.</summary>
    private void Arrived()
    {
        lock (_lock)
        {
            Collect();
        }

        CheckCompleted();
    }

    /// <summary>Takes the kept value. If there is none, tells whether a receive is in progress whose value precedes everything in the channel.</summary>
    private bool TryTake([MaybeNullWhen(false)] out T item, out bool waitsAhead)
    {
        lock (_lock)
        {
            Collect();
            waitsAhead = _ahead is not null || _beginning;
            bool taken = _hasKept;
            item = _kept;
            _hasKept = false;
            _kept = default!;
            return taken;
        }
    }

    /// <summary>Takes the result of the receive, if it is over. Call with the lock held.</summary>
    private void Collect()
    {
        if (_ahead is not { } ahead || !IsOver(ahead))
        {
            return;
        }

        _ahead = null;
        Keep(((System.Threading.Tasks.Sources.IValueTaskSource<Received<T>>)ahead).GetResult(ahead.Version));
    }

    /// <summary>Returns whether the receive is over, or will be as soon as the sender that has claimed it completes it: that sender's value
    /// precedes values that were sent later.</summary>
    private bool IsOver(Waiter<T> ahead)
    {
        if (ahead.IsCompleted)
        {
            return true;
        }

        if (_channel.IsQueued(ahead))
        {
            return false;
        }

        SpinWait wait = default;
        for (int i = 0; i < Patience && !ahead.IsCompleted; i++)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }

        return ahead.IsCompleted;
    }

    /// <summary>Keeps a value for the next read, or notes the end, and notifies the waiting callers. Call with the lock held.</summary>
    private void Keep(Received<T> received)
    {
        if (received.Ok)
        {
            _kept = received.Value;
            _hasKept = true;
        }

        TakeArrival()?.TrySetResult(received.Ok);
    }

    private TaskCompletionSource<bool>? TakeArrival()
    {
        TaskCompletionSource<bool>? arrival = _arrival;
        _arrival = null;
        _waiting = 0;
        return arrival;
    }

    /// <summary>Takes the receive back, unless a sender has already claimed it; its value is then kept. Call with the lock held.</summary>
    private bool TakeBack()
    {
        if (_ahead is not { } ahead || !_channel.TryRemove(ahead))
        {
            return false;
        }

        _ahead = null;
        ahead.TakeBack();
        return true;
    }

    private void CheckCompleted()
    {
        Task all = _observers.Completion;
        if (_completion is not { } completion || !all.IsCompleted)
        {
            return;
        }

        lock (_lock)
        {
            Collect();
            if (_hasKept || _ahead is not null || _beginning)
            {
                return;
            }
        }

        completion.TrySetFromTask(all);
        _ = completion.Task.Exception; // observed: the closer of the channel knows the error, and the reader need not ask
    }
}
