using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>The place of the one idle worker that sleeps until the next timer or the network's news (runtime/proc.go: the parts about
/// <c>netpoll</c> and <c>sched.pollUntil</c> of findRunnable, handoffp and sysmon).</summary>
/// <remarks>
/// <para>
/// The descriptors for which goroutines of this runtime wait are in one <see cref="Runtime.Poller"/>. A worker that has nothing
/// else to run polls it without waiting. Of the idle workers, the one in this slot sleeps in it. The goroutines that have become
/// ready are put into run queues in one go, on the P with which the sleeper wakes up.
/// </para>
/// <para>
/// <b>Not all workers may sleep elsewhere while there is a descriptor.</b> A worker takes the slot by a CAS (full fence) and then
/// looks at the count of descriptors. A thread that adds the first descriptor raises the count (full fence) and then looks for the
/// worker in the slot, or for idle workers, one of which will take it.
/// </para>
/// <para>
/// <b>Timers.</b> <see cref="Until"/> says until when the sleeper sleeps. The sleeper stores <see cref="long.MaxValue"/>, passes a fence,
/// looks at the timers for the last time, and stores what it has found. A thread that adds a timer puts it into a heap, passes a fence, and
/// then reads <c>Until</c>. So each timer that comes before the second store wakes the sleeper. A time from before the last look would not do:
/// its timer may be gone by the look, and a timer that comes after the look and is later would wake no worker.
/// </para>
/// <para>
/// <b>Many timers are served together.</b> A wake-up costs about twenty times as much processor time as a timer. If there are
/// <see cref="Many"/> timers or more, the sleeper therefore does not get up again for a timer sooner than <see cref="Period"/> after it last did, and
/// serves all that are due by then: at most a thousand times a second, and up to a millisecond late. (Go's netpoll rounds each wait up to a
/// millisecond.) With fewer timers each is served when it is due. During that time no new timer is a reason to wake it, and a timer that is
/// due already does not keep another idle worker from sleeping (<see cref="CanWait"/>): that worker goes to the slot, or finds the sleeper there.
/// </para>
/// <para>
/// <b>At most one worker at a time sleeps in the poller</b> (<c>_inPoller</c>): of two, the wrong one might consume a wake-up. A worker that
/// was taken from the slot may not have left the poller yet when the next one comes, which then sleeps on its note. The first worker empties
/// <c>_inPoller</c> (full fence) and then looks for a worker in the slot that has to go there (<see cref="Scheduler.WatchNet"/>). The second
/// takes the slot (full fence) before it looks at <c>_inPoller</c>.
/// </para>
/// <para>A part of the scheduler, embedded by value; it needs no lock.</para>
/// </remarks>
internal struct PollerSlot
{
    /// <summary>Set by CAS from null; emptied by the worker itself, or by a thread that wakes it to give it a P.</summary>
    private M? _sleeper;

    /// <summary>The worker that sleeps in the poller. Set by itself by CAS from null, and emptied by itself.</summary>
    private M? _inPoller;
    private Poller? _poller;
    private long _until;
    private long _lastPoll;

    /// <summary>When the sleeper last got up for a timer, by the runtime's clock. Written by the worker in the slot; read by idle workers, for which an
    /// old value is as good.</summary>
    private long _lastServed;

    /// <summary>From how many timers on the wake-ups for them are spaced out.</summary>
    internal const int Many = 32;

    /// <summary>How far apart the wake-ups for many timers are, in nanoseconds.</summary>
    internal const long Period = 1_000_000;

    public PollerSlot()
    {
        _until = long.MaxValue;
    }

    /// <summary>The poller to sleep in; null until something is to be watched.</summary>
    internal readonly Poller? Poller => Volatile.Read(in _poller);

    /// <summary>Whether anything is watched.</summary>
    internal readonly bool IsActive
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _poller is { Watched: > 0 };
    }

    /// <summary>The worker in the slot.</summary>
    internal readonly M? Sleeper
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(in _sleeper);
    }

    /// <summary>A timer that is due before this is a reason to wake the sleeper: until when it sleeps; <see cref="long.MaxValue"/> while it has not
    /// looked at the timers for the last time; <see cref="long.MinValue"/> if it is going to look soon.</summary>
    internal readonly long Until => Volatile.Read(in _until);

    /// <summary>When it was last polled without waiting, by the system's clock.</summary>
    internal readonly long LastPoll => Volatile.Read(in _lastPoll);

    /// <returns>The poller that is used: <paramref name="made"/>, or another thread's.</returns>
    internal Poller Set(Poller made) => Interlocked.CompareExchange(ref _poller, made, null) ?? made;

    internal bool TryEnter(M m) => Interlocked.CompareExchange(ref _sleeper, m, null) is null;

    /// <returns><see langword="true"/> if <paramref name="m"/> was still in the slot; otherwise, <see langword="false"/>: it was taken from it, and is given a P.</returns>
    internal bool TryLeave(M m) => ReferenceEquals(Interlocked.CompareExchange(ref _sleeper, null, m), m);

    /// <summary>Removes the worker from the slot, to give it a P.</summary>
    internal M? TakeSleeper() => Interlocked.Exchange(ref _sleeper, null);

    /// <summary>Called when the sleeper is about to look at the timers for the last time: from now on, each timer that is added wakes it.</summary>
    internal void BeginLastLook()
    {
        Volatile.Write(ref _until, long.MaxValue);
        Interlocked.MemoryBarrier(); // pairs with the one in Scheduler.TimerAdded: it sees that this worker is about to sleep, or this worker sees its timer
    }

    /// <summary>Called when the sleeper has looked: later timers need not wake it.</summary>
    /// <param name="due">When the first timer is due.</param>
    /// <param name="timers">How many timers there are.</param>
    /// <returns>Until when it sleeps.</returns>
    internal long EndLastLook(long due, int timers)
    {
        bool spaced = timers >= Many && due < _lastServed + Period;
        Volatile.Write(ref _until, spaced ? long.MinValue : due);
        return spaced ? _lastServed + Period : due;
    }

    /// <summary>Returns whether timers that are due can wait for the worker in the slot, or for the caller if it goes there, because they were
    /// served a moment ago.</summary>
    internal readonly bool CanWait(int timers, long now) => timers >= Many && now < Volatile.Read(in _lastServed) + Period;

    /// <summary>Called when the sleeper got up because its time was over.</summary>
    internal void Served(long now) => Volatile.Write(ref _lastServed, now);

    /// <summary>Sleeps in the poller, if something is watched and no other worker is in there; otherwise on the worker's note.</summary>
    internal void Sleep(M m, long nanoseconds, ref GList ready)
    {
        if (IsActive && Interlocked.CompareExchange(ref _inPoller, m, null) is null)
        {
            m.SleepInPoller(_poller!, nanoseconds, ref ready);
            Interlocked.Exchange(ref _inPoller, null);
        }
        else
        {
            m.Note.Sleep(nanoseconds);
        }
    }

    /// <summary>Polls without waiting.</summary>
    internal void Poll(ref GList ready)
    {
        Volatile.Write(ref _lastPoll, Clock.SystemNanoseconds());
        _poller!.Poll(0, ref ready);
    }
}
