using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Goroutines.Diagnostics;

namespace Goroutines.Scheduler;

/// <summary>
/// The goroutines that have parked, held weakly: a goroutine on a channel that nobody holds is collected with it.
/// </summary>
/// <remarks>
/// <para>
/// A goroutine enters when it first parks, since a weak handle costs more than a spawn and most never park; those that
/// are running or queued are found there. Slots and handles are reused. Sixteen shards, each under its own lock.
/// Under a conductor the goroutines are held for as long as they live: what leaks must not depend on the collector. For the
/// same reason a search for leaks holds those that park while it is open (<see cref="Hold"/>); where none is open, that costs
/// one look at a null field when a goroutine first parks, and one when it ends.
/// </para>
/// <para>
/// <b>What a deadlock's report needs.</b> The goroutine that should have woken the others may be unreachable, and gone by the
/// time the deadlock is found. So while a main goroutine is awaited (<see cref="Keep"/>) the registry has a
/// <see cref="Keeper"/>: an object with a finalizer that refers to every goroutine here, and which nothing refers to but a
/// long weak reference. Each collection finds the keeper unreachable, clears the handles of those goroutines that nothing else
/// leads to, and only then, for the sake of the finalizer, keeps the keeper and all that it refers to. So the handles say
/// what is unreachable, as ever, and the goroutines are there to be described. The finalizer describes them, lets them go,
/// and registers the keeper for the next collection. An unreachable goroutine is freed one full collection later than
/// without a keeper; a runtime in which nobody awaits a main has none.
/// </para>
/// <para>Rejected: a finalizer on the goroutine itself (all allocations of finalizable objects are slow, and most goroutines
/// never park); a description beside each weak handle (24 bytes each, and what a goroutine waits for changes with every park).</para>
/// </remarks>
internal sealed class GRegistry
{
    private const int ShardBits = 4;

    /// <summary>How many goroutines that were let go of are described in the report of a deadlock; of more, the last ones.</summary>
    private const int MostDescribed = 1000;

    private readonly Scheduler _scheduler;
    private readonly Shard[] _shards;
    private readonly Kept? _kept;

    /// <summary>Open holds. Written under the lock of <c>_shards</c>.</summary>
    private int _holds;

    /// <summary>How many collections there had been when the slots were last looked through.</summary>
    private int _sweptAt;

    /// <summary>Awaited mains. Written under <c>_keeping</c>.</summary>
    private int _keeps;
    private readonly Lock _keeping = new();
    private volatile WeakReference<Keeper>? _keeper;

    /// <summary>The last of those that were let go of while there was a keeper, and how many those were. Under the queue's lock.</summary>
    private readonly Queue<string> _described = [];
    private long _letGo;

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

    /// <summary>Set while a deadlock is being proved: goroutines that are found unreachable meanwhile are not let go of.</summary>
    internal volatile bool HoldsLost;

    private Keeper? CurrentKeeper => _keeper is { } weak && weak.TryGetTarget(out Keeper? keeper) ? keeper : null;

    internal int Add(G g)
    {
        if (_kept is not null)
        {
            return _kept.Add(g);
        }

        int shard = (int)g.Id & ((1 << ShardBits) - 1);
        return (_shards[shard].Add(g, g.Scheduler) << ShardBits) | shard;
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
    /// <param name="list">Where to.</param>
    /// <param name="unreachable">Adds those that are unreachable and have not been let go of yet, too.</param>
    /// <returns>How many slots were dropped.</returns>
    internal int CopyTo(List<G> list, bool unreachable = false)
    {
        _kept?.CopyTo(list);
        return Sweep(list, unreachable);
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

        return Sweep(null, unreachable: false);
    }

    /// <summary>From now on, until <see cref="LetGo"/>, unreachable goroutines are described before they are collected.</summary>
    internal void Keep()
    {
        lock (_keeping)
        {
            if (_keeps++ == 0 && _kept is null)
            {
                _keeper = new WeakReference<Keeper>(new Keeper(this), trackResurrection: true);
                foreach (Shard shard in _shards)
                {
                    shard.FillKeeper();
                }
            }
        }
    }

    /// <summary>Takes one <see cref="Keep"/> back; after the last, what was described is forgotten.</summary>
    internal void LetGo()
    {
        lock (_keeping)
        {
            if (--_keeps == 0)
            {
                _keeper = null; // its finalizer finds that, and is the last
                lock (_described)
                {
                    _described.Clear();
                    _letGo = 0;
                }
            }
        }
    }

    /// <summary>What is known of the goroutines that were let go of since the first of the awaited mains began; empty if there were none.</summary>
    internal string DescribeLetGo()
    {
        lock (_described)
        {
            if (_letGo == 0)
            {
                return "";
            }

            string more = _letGo > _described.Count ? $"{Environment.NewLine}… and {_letGo - _described.Count} before them.{Environment.NewLine}" : "";
            return $"{Environment.NewLine}Parked where nothing could wake them, and garbage collected before the deadlock was found:{Environment.NewLine}{Environment.NewLine}"
                + string.Join(Environment.NewLine, _described) + more;
        }
    }

    /// <summary>Follows the goroutines again that were found unreachable and are kept: a finalizer may have changed that.</summary>
    internal void FollowLost()
    {
        foreach (Shard shard in _shards)
        {
            shard.FollowLost();
        }
    }

    /// <summary>Whether anything leads to a parked goroutine, by the last collection.</summary>
    /// <param name="waitsForNet">Set if one of those waits for the network.</param>
    internal bool AnyReachable(ref bool waitsForNet)
    {
        bool any = false;
        foreach (Shard shard in _shards)
        {
            any |= shard.AnyReachable(ref waitsForNet);
        }

        return any;
    }

    /// <summary>Lets go of the goroutines that were found unreachable.</summary>
    /// <returns>How many there were.</returns>
    internal int DropLost() => Sweep(null, unreachable: false);

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

    private void Describe(List<G>? goroutines)
    {
        if (goroutines is null)
        {
            return;
        }

        goroutines.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        lock (_described)
        {
            _letGo += goroutines.Count;
            for (int i = Math.Max(0, goroutines.Count - MostDescribed); i < goroutines.Count; i++)
            {
                if (_described.Count == MostDescribed)
                {
                    _described.Dequeue();
                }

                _described.Enqueue(Traceback.Format([goroutines[i]], _scheduler));
            }
        }
    }

    /// <summary>Called on the finalizer's thread after each collection that looked at the keeper.</summary>
    private void AfterCollection(Keeper keeper)
    {
        if (!ReferenceEquals(CurrentKeeper, keeper))
        {
            return; // nobody awaits a main any more
        }

        GC.ReRegisterForFinalize(keeper);
        if (!HoldsLost && DropLost() is var lost and not 0)
        {
            _scheduler.GoroutinesLost(lost);
        }
    }

    /// <summary>Refers to every goroutine in the registry. See there.</summary>
    private sealed class Keeper(GRegistry registry)
    {
        // Each list is owned by its shard's lock.
        private readonly List<G?>[] _goroutines = [.. Enumerable.Range(0, 1 << ShardBits).Select(static _ => new List<G?>())];

        ~Keeper() => registry.AfterCollection(this);

        internal G? this[int shard, int index]
        {
            get => index < _goroutines[shard].Count ? _goroutines[shard][index] : null;
            set
            {
                List<G?> list = _goroutines[shard];
                if (index >= list.Count)
                {
                    if (value is null)
                    {
                        return;
                    }

                    CollectionsMarshal.SetCount(list, index + 1);
                }

                list[index] = value;
            }
        }
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

    private sealed class Shard(GRegistry registry, int number)
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
                    _held?.Add(index, g);
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

                    _held?.Add(index, g);
                    if (keeper is not null)
                    {
                        keeper[number, index] = g;
                    }

                    this[index] = new Slot { Handle = new WeakGCHandle<G>(g), InUse = true };
                    _count++;
                }

                _used++;
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

            if (scheduler.CollectedHandler is not null)
            {
                CollectedNotice.AttachTo(g);
            }

            return index;
        }

        internal void Remove(int index, G g)
        {
            _lock.Enter();
            ref Slot slot = ref this[index];

            // Not if it was given up for lost and a finalizer has woken it after all: the slot is not its own any more.
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
        /// <param name="live">Where to, if anywhere.</param>
        /// <param name="unreachable">Copies what is unreachable and kept, too, and leaves it where it is.</param>
        /// <param name="unseen">Gets those that were kept until now, to be described.</param>
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

                    if (kept.Status != GStatus.Waiting || registry._scheduler.IsAwaitedMain(kept.Id))
                    {
                        slot.Handle.SetTarget(kept); // a finalizer has woken it; or it is for the prover to say
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
