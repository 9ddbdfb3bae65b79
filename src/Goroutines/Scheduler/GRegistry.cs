using System.Runtime.InteropServices;

namespace Goroutines.Scheduler;

/// <summary>
/// The goroutines that have parked, held weakly: a goroutine on a channel that nobody holds is collected with it.
/// </summary>
/// <remarks>
/// A goroutine enters when it first parks, since a weak handle costs more than a spawn and most never park; those that
/// are running or queued are found there. Slots and handles are reused. Sixteen shards, each under its own lock.
/// Under a conductor the goroutines are held for as long as they live: what leaks must not depend on the collector. For the
/// same reason a search for leaks holds those that park while it is open (<see cref="Hold"/>); where none is open, that costs
/// one look at a null field when a goroutine first parks, and one when it ends.
/// </remarks>
internal sealed class GRegistry
{
    private const int ShardBits = 4;

    private readonly Shard[] _shards;
    private readonly Kept? _kept;

    /// <summary>Open holds. Written under the lock of <c>_shards</c>.</summary>
    private int _holds;

    /// <summary>How many collections there had been when the slots were last looked through.</summary>
    private int _sweptAt;

    internal GRegistry(bool keepsAlive)
    {
        if (keepsAlive)
        {
            _kept = new Kept();
            _shards = [];
            return;
        }

        _shards = new Shard[1 << ShardBits];
        for (int i = 0; i < _shards.Length; i++)
        {
            _shards[i] = new Shard();
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

    internal void Remove(int slot)
    {
        if (_kept is not null)
        {
            _kept.Remove(slot);
        }
        else
        {
            _shards[slot & ((1 << ShardBits) - 1)].Remove(slot >> ShardBits);
        }
    }

    /// <summary>Adds every goroutine here that is still reachable, and drops the slots of those that were collected.</summary>
    /// <returns>How many slots were dropped.</returns>
    internal int CopyTo(List<G> list)
    {
        _kept?.CopyTo(list);
        int lost = 0;
        foreach (Shard shard in _shards)
        {
            lost += shard.CopyTo(list);
        }

        return lost;
    }

    /// <summary>From now on a goroutine that parks for the first time is held strongly, until <see cref="Release"/>. Holds may overlap.</summary>
    /// <param name="existing">Whether those that are here already are held as well.</param>
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

    /// <summary>Ends one hold; with the last one, what only it kept alive becomes garbage.</summary>
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

        int lost = 0;
        foreach (Shard shard in _shards)
        {
            lost += shard.CopyTo(null);
        }

        return lost;
    }

    /// <summary>What a conductor's runtime has: goroutines by slot, held for as long as they live.</summary>
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

    private sealed class Shard
    {
        private const int ChunkBits = 10;
        private const int FirstSweep = 1 << ChunkBits;

        private readonly List<Slot[]> _chunks = [];

        /// <summary>What is held strongly, by slot; null while nothing holds.</summary>
        private Dictionary<int, G>? _held;
        private SpinMutex _lock;
        private int _free = -1;
        private int _count;
        private int _used;
        private int _sweepAt = FirstSweep;

        internal int Add(G g, Scheduler scheduler)
        {
            int lost = 0;
            int index;
            _lock.Enter();
            try
            {
                if (_free < 0 && _used >= _sweepAt)
                {
                    lost = Sweep(null);
                    _sweepAt = Math.Max(FirstSweep, 2 * (_used - lost));
                }

                index = _free;
                if (index >= 0)
                {
                    ref Slot slot = ref this[index];
                    HoldAt(index, g);
                    _free = slot.NextFree;
                    slot.Handle.SetTarget(g);
                    slot.InUse = true;
                }
                else
                {
                    index = _count;
                    if (index >> ChunkBits == _chunks.Count)
                    {
                        _chunks.Add(new Slot[1 << ChunkBits]);
                    }

                    HoldAt(index, g);
                    this[index] = new Slot { Handle = new WeakGCHandle<G>(g), InUse = true };
                    _count++;
                }

                _used++;
            }
            catch (OutOfMemoryException)
            {
                index = -1; // reports will not show it while it is parked; it tries again when it parks next
            }
            finally
            {
                _lock.Exit();
            }

            if (lost != 0)
            {
                scheduler.GoroutinesLost(lost);
            }

            if (scheduler.CollectedHandler is not null)
            {
                CollectedNotice.AttachTo(g);
            }

            return index;
        }

        private void HoldAt(int index, G g)
        {
            if (_held is not null)
            {
                _held[index] = g; // what an attempt without memory may have left there goes
            }
        }

        internal void Remove(int index)
        {
            _lock.Enter();
            _held?.Remove(index);
            Free(ref this[index], index);
            _lock.Exit();
        }

        internal void Hold(bool existing)
        {
            _lock.Enter();
            try
            {
                _held ??= [];
                for (int i = 0; existing && i < _count; i++)
                {
                    if (this[i] is { InUse: true } slot && slot.Handle.TryGetTarget(out G? g))
                    {
                        _held.TryAdd(i, g);
                    }
                }
            }
            finally
            {
                _lock.Exit();
            }
        }

        internal void Release()
        {
            _lock.Enter();
            _held = null;
            _lock.Exit();
        }

        internal int CopyTo(List<G>? list)
        {
            _lock.Enter();
            try
            {
                return Sweep(list);
            }
            finally
            {
                _lock.Exit();
            }
        }

        private int Sweep(List<G>? live)
        {
            int lost = 0;
            for (int i = 0; i < _count; i++)
            {
                ref Slot slot = ref this[i];
                if (!slot.InUse)
                {
                    continue;
                }

                if (slot.Handle.TryGetTarget(out G? g))
                {
                    live?.Add(g);
                }
                else
                {
                    lost++;
                    Free(ref slot, i);
                }
            }

            return lost;
        }

        private void Free(ref Slot slot, int index)
        {
            slot.Handle.SetTarget(null!);
            slot.InUse = false;
            slot.NextFree = _free;
            _free = index;
            _used--;
        }

        private ref Slot this[int index] => ref _chunks[index >> ChunkBits][index & ((1 << ChunkBits) - 1)];

        private struct Slot
        {
            internal WeakGCHandle<G> Handle;
            internal int NextFree;
            internal bool InUse;
        }
    }
}
