using System.Runtime.InteropServices;

namespace Goroutines.Runtime;

/// <summary>The part of the registry that keeps unreachable goroutines until they have been described.</summary>
/// <remarks>
/// <para>
/// <b>What a deadlock report needs.</b> The goroutine that should have woken the others may be unreachable, and gone by the
/// time the deadlock is found. So while a main goroutine is awaited (<see cref="Keep"/>), the registry has a
/// <see cref="Keeper"/>: an object with a finalizer that refers to every goroutine here and is itself referenced only by a
/// long weak reference. Each collection finds the keeper unreachable and clears the handles of those goroutines that nothing
/// else leads to. Only then does it keep the keeper, and all that the keeper refers to, for the sake of the finalizer. So the
/// handles still say what is unreachable, and the goroutines are there to be described. The finalizer describes them, lets
/// them go, and registers the keeper for the next collection. An unreachable goroutine is freed one full collection later than
/// without a keeper. A runtime in which no main goroutine is awaited has no keeper.
/// </para>
/// <para>Rejected: a finalizer on the goroutine itself (all allocations of finalizable objects are slow, and most goroutines
/// never park); a description beside each weak handle (24 bytes each, and what a goroutine waits for changes with every park).</para>
/// </remarks>
internal sealed partial class GRegistry
{
    /// <summary>How many of the goroutines that were let go are described in a deadlock report. If there were more, the last ones are.</summary>
    private const int MostDescribed = 1000;

    /// <summary>The number of awaited mains. Written under <c>_keeping</c>.</summary>
    private int _keeps;
    private readonly Lock _keeping = new();
    private volatile WeakReference<Keeper>? _keeper;

    /// <summary>Descriptions of the last goroutines that were let go while there was a keeper, and how many goroutines that were. Guarded
    /// by the queue's lock.</summary>
    private readonly Queue<string> _described = [];
    private long _letGo;

    /// <summary>Set while a deadlock is being proved: goroutines that are found unreachable meanwhile are not let go.</summary>
    internal volatile bool HoldsLost;

    private Keeper? CurrentKeeper => _keeper is { } weak && weak.TryGetTarget(out Keeper? keeper) ? keeper : null;

    /// <summary>Starts describing unreachable goroutines before they are collected, until <see cref="LetGo"/>.</summary>
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

    /// <summary>Undoes one <see cref="Keep"/>. After the last one, the descriptions are dropped.</summary>
    internal void LetGo()
    {
        lock (_keeping)
        {
            if (--_keeps == 0)
            {
                _keeper = null; // its finalizer sees that, and runs for the last time
                lock (_described)
                {
                    _described.Clear();
                    _letGo = 0;
                }
            }
        }
    }

    /// <summary>Returns what is known of the goroutines that were let go since the first of the awaited mains began; empty if there were
    /// none.</summary>
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

    /// <summary>Resumes tracking the goroutines that were found unreachable and are kept: a finalizer may have made them reachable again.</summary>
    internal void FollowLost()
    {
        foreach (Shard shard in _shards)
        {
            shard.FollowLost();
        }
    }

    /// <summary>Returns whether anything leads to a parked goroutine, as of the last collection.</summary>
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
    /// <returns>The number of those goroutines.</returns>
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

    /// <summary>Called on the finalizer thread after each collection that looked at the keeper.</summary>
    private void AfterCollection(Keeper keeper)
    {
        if (!ReferenceEquals(CurrentKeeper, keeper))
        {
            return; // no main is awaited any more
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
