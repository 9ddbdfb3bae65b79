namespace Goroutines.Runtime;

/// <summary>A timer of a runtime's <see cref="TimeProvider"/>, set to the earliest time that was requested.</summary>
/// <remarks>
/// <para><c>_due</c> is guarded by <c>_lock</c>. Clocks and timers of providers are user code, so they are called without the lock. Two
/// threads that set it at once may change the timer in either order, and each checks afterwards whether its change is to the time that is in
/// effect.</para>
/// <para>A change counts from the reading before it. A clock that is advanced by hand may be advanced in between, which would make the timer
/// late by as much; so the clock is read again, and the change repeated. This does not go on without limit, since a clock may advance with
/// each reading: such a clock makes the timer late by what it advances in one reading.</para>
/// <para>Timers have a longest time, 24.8 days in some providers. The timer may fire before it is due, and what it calls then sets it again.</para>
/// </remarks>
internal sealed class ProviderTimer
{
    private const long Longest = 24L * 86_400_000_000_000;
    private const long Late = 1_000_000;
    private const int MostChanges = 8;

    private readonly Clock _clock;
    private readonly Action _fired;
    private SpinMutex _lock;
    private long _due = long.MaxValue;
    private bool _stopped;
    private ITimer? _timer;

    /// <param name="clock">The clock.</param>
    /// <param name="fired">Called when the time has come, or earlier; it sets the timer again if there is more to wait for.</param>
    internal ProviderTimer(Clock clock, Action fired)
    {
        _clock = clock;
        _fired = fired;
    }

    /// <summary>Makes the timer fire at <paramref name="when"/> at the latest.</summary>
    internal void Set(long when)
    {
        _lock.Enter();
        bool earlier = when < _due && !_stopped;
        if (earlier)
        {
            _due = when;
        }

        _lock.Exit();
        if (!earlier)
        {
            return;
        }

        ITimer timer = Volatile.Read(ref _timer) ?? Make();
        long due;
        long now;
        int changes = 0;
        do
        {
            due = Volatile.Read(ref _due);
            now = _clock.Now;
            timer.Change(due == long.MaxValue ? Timeout.InfiniteTimeSpan : Delay(due, now), Timeout.InfiniteTimeSpan);
        }
        while (due != Volatile.Read(ref _due) || (++changes < MostChanges && _clock.Now - now > Late));
    }

    /// <summary>Stops it: it fires no more.</summary>
    internal void Stop()
    {
        _lock.Enter();
        _stopped = true;
        _lock.Exit();
        Volatile.Read(ref _timer)?.Dispose();
    }

    private ITimer Make()
    {
        ITimer timer = Create();
        if (Interlocked.CompareExchange(ref _timer, timer, null) is { } other)
        {
            timer.Dispose();
            return other;
        }

        if (Volatile.Read(ref _stopped))
        {
            timer.Dispose(); // it did not exist yet when it should have been stopped
        }

        return timer;
    }

    /// <summary>Creates the timer. It lasts as long as the runtime, so it must not capture the execution context of the caller that first needs
    /// it.</summary>
    private ITimer Create()
    {
        bool suppresses = !ExecutionContext.IsFlowSuppressed();
        AsyncFlowControl flow = suppresses ? ExecutionContext.SuppressFlow() : default;
        try
        {
            return _clock.Provider.CreateTimer(static self => ((ProviderTimer)self!).Fired(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            if (suppresses)
            {
                flow.Undo();
            }
        }
    }

    private void Fired()
    {
        _lock.Enter();
        _due = long.MaxValue;
        bool stopped = _stopped;
        _lock.Exit();
        if (!stopped)
        {
            _fired();
        }
    }

    private static TimeSpan Delay(long due, long now)
        => due <= now ? TimeSpan.Zero : new((long.Min(Longest, long.Max(0, due - now)) + 99) / 100);
}
