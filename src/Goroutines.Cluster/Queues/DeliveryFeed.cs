using Goroutines.Channels;

namespace Goroutines.Cluster.Queues;

/// <summary>Gives a local channel the deliveries of a channel of the cluster, when a receiver asks for one.</summary>
/// <remarks>
/// <para>
/// The engine is asked only while a receiver waits, by one goroutine at a time (<c>_pulling</c>), which ends when none waits any longer. If
/// the last receiver leaves without a value (a select took another case), it usually comes back at once. So that goroutine continues to ask
/// for <c>s_linger</c>, and only then withdraws. A delivery that arrives when no receiver waits is kept (<c>_kept</c>) for
/// <c>ReturnAfter</c>, and then given back. So a select that takes another case loses nothing and hoards nothing.
/// </para>
/// <para>
/// The channel's lock guards all fields. A receiver joins the queue under that lock, and then calls <see cref="ReceiverWaits"/>. The puller
/// looks for waiting receivers in the same critical section in which it clears <c>_pulling</c>. So either the receiver finds that nothing
/// pulls, and begins to, or the puller finds the receiver. The engine and the codec are never called with the lock held. Timers are set
/// with it held, as the library's own feeds do.
/// </para>
/// <para>The engine repeats what may pass. If a pull fails nevertheless, because it is refused, the channel ends with that failure.</para>
/// </remarks>
internal sealed class DeliveryFeed<T> : ChanFeed<Delivery<T>>, IAsyncDisposable
{
    private static readonly TimeSpan s_linger = TimeSpan.FromMilliseconds(100);

    private readonly ClusterChan<T> _source;
    private readonly ChanCore _core;
    private readonly Queue<Delivery<T>> _kept = new();
    private readonly GoTimer _linger;
    private readonly GoTimer _return;
    private CancellationTokenSource? _pull;
    private bool _pulling;
    private bool _disposed;
    private volatile Exception? _failure;

    internal DeliveryFeed(ClusterChan<T> source, ChanCore core)
    {
        _source = source;
        _core = core;
        Channel = new Chan<Delivery<T>>(this);
        _linger = GoTimer.AfterFunc(TimeSpan.FromDays(1), Withdraw, core.Engine.Runtime);
        _linger.Stop();
        _return = GoTimer.AfterFunc(TimeSpan.FromDays(1), ReturnKeptAsync, core.Engine.Runtime);
        _return.Stop();
    }

    internal Chan<Delivery<T>> Channel { get; }

    internal override Exception? Failure => _failure;

    internal override bool IsDue
    {
        get
        {
            Channel.Lock();
            bool due = _kept.Count != 0;
            bool begins = !due && TryBeginLocked();
            if (begins)
            {
                _linger.Reset(s_linger); // a caller that only polls finds at its next poll what has arrived within that time
            }

            Channel.Unlock();
            if (begins)
            {
                _core.Engine.Runtime.Spawn(PullAsync);
            }

            return due || Channel.IsClosed;
        }
    }

    internal override bool TryTake(out Delivery<T> value)
    {
        if (_kept.TryDequeue(out Delivery<T>? kept))
        {
            value = kept;
            return true;
        }

        value = null!;
        return false;
    }

    internal override void ReceiverWaits()
    {
        Channel.Lock();
        bool begins = TryBeginLocked();
        _linger.Stop();
        Channel.Unlock();
        if (begins)
        {
            _core.Engine.Runtime.Spawn(PullAsync);
        }
    }

    internal override void NobodyWaits()
    {
        if (_pulling)
        {
            _linger.Reset(s_linger);
        }
    }

    /// <summary>Ends the pull, and gives back the kept deliveries.</summary>
    public async ValueTask DisposeAsync()
    {
        Channel.Lock();
        _disposed = true;
        _linger.Stop();
        CancellationTokenSource? pull = _pull;
        Channel.Unlock();
        pull?.Cancel();
        await ReturnKeptAsync();
        Channel.TryClose();
    }

    private bool TryBeginLocked()
    {
        if (_pulling || _disposed || _kept.Count != 0 || Channel.IsClosed)
        {
            return false;
        }

        _pulling = true;
        _pull = new CancellationTokenSource();
        return true;
    }

    private async ValueTask PullAsync()
    {
        CancellationToken withdrawn = _pull!.Token;
        while (true)
        {
            Delivery<T>? delivery;
            try
            {
                delivery = await _source.NextAsync(_core.Options.Prefetch, withdrawn);
            }
            catch (OperationCanceledException)
            {
                if (StopOrGoOn(out withdrawn))
                {
                    continue;
                }

                return;
            }
            catch (ObjectDisposedException)
            {
                Channel.TryClose();
                return;
            }
            catch (Exception exception)
            {
                _failure = exception; // before the channel is closed, which tells the receivers
                Channel.TryClose();
                return;
            }

            if (delivery is null)
            {
                Channel.TryClose();
                return;
            }

            if (!Offer(delivery))
            {
                return;
            }
        }
    }

    /// <summary>Gives a delivery to the first waiting receiver, or keeps it.</summary>
    /// <returns>true if another receiver waits, so that the caller has to continue; false if the caller no longer pulls.</returns>
    private bool Offer(Delivery<T> delivery)
    {
        Channel.Lock();
        Waiter<Delivery<T>>? served = Channel.DequeueReceiver();
        if (served is not null)
        {
            served.Value = delivery;
            served.Ok = true;
        }
        else
        {
            _kept.Enqueue(delivery);
            _return.Reset(_disposed ? TimeSpan.Zero : _core.Options.ReturnAfter);
        }

        bool more = _pulling = served is not null && Channel.HasReceivers && !_disposed;
        if (!more)
        {
            _linger.Stop();
        }

        Channel.Unlock();
        served?.Finish();
        return more;
    }

    /// <returns>true if a receiver has come meanwhile, so that the caller has to continue, with a new token; otherwise, false.</returns>
    private bool StopOrGoOn(out CancellationToken withdrawn)
    {
        Channel.Lock();
        bool more = _pulling = Channel.HasReceivers && !_disposed;
        _pull = more ? new CancellationTokenSource() : null;
        withdrawn = _pull?.Token ?? default;
        bool closes = _disposed;
        Channel.Unlock();
        if (closes)
        {
            Channel.TryClose();
        }

        return more;
    }

    private ValueTask Withdraw()
    {
        Channel.Lock();
        CancellationTokenSource? pull = _pulling && !Channel.HasReceivers ? _pull : null;
        Channel.Unlock();
        pull?.Cancel();
        return default;
    }

    private async ValueTask ReturnKeptAsync()
    {
        while (true)
        {
            Channel.Lock();
            bool found = _kept.TryDequeue(out Delivery<T>? delivery);
            Channel.Unlock();
            if (!found)
            {
                return;
            }

            await delivery!.DisposeAsync();
        }
    }
}
