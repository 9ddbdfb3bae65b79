using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>Gives a channel the values of a framework source, which cannot be inspected without being read.</summary>
/// <remarks>
/// <para>
/// The source is read only while a receiver waits or asks, and by one reader at a time (<c>_pulling</c>): synchronously if the source
/// allows it, otherwise in a goroutine that ends when no receiver waits any longer. A dropped channel therefore leaves no goroutine
/// behind. A value is taken ahead only if the receiver that asked has left meanwhile: the value stays in <c>_next</c>, and nothing is
/// read until it has been taken.
/// </para>
/// <para>
/// <c>_next</c>, <c>_hasNext</c> and <c>_pulling</c> are guarded by the channel's lock. A receiver that has joined the queue, under that lock,
/// calls <see cref="ReceiverWaits"/>; a reader looks for waiting receivers in the same critical section in which it clears <c>_pulling</c>.
/// Either the receiver finds that no reader is active, and becomes one, or the reader finds the receiver.
/// The source is user code: it is never called with the lock held. <c>_failure</c> is written before the channel is closed.
/// </para>
/// </remarks>
internal abstract class SourceFeed<T> : ChanFeed<T>
{
    private static readonly Func<SourceFeed<T>, ValueTask> s_pull = static feed => feed.PullAsync();

    private T _next = default!;
    private bool _hasNext;
    private bool _pulling;
    private volatile Exception? _failure;

    private protected SourceFeed() => Channel = new Chan<T>(this);

    internal Chan<T> Channel { get; }

    internal sealed override Exception? Failure => _failure;

    internal sealed override bool IsDue
    {
        get
        {
            if (!Volatile.Read(ref _hasNext))
            {
                Pull(waits: false);
            }

            return Volatile.Read(ref _hasNext) || Channel.IsClosed;
        }
    }

    internal sealed override bool TryTake(out T value)
    {
        value = _next;
        bool taken = _hasNext;
        Volatile.Write(ref _hasNext, false);
        _next = default!;
        return taken;
    }

    internal sealed override void ReceiverWaits() => Pull(waits: true);

    internal sealed override void NobodyWaits()
    {
    }

    /// <summary>Whether <see cref="TryRead"/> finds every value that is available without waiting.</summary>
    private protected abstract bool CanTry { get; }

    /// <summary>Reads an available value. If there will be no more values, the source has ended.</summary>
    private protected abstract bool TryRead(out T value, out bool ended);

    /// <summary>Waits for the next value, and reads it. Returns false at the end.</summary>
    private protected abstract ValueTask<bool> MoveNextAsync();

    private protected abstract T Current { get; }

    /// <summary>Called when the source has ended or failed.</summary>
    private protected abstract ValueTask DisposeAsync();

    /// <summary>Reads, unless a read is in progress or a value is available: synchronously if possible; otherwise, if a receiver waits, in a goroutine.</summary>
    private void Pull(bool waits)
    {
        Channel.Lock();
        bool begins = !_pulling && !_hasNext && !Channel.IsClosed;
        _pulling |= begins;
        Channel.Unlock();
        while (begins)
        {
            try
            {
                if (TryRead(out T value, out bool ended))
                {
                    begins = Offer(value);
                    continue;
                }

                if (ended)
                {
                    Channel.TryClose();
                    return;
                }
            }
            catch (Exception exception)
            {
                Fail(exception);
                return;
            }

            if (waits || !CanTry)
            {
                Scheduler scheduler = GoRuntime.Current.Scheduler;
                scheduler.SpawnAnyway(scheduler.NewGoroutine(s_pull, this, null, 0)); // even for the last goroutines of a runtime that is stopping
                return;
            }

            waits = StopPulling();
            begins = waits;
        }
    }

    private async ValueTask PullAsync()
    {
        try
        {
            while (await MoveNextAsync())
            {
                if (!Offer(Current))
                {
                    return;
                }
            }

            await DisposeAsync();
            Channel.TryClose();
        }
        catch (Exception exception)
        {
            try
            {
                await DisposeAsync();
            }
            catch (Exception second)
            {
                exception = new AggregateException(exception, second);
            }

            Fail(exception);
        }
    }

    /// <summary>Gives a value to the first receiver that waits, or keeps it.</summary>
    /// <returns>true if another receiver waits, so that the caller has to continue; false if the caller has stopped pulling.</returns>
    private bool Offer(T value)
    {
        Channel.Lock();
        Waiter<T>? served = Channel.DequeueReceiver();
        if (served is not null)
        {
            served.Value = value;
            served.Ok = true;
        }
        else
        {
            _next = value;
            Volatile.Write(ref _hasNext, true);
        }

        bool more = _pulling = served is not null && Channel.HasReceivers;
        Channel.Unlock();
        served?.Finish();
        return more;
    }

    /// <returns>true if a receiver has come meanwhile, so that the caller has to continue; otherwise, false.</returns>
    private bool StopPulling()
    {
        Channel.Lock();
        bool more = _pulling = Channel.HasReceivers;
        Channel.Unlock();
        return more;
    }

    private void Fail(Exception failure)
    {
        _failure = failure;
        Channel.TryClose();
    }
}
