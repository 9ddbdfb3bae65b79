using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>One look at all goroutines of a runtime while they continue to run.</summary>
/// <remarks>Nothing is stopped, so goroutines are read at different moments. Data derived from the look is computed on first use.</remarks>
internal sealed class Look
{
    /// <summary>In a look with more goroutines than this, the waiters of channels are not collected.</summary>
    internal const int MostByObject = 200_000;

    private Dictionary<long, G>? _byId;
    private Dictionary<object, List<G>>? _members;
    private Dictionary<object, ObjectView>? _objects;

    private Look(Scheduler scheduler)
    {
        Scheduler = scheduler;
        Goroutines = scheduler.Goroutines();
        Now = scheduler.ReadClock();
    }

    internal Scheduler Scheduler { get; }

    /// <summary>The goroutines, in no particular order. Some may have ended since.</summary>
    internal List<G> Goroutines { get; }

    /// <summary>The time of the look by the runtime's clock, in nanoseconds.</summary>
    internal long Now { get; }

    /// <summary>Whether there are too many goroutines for <see cref="Objects"/>.</summary>
    internal bool IsTooLarge => Goroutines.Count > MostByObject;

    internal static Look At(GoRuntime runtime) => new(runtime.Scheduler);

    /// <summary>Returns how long a parked goroutine has waited, in nanoseconds; 0 if it does not wait.</summary>
    internal long AgeOf(G g) => g.Status == GStatus.Waiting ? Math.Max(0, Now - g.ParkedAt) : 0;

    internal G? Find(long id)
    {
        if (_byId is null)
        {
            _byId = new Dictionary<long, G>(Goroutines.Count);
            foreach (G g in Goroutines)
            {
                _byId[g.Id] = g;
            }
        }

        return _byId.GetValueOrDefault(id);
    }

    /// <summary>Returns the goroutines whose outcome belongs to a group: to a scope, a wait group or an error group.</summary>
    internal IReadOnlyList<G> MembersOf(object group)
    {
        if (_members is null)
        {
            _members = new Dictionary<object, List<G>>(ReferenceEqualityComparer.Instance);
            foreach (G g in Goroutines)
            {
                if (g.Owner?.Group is { } owner)
                {
                    Add(_members, owner, g);
                }
            }
        }

        return _members.TryGetValue(group, out List<G>? members) ? members : [];
    }

    /// <summary>Returns the goroutines of this runtime that have to act before a wait for <paramref name="target"/> can end, as far as they
    /// are known.</summary>
    internal IEnumerable<G> HoldersOf(object target)
    {
        if (target is G joined)
        {
            return ReferenceEquals(joined.Scheduler, Scheduler) && !joined.HasEnded ? [joined] : [];
        }

        if (target is not IWaitable waitable)
        {
            return [];
        }

        WaitableState state = waitable.Inspect();
        return state.Kind == "waitgroup"
            ? MembersOf(target)
            : state.Holders.Select(mark => HolderMark.IdIn(Scheduler, mark)).Where(static id => id != 0).Select(Find).OfType<G>();
    }

    /// <summary>Gets the objects that goroutines wait for, each with its waiters. A select counts at each of its channels. In a look that
    /// <see cref="IsTooLarge"/>, waits for channels, selects and sockets are left out.</summary>
    internal IReadOnlyDictionary<object, ObjectView> Objects => _objects ??= FindObjects();

    private Dictionary<object, ObjectView> FindObjects()
    {
        Dictionary<object, ObjectView> objects = new(ReferenceEqualityComparer.Instance);
        foreach (G g in Goroutines)
        {
            if (IsTooLarge && g.Reason is WaitReason.ChanReceive or WaitReason.ChanSend or WaitReason.Select or WaitReason.Sleep or WaitReason.IO)
            {
                continue;
            }

            object? target = Inspection.TargetOf(g, out _);
            if (target is Select select)
            {
                foreach ((object channel, bool sends) in ((IWaitable)select).Inspect().Cases)
                {
                    ViewOf(objects, channel).Add(g, sends, AgeOf(g));
                }
            }
            else if (target is IWaitable and not Sleeper)
            {
                ViewOf(objects, target).Add(g, g.Reason == WaitReason.ChanSend, AgeOf(g));
            }
        }

        return objects;
    }

    private static ObjectView ViewOf(Dictionary<object, ObjectView> objects, object target)
    {
        if (!objects.TryGetValue(target, out ObjectView? view))
        {
            objects[target] = view = new ObjectView(target);
        }

        return view;
    }

    private static void Add(Dictionary<object, List<G>> lists, object key, G g)
    {
        if (!lists.TryGetValue(key, out List<G>? list))
        {
            lists[key] = list = [];
        }

        list.Add(g);
    }
}
