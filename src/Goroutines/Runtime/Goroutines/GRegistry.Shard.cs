using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Goroutines.Runtime;

internal sealed partial class GRegistry
{
    private sealed class Shard(GRegistry registry, int number)
    {
        private const int ChunkBits = 10;
        private const int FirstSweep = 1 << ChunkBits;

        private readonly List<Slot[]> _chunks = [];

        /// <summary>The goroutines that are held strongly, by slot; null while there is no hold.</summary>
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
            List<G>? unseen = null;
            Keeper? keeper = registry.CurrentKeeper;
            _lock.Enter();
            try
            {
                if (_free < 0 && _used >= _sweepAt)
                {
                    lost = Sweep(null, unreachable: false, ref unseen);
                    _sweepAt = Math.Max(FirstSweep, 2 * (_used - lost));
                }

                index = _free;
                if (index >= 0)
                {
                    ref Slot slot = ref this[index];
                    HoldAt(index, g);
                    if (keeper is not null)
                    {
                        keeper[number, index] = g;
                    }

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
                    if (keeper is not null)
                    {
                        keeper[number, index] = g;
                    }

                    this[index] = new Slot { Handle = new WeakGCHandle<G>(g), InUse = true };
                    _count++;
                }

                _used++;
            }
            catch (OutOfMemoryException)
            {
                index = -1; // reports will not show it while it is parked; it tries again when it next parks
            }
            finally
            {
                _lock.Exit();
            }

            if (lost != 0)
            {
                registry.Describe(unseen);
                scheduler.GoroutinesLost(lost);
            }

            if (scheduler.WatchesCollected)
            {
                CollectedNotice.AttachTo(g);
            }

            return index;
        }

        private void HoldAt(int index, G g)
        {
            if (_held is not null)
            {
                _held[index] = g; // overwrites what an attempt without memory may have left there
            }
        }

        internal void Remove(int index, G g)
        {
            _lock.Enter();
            ref Slot slot = ref this[index];

            // Not if it was given up as unreachable and a finalizer has woken it after all: the slot is no longer its own.
            if (slot.InUse && (!slot.Handle.TryGetTarget(out G? target) || ReferenceEquals(target, g)))
            {
                _held?.Remove(index);
                Free(ref slot, index, registry.CurrentKeeper);
            }

            _lock.Exit();
        }

        internal void FillKeeper()
        {
            Keeper keeper = registry.CurrentKeeper!;
            _lock.Enter();
            try
            {
                for (int i = 0; i < _count; i++)
                {
                    if (this[i] is { InUse: true } slot && slot.Handle.TryGetTarget(out G? g))
                    {
                        keeper[number, i] = g;
                    }
                }
            }
            finally
            {
                _lock.Exit();
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)] // no slot of the prover's frame may keep a goroutine alive
        internal void FollowLost()
        {
            Keeper? keeper = registry.CurrentKeeper;
            _lock.Enter();
            for (int i = 0; keeper is not null && i < _count; i++)
            {
                ref Slot slot = ref this[i];
                if (slot.InUse && keeper[number, i] is { } g && !slot.Handle.TryGetTarget(out _))
                {
                    slot.Handle.SetTarget(g);
                }
            }

            _lock.Exit();
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        internal bool AnyReachable(ref bool waitsForNet)
        {
            bool any = false;
            _lock.Enter();
            for (int i = 0; i < _count; i++)
            {
                ref Slot slot = ref this[i];
                if (slot.InUse && slot.Handle.TryGetTarget(out G? g) && !g.HasEnded)
                {
                    any = true;
                    waitsForNet |= g.Reason == WaitReason.IO;
                }
            }

            _lock.Exit();
            return any;
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

        internal int CopyTo(List<G>? list, bool unreachable, ref List<G>? unseen)
        {
            _lock.Enter();
            int lost = Sweep(list, unreachable, ref unseen);
            _lock.Exit();
            return lost;
        }

        /// <summary>Copies what is reachable and frees the slots of the rest.</summary>
        /// <param name="live">The list to copy to, if any.</param>
        /// <param name="unreachable">Whether to copy also what is unreachable and kept, and leave it where it is.</param>
        /// <param name="unseen">Gets the goroutines that were kept until now, to be described.</param>
        private int Sweep(List<G>? live, bool unreachable, ref List<G>? unseen)
        {
            int lost = 0;
            Keeper? keeper = registry.CurrentKeeper;
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
                    continue;
                }

                if (keeper?[number, i] is { } kept)
                {
                    if (unreachable || registry.HoldsLost)
                    {
                        live?.Add(kept);
                        continue;
                    }

                    if (kept.Status != GStatus.Waiting || registry._scheduler.Mains.IsAwaited(kept.Id))
                    {
                        slot.Handle.SetTarget(kept); // a finalizer has woken it, or the prover has to decide
                        live?.Add(kept);
                        continue;
                    }

                    (unseen ??= []).Add(kept);
                }

                lost++;
                Free(ref slot, i, keeper);
            }

            return lost;
        }

        private void Free(ref Slot slot, int index, Keeper? keeper)
        {
            slot.Handle.SetTarget(null!);
            slot.InUse = false;
            slot.NextFree = _free;
            _free = index;
            _used--;
            if (keeper is not null)
            {
                keeper[number, index] = null;
            }
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
