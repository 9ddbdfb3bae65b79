namespace Goroutines.Time;

/// <summary>The timer behind <c>Go.After</c> (time.After): sends the time once on a channel with room for it.</summary>
internal sealed class AfterTimer(Chan<DateTimeOffset> channel, Clock clock) : ITimed
{
    private ArmingState _arming;

    internal static Receiver<DateTimeOffset> Start(Scheduler.Scheduler scheduler, TimeSpan duration)
    {
        if (duration < TimeSpan.Zero && duration != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(duration), duration, "A duration must not be negative, except Timeout.InfiniteTimeSpan.");
        }

        Chan<DateTimeOffset> channel = new(1);
        if (duration != Timeout.InfiniteTimeSpan)
        {
            AfterTimer timer = new(channel, scheduler.Clock);
            scheduler.AddTimer(new TimerEntry(scheduler.Clock.Deadline(duration), timer, timer._arming.Arm()));
        }

        return channel.Receiver;
    }

    bool ITimed.IsArmed(int arming) => _arming.Stands(arming);

    void ITimed.Expire(int arming)
    {
        if (_arming.TryClaim(arming))
        {
            channel.TrySend(clock.UtcNow);
        }
    }
}
