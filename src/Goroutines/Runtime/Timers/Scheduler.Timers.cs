using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>Adding and running timers. <see cref="PollerSlot"/> describes when workers wake for them. With a clock on which threads
/// can't sleep, a <see cref="ProviderTimer"/> wakes them.</summary>
internal sealed partial class Scheduler
{
    /// <summary>Puts a timer into the heap of the caller's P, or of any P in use, and makes sure that a worker wakes in time.</summary>
    internal void AddTimer(in TimerEntry entry)
    {
        if (AddTimerSilently(CurrentP, entry))
        {
            TimerAdded(entry.When);
        }
    }

    /// <returns>Whether it is now the first of its heap.</returns>
    private bool AddTimerSilently(P? p, in TimerEntry entry)
    {
        bool first;
        if (p is not null && p.Timers.TryAdd(entry, out first))
        {
            return first;
        }

        // At least one P is always in use, although which one may change during the search; until the runtime is stopped.
        P[] all = _procs.All;
        for (int i = (int)((uint)Environment.CurrentManagedThreadId % (uint)all.Length); ; i++)
        {
            P any = all[i % all.Length];
            if (any.Timers.TryAdd(entry, out first))
            {
                _procs.Searched.Add(any); // it may be idle
                return first;
            }

            if (Volatile.Read(ref _lateTimers) is { } late)
            {
                late.Add(entry);
                return false;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void RunDueTimers(TimerHeap timers)
    {
        if (timers.NextWhen != long.MaxValue)
        {
            long now = ReadClock();
            if (timers.NextWhen <= now)
            {
                CurrentP?.Trace?.Note(TraceEventKind.TimerFired, now - timers.NextWhen);
                timers.RunDue(now);
            }
        }
    }

    /// <summary>Called when a timer was added that is due at <paramref name="when"/>: a worker must be awake then, or sleep no longer than
    /// that.</summary>
    internal void TimerAdded(long when)
    {
        Interlocked.MemoryBarrier(); // pairs with the one in PollerSlot.BeginLastLook
        if (!Clock.IsSystem)
        {
            ArmProvider(when);
            return;
        }

        if (_procs.IdleCount == 0)
        {
            return; // every P is held, and its worker looks at the timers before it sleeps
        }

        if (_poller.Sleeper is { } sleeper)
        {
            if (when < _poller.Until)
            {
                sleeper.Wake();
            }
        }
        else if (_spinning == 0)
        {
            WakeOne(); // it will find nothing and become the poller
        }
    }

    /// <summary>Sets the clock's own timer to wake a worker, if threads can't sleep on the clock.</summary>
    private void ArmProvider(long when)
    {
        if (Driver is not null)
        {
            // The driver advances the clock itself when the workers are idle; only a thread that is not a worker has to notify it.
            if (M.Current is not { } m || !ReferenceEquals(m.Scheduler, this))
            {
                Driver.TimerAddedOutside();
            }

            return;
        }

        _providerTimer!.Set(when);
    }

    private void ProviderFired()
    {
        WakeIfIdle();
        Sysmon.WakeIfAsleep();
    }
}
