using System.Runtime.InteropServices;

namespace Goroutines.Runtime;

/// <summary>The part of the registry that keeps unreachable goroutines until they have been described.</summary>
/// <remarks>
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
internal sealed partial class GRegistry
{
    /// <summary>How many goroutines that were let go of are described in the report of a deadlock; of more, the last ones.</summary>
    private const int MostDescribed = 1000;

    /// <summary>Awaited mains. Written under <c>_keeping</c>.</summary>
    private int _keeps;
    private readonly Lock _keeping = new();
    private volatile WeakReference<Keeper>? _keeper;

    /// <summary>The last of those that were let go of while there was a keeper, and how many those were. Under the queue's lock.</summary>
    private readonly Queue<string> _described = [];
    private long _letGo;

    /// <summary>Set while a deadlock is being proved: goroutines that are found unreachable meanwhile are not let go of.</summary>
    internal volatile bool HoldsLost;

    private Keeper? CurrentKeeper => _keeper is { } weak && weak.TryGetTarget(out Keeper? keeper) ? keeper : null;

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

                _described.Enqueue(_scheduler.Reports.Format([goroutines[i]], _scheduler));
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
}
