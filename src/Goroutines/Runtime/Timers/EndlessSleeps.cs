namespace Goroutines.Runtime;

/// <summary>The sleeps without end in one runtime of callers that do not belong to it. They are notified when the runtime is stopped.</summary>
/// <remarks>
/// They are in no heap, since they are never due: they would count as armed timers, and a runtime with an armed timer is never
/// deadlocked. They are held weakly: a sleep that nothing else leads to has no one left to notify, and must not make what waits for it
/// look reachable.
/// </remarks>
internal sealed class EndlessSleeps
{
    private const int FirstCapacity = 8;

    private SpinMutex _lock;
    private Entry[] _entries = [];
    private int _count;
    private bool _closed;

    /// <summary>The number of recorded sleeps, including those that are over. For tests.</summary>
    internal int Count => _count;

    /// <summary>Records a sleep.</summary>
    /// <returns>false if the runtime has been stopped, in which case the caller notifies the sleeper.</returns>
    internal bool TryAdd(Sleeper sleeper, int arming)
    {
        Entry entry = new(new WeakReference<Sleeper>(sleeper), arming);
        _lock.Enter();
        while (!_closed && _count == _entries.Length && !DropOver())
        {
            int length = Math.Max(FirstCapacity, 2 * _count);
            _lock.Exit();
            var longer = new Entry[length]; // outside the lock, because an allocation that fails would leave it held
            _lock.Enter();
            if (longer.Length > _entries.Length)
            {
                Array.Copy(_entries, longer, _count);
                _entries = longer;
            }
        }

        bool open = !_closed;
        if (open)
        {
            _entries[_count++] = entry;
        }

        _lock.Exit();
        return open;
    }

    /// <summary>Notifies all sleepers after the runtime has been stopped.</summary>
    internal void TellAll(Scheduler scheduler)
    {
        _lock.Enter();
        _closed = true;
        ReadOnlySpan<Entry> entries = _entries.AsSpan(0, _count);
        _entries = [];
        _count = 0;
        _lock.Exit();
        foreach (Entry entry in entries)
        {
            if (entry.Sleeper.TryGetTarget(out Sleeper? sleeper))
            {
                sleeper.Strand(entry.Arming, scheduler);
            }
        }
    }

    /// <summary>Drops those that are over or were collected. With the lock.</summary>
    /// <returns>Whether at least half of the room is free now, so that searching pays.</returns>
    private bool DropOver()
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            if (_entries[i].Sleeper.TryGetTarget(out Sleeper? sleeper) && sleeper.Sleeps(_entries[i].Arming))
            {
                _entries[kept++] = _entries[i];
            }
        }

        Array.Clear(_entries, kept, _count - kept);
        _count = kept;
        return kept <= _entries.Length / 2 && kept < _entries.Length;
    }

    private readonly record struct Entry(WeakReference<Sleeper> Sleeper, int Arming);
}
