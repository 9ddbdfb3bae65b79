using System.Runtime.InteropServices;

namespace Goroutines.Scheduler;

/// <summary>
/// The goroutines that have parked, held weakly: a goroutine on a channel that nobody holds is collected with it.
/// </summary>
/// <remarks>
/// A goroutine enters when it first parks, since a weak handle costs more than a spawn and most never park; those that
/// are running or queued are found there. Slots and handles are reused. Sixteen shards, each under its own lock.
/// Under a conductor the goroutines are held for as long as they live: what leaks must not depend on the collector.
/// </remarks>
internal sealed class GRegistry
{
    private const int ShardBits = 4;

    private readonly Shard[] _shards;
    private readonly List<G?>? _held;

    internal GRegistry(bool keepsAlive)
    {
        if (keepsAlive)
        {
            _held = [];
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
        if (_held is not null)
        {
            lock (_held)
            {
                _held.Add(g);
                return _held.Count - 1;
            }
        }

        int shard = (int)g.Id & ((1 << ShardBits) - 1);
        return (_shards[shard].Add(g, g.Scheduler) << ShardBits) | shard;
    }

    internal void Remove(int slot)
    {
        if (_held is not null)
        {
            lock (_held)
            {
                _held[slot] = null;
            }
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
        if (_held is not null)
        {
            lock (_held)
            {
                list.AddRange(_held.OfType<G>());
            }
        }

        int lost = 0;
        foreach (Shard shard in _shards)
        {
            lost += shard.CopyTo(list);
        }

        return lost;
    }

    private sealed class Shard
    {
        private const int ChunkBits = 10;
        private const int FirstSweep = 1 << ChunkBits;

        private readonly List<Slot[]> _chunks = [];
        private SpinMutex _lock;
        private int _free = -1;
        private int _count;
        private int _used;
        private int _sweepAt = FirstSweep;

        internal int Add(G g, Scheduler scheduler)
        {
            int lost = 0;
            _lock.Enter();
            if (_free < 0 && _used >= _sweepAt)
            {
                lost = Sweep(null);
                _sweepAt = Math.Max(FirstSweep, 2 * (_used - lost));
            }

            int index = _free;
            if (index >= 0)
            {
                ref Slot slot = ref this[index];
                _free = slot.NextFree;
                slot.Handle.SetTarget(g);
                slot.InUse = true;
            }
            else
            {
                index = _count++;
                if (index >> ChunkBits == _chunks.Count)
                {
                    _chunks.Add(new Slot[1 << ChunkBits]);
                }

                this[index] = new Slot { Handle = new WeakGCHandle<G>(g), InUse = true };
            }

            _used++;
            _lock.Exit();
            if (lost != 0)
            {
                scheduler.GoroutinesLost(lost);
            }

            return index;
        }

        internal void Remove(int index)
        {
            _lock.Enter();
            Free(ref this[index], index);
            _lock.Exit();
        }

        internal int CopyTo(List<G> list)
        {
            _lock.Enter();
            int lost = Sweep(list);
            _lock.Exit();
            return lost;
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
