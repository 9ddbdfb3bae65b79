using Goroutines.Channels;
using Goroutines.Runtime;

namespace Goroutines.Time;

/// <summary>The timer behind a channel of times: <see cref="GoTimer"/>, <see cref="Ticker"/>, <c>Go.After</c> (runtime/time.go:
/// <c>timer</c> with <c>isChan</c>).</summary>
/// <remarks>
/// <para>
/// Go keeps a due time in a buffer of one, hides that buffer, and drains it on Stop and Reset. Here nothing is stored: a
/// running timer is only the time at which it is due, and a receive after that time takes the value from it. There is thus no
/// stale value to remove, and a slow receiver of a ticker misses ticks automatically. Stop prevented a value from being received
/// exactly if the timer was still running.
/// </para>
/// <para>
/// <c>_when</c>, <c>_period</c> and the alarm are guarded by the channel's lock. The alarm is set only while receivers
/// wait (Go's <c>blockTimerChan</c>), so a timer that was dropped, or that is only polled, is in no heap. Clocks are the
/// user's code, so they are read before the lock is taken. <c>_seen</c> is the latest reading at which a timer was due, and only
/// grows; under the lock, the timer is due if it is due by that reading.
/// </para>
/// </remarks>
internal sealed class TimerFeed : ChanFeed<DateTimeOffset>, IAlarmed
{
    private const long Never = long.MaxValue;
    private const long Forever = long.MaxValue - 1;

    private readonly Scheduler _scheduler;
    private readonly Chan<DateTimeOffset> _channel;
    private Alarm? _alarm;
    private long _alarmFor;

    /// <summary>When it is due; <see cref="Forever"/> if it runs but is never due; <see cref="Never"/> if it does not run. Also read
    /// without the lock, as a hint.</summary>
    private long _when = Never;

    /// <summary>The time between ticks; 0 if it ticks only once.</summary>
    private long _period;
    private long _seen = -1;

    /// <summary>The wall clock at the runtime's zero, in ticks. Any writer's reading will do.</summary>
    private long _epoch;

    internal TimerFeed(Scheduler scheduler)
    {
        _scheduler = scheduler;
        _channel = new Chan<DateTimeOffset>(this);
    }

    internal Receiver<DateTimeOffset> Receiver => _channel.Receiver;

    internal override bool IsDue
    {
        get
        {
            long when = Volatile.Read(ref _when);
            if (when >= Forever)
            {
                return false;
            }

            long now = _scheduler.Clock.Now;
            if (when > now)
            {
                return false;
            }

            ReadWallClock(now);
            long seen;
            while ((seen = Volatile.Read(ref _seen)) < now && Interlocked.CompareExchange(ref _seen, now, seen) != seen)
            {
            }

            return true;
        }
    }

    /// <summary>Starts the timer anew.</summary>
    /// <returns>true if it was running, and its old time was not and will not be received; otherwise, false.</returns>
    internal bool Start(TimeSpan due, TimeSpan period)
    {
        long when = due == Timeout.InfiniteTimeSpan ? Forever : _scheduler.Clock.Deadline(due);
        RaceHooks.Release(this);
        _channel.Lock();
        bool running = _when != Never;
        Volatile.Write(ref _when, when);
        _period = period.Ticks > Forever / 100 ? Forever : period.Ticks * 100;
        bool waited = _channel.HasReceivers;
        _channel.Unlock();
        if (waited)
        {
            Settle();
        }

        return running;
    }

    /// <summary>Stops the timer.</summary>
    /// <returns>As <see cref="Start"/>.</returns>
    internal bool Stop()
    {
        _channel.Lock();
        bool running = _when != Never;
        Volatile.Write(ref _when, Never);
        _alarm?.Clear();
        _channel.Unlock();
        return running;
    }

    internal override bool TryTake(out DateTimeOffset value)
    {
        if (_when > Volatile.Read(ref _seen))
        {
            value = default;
            return false;
        }

        value = Take(_seen);
        return true;
    }

    internal override void ReceiverWaits() => Settle();

    internal override void NobodyWaits() => _alarm?.Clear();

    void IAlarmed.Ring() => Settle();

    /// <summary>Gives the due time to the first receiver that waits, and sets the alarm for the next time if another waits.</summary>
    private void Settle()
    {
        long now = _scheduler.Clock.Now;
        ReadWallClock(now);
        TimerEntry entry = default;
        Alarm? spare = Volatile.Read(ref _alarm) is null ? new Alarm() : null;
        _channel.Lock();
        Waiter<DateTimeOffset>? served = _when <= now ? _channel.DequeueReceiver() : null;
        if (served is not null)
        {
            served.Value = Take(now);
            served.Ok = true;
            RaceHooks.Pass(this, served.Operation);
        }

        if (_when >= Forever || !_channel.HasReceivers)
        {
            _alarm?.Clear();
        }
        else if (_alarm is not { IsSet: true } || _alarmFor != _when)
        {
            _alarm ??= spare!;
            _alarm.Clear();
            _alarmFor = _when;
            entry = new TimerEntry(_when, _alarm, _alarm.Set(this));
        }

        _channel.Unlock();
        served?.Finish();
        if (entry.Target is not null)
        {
            try
            {
                _scheduler.AddTimer(entry);
            }
            catch
            {
                _channel.Lock();
                _alarm!.Clear(); // the next receiver tries again
                _channel.Unlock();
                throw;
            }
        }
    }

    /// <summary>Returns the wall-clock time at which it was due, and moves on to the next one after <paramref name="now"/>, as
    /// unlockAndRun in runtime/time.go does.</summary>
    private DateTimeOffset Take(long now)
    {
        long when = _when;
        long next = Never;
        if (_period != 0)
        {
            Int128 following = when + (_period * (Int128)(1 + ((now - when) / _period)));
            next = following >= Forever ? Forever : (long)following;
        }

        Volatile.Write(ref _when, next);
        return new DateTimeOffset(Math.Max(0, Volatile.Read(ref _epoch) + ((when + 99) / 100)), TimeSpan.Zero);
    }

    private void ReadWallClock(long now) => Volatile.Write(ref _epoch, _scheduler.Clock.UtcNow.UtcTicks - (now / 100));
}
