namespace Goroutines.Runtime;

/// <summary>
/// The goroutines that have parked, held weakly: a goroutine that waits on an unreachable channel is collected with it.
/// </summary>
/// <remarks>
/// <para>
/// A goroutine enters the registry when it first parks: a weak handle costs more than a spawn, and most goroutines never
/// park. Those that are running or queued are found where they are. Slots and handles are reused. There are sixteen shards,
/// each with its own lock. Under a driver, goroutines are held as long as they live, because what leaks must not depend on
/// the collector. For the same reason a search for leaks holds the goroutines that park while it is open
/// (<see cref="Hold"/>). Where none is open, that costs one look at a null field when a goroutine first parks, and one when
/// it ends.
/// </para>
/// </remarks>
internal sealed partial class GRegistry
{
    private const int ShardBits = 4;

    private readonly Scheduler _scheduler;
    private readonly Shard[] _shards;
    private readonly Kept? _kept;

    /// <summary>The number of open holds. Written under the lock of <c>_shards</c>.</summary>
    private int _holds;

    /// <summary>The number of collections when the slots were last swept.</summary>
    private int _sweptAt;

    internal GRegistry(Scheduler scheduler, bool keepsAlive)
    {
        _scheduler = scheduler;
        if (keepsAlive)
        {
            _kept = new Kept();
            _shards = [];
            return;
        }

        _shards = new Shard[1 << ShardBits];
        for (int i = 0; i < _shards.Length; i++)
        {
            _shards[i] = new Shard(this, i);
        }
    }

    internal int Add(G g)
    {
        if (_kept is not null)
        {
            return _kept.Add(g);
        }

        int shard = (int)g.Id & ((1 << ShardBits) - 1);
        int slot = _shards[shard].Add(g, g.Scheduler);
        return slot < 0 ? slot : (slot << ShardBits) | shard;
    }

    internal void Remove(int slot, G g)
    {
        if (_kept is not null)
        {
            _kept.Remove(slot);
        }
        else
        {
            _shards[slot & ((1 << ShardBits) - 1)].Remove(slot >> ShardBits, g);
        }
    }

    /// <summary>Adds every goroutine here that is still reachable, and drops the slots of those that were collected.</summary>
    /// <param name="list">The list to add to.</param>
    /// <param name="unreachable">Whether to add also those that are unreachable and have not been let go yet.</param>
    /// <returns>The number of slots that were dropped.</returns>
    internal int CopyTo(List<G> list, bool unreachable = false)
    {
        _kept?.CopyTo(list);
        return Sweep(list, unreachable);
    }

    /// <summary>Starts holding strongly each goroutine that parks for the first time, until <see cref="Release"/>. Holds may overlap.</summary>
    /// <param name="existing">Whether to hold those that are already here as well.</param>
    internal void Hold(bool existing)
    {
        lock (_shards)
        {
            _holds++;
            foreach (Shard shard in _shards)
            {
                shard.Hold(existing);
            }
        }
    }

    /// <summary>Ends one hold. After the last one, what only the holds kept alive becomes garbage.</summary>
    internal void Release()
    {
        lock (_shards)
        {
            if (--_holds == 0)
            {
                foreach (Shard shard in _shards)
                {
                    shard.Release();
                }
            }
        }
    }

    /// <summary>Drops the slots of those that were collected, if there has been a collection since the last call.</summary>
    /// <returns>How many slots were dropped.</returns>
    internal int DropCollected()
    {
        int collections = GC.CollectionCount(0);
        if (Interlocked.Exchange(ref _sweptAt, collections) == collections)
        {
            return 0;
        }

        return Sweep(null, unreachable: false);
    }

    private int Sweep(List<G>? live, bool unreachable)
    {
        int lost = 0;
        List<G>? unseen = null;
        foreach (Shard shard in _shards)
        {
            lost += shard.CopyTo(live, unreachable, ref unseen);
        }

        Describe(unseen);
        return lost;
    }

    /// <summary>The registry of a driver's runtime: goroutines by slot, held as long as they live.</summary>
    private sealed class Kept
    {
        private readonly List<G?> _goroutines = [];
        private readonly Stack<int> _free = [];
        private SpinMutex _lock;

        internal int Add(G g)
        {
            _lock.Enter();
            try
            {
                if (_free.TryPop(out int slot))
                {
                    _goroutines[slot] = g;
                    return slot;
                }

                _goroutines.Add(g);
                return _goroutines.Count - 1;
            }
            finally
            {
                _lock.Exit();
            }
        }

        internal void Remove(int slot)
        {
            _lock.Enter();
            try
            {
                _goroutines[slot] = null;
                _free.Push(slot);
            }
            finally
            {
                _lock.Exit();
            }
        }

        internal void CopyTo(List<G> list)
        {
            _lock.Enter();
            try
            {
                list.AddRange(_goroutines.OfType<G>());
            }
            finally
            {
                _lock.Exit();
            }
        }
    }
}
