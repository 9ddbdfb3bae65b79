namespace Goroutines.Runtime;

/// <summary>Sleeps without end, in one runtime, of callers that do not belong to it. When the runtime is stopped they are told.</summary>
/// <remarks>
/// No heap has them, since they are never due: they would count as armed timers, and a runtime with an armed timer is never deadlocked.
/// They are held weakly: a sleep that nothing else leads to has nobody left to tell, and must not make what waits for it look reachable.
/// </remarks>
internal sealed class EndlessSleeps
{
    private const int FirstCapacity = 8;

    private SpinMutex _lock;
    private Entry[] _entries = [];
    private int _count;
    private bool _closed;

    /// <summary>How many are noted, over ones included. For tests.</summary>
    internal int Count => _count;

    /// <summary>Notes a sleep.</summary>
    /// <returns>false if the runtime has been stopped: the caller tells the sleeper.</returns>
    internal bool TryAdd(Sleeper sleeper, int arming)
    {
        Entry entry = new(new WeakReference<Sleeper>(sleeper), arming);
        _lock.Enter();
        while (!_closed && _count == _entries.Length && !DropOver())
        {
            int length = Math.Max(FirstCapacity, 2 * _count);
            _lock.Exit();
            var longer = new Entry[length]; // without the lock, which an allocation that fails would leave held
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

    /// <summary>The runtime has been stopped.</summary>
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

    /// <summary>Forgets those that are over or were collected. With the lock.</summary>
    /// <returns>Whether at least half of the room is free now, so that looking pays.</returns>
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
