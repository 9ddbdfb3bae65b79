namespace Goroutines.Race;

/// <summary>The clocks of one object: one for each of its parts, such as the slots of a channel.</summary>
internal sealed class SyncObject
{
    /// <summary>So many parts are searched one by one.</summary>
    private const int Linear = 8;

    private readonly Lock _lock = new();

    /// <summary>The clocks that exist, by part. Most objects have one or two; a channel with a buffer has one for each slot.</summary>
    private Part[] _parts = [];
    private int _count;
    private Dictionary<int, int>? _indexes;
    private bool _counts;
    private long _sends;
    private long _receives;

    /// <summary>Replaces the part's clock by the strand's. For a part that one holder at a time releases.</summary>
    internal void Release(Strand strand, int part = 0)
    {
        VectorClock released = strand.Release();
        lock (_lock)
        {
            At(part) = released;
        }
    }

    /// <summary>Adds the strand's clock to the part's.</summary>
    internal void ReleaseMerge(Strand strand, int part = 0)
    {
        VectorClock released = strand.Release();
        lock (_lock)
        {
            At(part).Merge(released);
        }
    }

    internal void Acquire(Strand strand, int part = 0)
    {
        VectorClock known;
        lock (_lock)
        {
            known = At(part).Snapshot();
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
            ref VectorClock clock = ref At(part);
            known = clock;
            clock = released;
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
                known = other.At(from).Snapshot();
            }
        }

        lock (_lock)
        {
            At(part) = known;
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

    /// <summary>Returns the clock of a part. Called under the lock.</summary>
    private ref VectorClock At(int part)
    {
        if (_indexes is { } indexes)
        {
            if (indexes.TryGetValue(part, out int known))
            {
                return ref _parts[known].Clock;
            }
        }
        else
        {
            for (int i = 0; i < _count; i++)
            {
                if (_parts[i].Number == part)
                {
                    return ref _parts[i].Clock;
                }
            }
        }

        if (_count == _parts.Length)
        {
            Array.Resize(ref _parts, _count == 0 ? 1 : 2 * _count);
        }

        _parts[_count].Number = part;
        if (_count == Linear)
        {
            _indexes = [];
            for (int i = 0; i < _count; i++)
            {
                _indexes.Add(_parts[i].Number, i);
            }
        }

        _indexes?.Add(part, _count);
        return ref _parts[_count++].Clock;
    }

    private struct Part
    {
        internal int Number;
        internal VectorClock Clock;
    }
}
