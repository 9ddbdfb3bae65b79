namespace Goroutines.Race;

/// <summary>The clocks of one object: one for each of its parts, such as the slots of a channel.</summary>
internal sealed class SyncObject
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, VectorClock> _parts = [];
    private bool _counts;
    private long _sends;
    private long _receives;

    /// <summary>Replaces the part's clock by the strand's. For a part that one holder at a time releases.</summary>
    internal void Release(Strand strand, int part = 0)
    {
        VectorClock released = strand.Release();
        lock (_lock)
        {
            _parts[part] = released;
        }
    }

    /// <summary>Adds the strand's clock to the part's.</summary>
    internal void ReleaseMerge(Strand strand, int part = 0)
    {
        VectorClock released = strand.Release();
        lock (_lock)
        {
            _parts.TryGetValue(part, out VectorClock clock);
            clock.Merge(released);
            _parts[part] = clock;
        }
    }

    internal void Acquire(Strand strand, int part = 0)
    {
        VectorClock known;
        lock (_lock)
        {
            if (!_parts.TryGetValue(part, out known))
            {
                return;
            }

            known = known.Snapshot();
            _parts[part] = known;
        }

        strand.Acquire(known);
    }

    /// <summary>Swaps clocks: the strand acquires what the part had, and the part gets what the strand had before.</summary>
    internal void Exchange(Strand strand, int part)
    {
        VectorClock released = strand.Release();
        VectorClock known;
        lock (_lock)
        {
            _parts.TryGetValue(part, out known);
            _parts[part] = released;
        }

        strand.Acquire(known);
    }

    /// <summary>Copies the clock of a part of another object to a part of this one. Clears the part if there is no such clock.</summary>
    internal void Copy(SyncObject? other, int from, int part)
    {
        VectorClock known = default;
        if (other is not null)
        {
            lock (other._lock)
            {
                if (other._parts.TryGetValue(from, out known))
                {
                    known = known.Snapshot();
                    other._parts[from] = known;
                }
            }
        }

        lock (_lock)
        {
            _parts[part] = known;
        }
    }

    /// <summary>Returns the slot of the next value that is sent to a buffered channel. Called under the channel's lock.</summary>
    internal int NextSend(int capacity, int buffered)
    {
        Count(buffered);
        return (int)(_sends++ % capacity);
    }

    /// <inheritdoc cref="NextSend"/>
    internal int NextReceive(int capacity, int buffered)
    {
        Count(buffered);
        return (int)(_receives++ % capacity);
    }

    private void Count(int buffered)
    {
        if (!_counts)
        {
            _counts = true;
            _sends = buffered;
        }
    }
}
