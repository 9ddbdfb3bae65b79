using Goroutines;

namespace MiniRedis;

/// <summary>The keys and what they lead to. Every member is called with <see cref="Lock"/> held, except where it says otherwise.</summary>
internal sealed class Database
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, DateTimeOffset> _ends = new();    // may hold ends that are no longer true: they are looked up
    private readonly Dictionary<string, List<ListWaiter>> _waiters = new(StringComparer.Ordinal);

    /// <summary>Gets the lock under which a command runs: one at a time, as in Redis, whose commands are atomic.</summary>
    public Lock Lock { get; } = new();

    public int Count => _entries.Count;

    /// <summary>Gets how many ends are kept, those that are no longer true among them.</summary>
    public int Scheduled => _ends.Count;

    public int Expiring => _entries.Values.Count(static entry => entry.Ends is not null);

    public IEnumerable<string> Keys => _entries.Where(static pair => !pair.Value.IsExpired).Select(static pair => pair.Key);

    public Entry? Find(string key)
    {
        if (!_entries.TryGetValue(key, out Entry? entry))
        {
            return null;
        }

        if (entry.IsExpired)
        {
            _entries.Remove(key);
            return null;
        }

        return entry;
    }

    public void Set(string key, Entry entry)
    {
        _entries[key] = entry;
        Expire(key, entry, entry.Ends);
    }

    public bool Remove(string key) => Find(key) is not null && _entries.Remove(key);

    public void Clear()
    {
        _entries.Clear();
        _ends.Clear();
    }

    public void Expire(string key, Entry entry, DateTimeOffset? ends)
    {
        entry.Ends = ends;
        if (ends is { } time)
        {
            _ends.Enqueue(key, time);
            if (_ends.Count > 2 * _entries.Count + 1024)
            {
                _ends.Clear();                       // mostly ends of keys that were set anew
                _ends.EnqueueRange(_entries.Where(static pair => pair.Value.Ends is not null).Select(static pair => (pair.Key, pair.Value.Ends!.Value)));
            }
        }
    }

    /// <summary>Removes what has expired. Takes the lock, for a few hundred keys at a time.</summary>
    public void RemoveExpired()
    {
        bool more = true;
        while (more)
        {
            lock (Lock)
            {
                more = RemoveSomeExpired();
            }
        }
    }

    /// <summary>Adds to a list, which is made if need be, and hands items to the clients that wait for it. Returns the length before these got theirs; null if the key holds no list.</summary>
    public int? Push(string key, ReadOnlySpan<byte[]> items, bool first)
    {
        Entry? entry = Find(key);
        if (entry is null)
        {
            Set(key, entry = new Entry { List = new ItemList() });
        }

        if (entry.List is not { } list)
        {
            return null;
        }

        foreach (byte[] item in items)
        {
            if (first)
            {
                list.AddFirst(item);
            }
            else
            {
                list.AddLast(item);
            }
        }

        int length = list.Count;
        if (_waiters.TryGetValue(key, out List<ListWaiter>? waiters))
        {
            while (list.Count > 0 && waiters.FirstOrDefault(static waiter => !waiter.IsDone) is { } waiter)
            {
                Forget(waiter);
                waiter.Handed.TrySend((key, list.Remove(waiter.First)));
            }
        }

        RemoveIfEmpty(key, list);
        return length;
    }

    public byte[]? Pop(string key, bool first)
    {
        if (Find(key) is not { List: { } list })
        {
            return null;
        }

        byte[] item = list.Remove(first);
        RemoveIfEmpty(key, list);
        return item;
    }

    /// <summary>Queues a client behind those that wait for the same lists.</summary>
    public void Enqueue(ListWaiter waiter)
    {
        foreach (string key in waiter.Keys)
        {
            if (_waiters.TryGetValue(key, out List<ListWaiter>? waiters))
            {
                waiters.Add(waiter);
            }
            else
            {
                _waiters.Add(key, [waiter]);
            }
        }
    }

    /// <summary>Takes a client out of the queues: it was served, or has given up.</summary>
    public void Forget(ListWaiter waiter)
    {
        waiter.IsDone = true;
        foreach (string key in waiter.Keys)
        {
            if (_waiters.TryGetValue(key, out List<ListWaiter>? waiters) && waiters.Remove(waiter) && waiters.Count == 0)
            {
                _waiters.Remove(key);
            }
        }
    }

    private bool RemoveSomeExpired()
    {
        DateTimeOffset now = Go.Now;
        for (int i = 0; i < 200; i++)
        {
            if (!_ends.TryPeek(out string? key, out DateTimeOffset ends) || ends > now)
            {
                return false;
            }

            _ends.Dequeue();
            Find(key);
        }

        return true;
    }

    private void RemoveIfEmpty(string key, ItemList list)
    {
        if (list.Count == 0)
        {
            _entries.Remove(key);
        }
    }
}
