using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Goroutines.Runtime;

namespace Goroutines.Race;

/// <summary>The clocks of everything by which strands synchronize: objects of the library and of the framework, and places in memory that
/// are accessed atomically.</summary>
internal static class SyncTable
{
    private static readonly IdentityTable<object, SyncObject> s_objects = new();
    private static readonly Dictionary<nuint, VectorClock> s_places = [];
    private static SpinMutex s_lock;
    private static uint s_collections;

    internal static SyncObject Of(object key) => s_objects.GetOrAdd(key, static _ => new SyncObject());

    internal static SyncObject? Find(object key) => s_objects.TryGet(key, out SyncObject? found) ? found : null;

    /// <summary>Merges the strand's clock into the clock of a place, which the caller has pinned.</summary>
    internal static void Release(Strand strand, nuint address, uint collections)
    {
        strand.Release(out VectorClock released);
        s_lock.Enter();
        if (IsCurrent(collections))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(s_places, address, out _).Merge(released);
        }

        s_lock.Exit();
    }

    /// <summary>Merges the clock of a place, which the caller has pinned, into the strand's.</summary>
    internal static void Acquire(Strand strand, nuint address, uint collections)
    {
        VectorClock known = default;
        s_lock.Enter();
        if (IsCurrent(collections))
        {
            ref VectorClock clock = ref CollectionsMarshal.GetValueRefOrNullRef(s_places, address);
            if (!Unsafe.IsNullRef(ref clock))
            {
                known = clock.Snapshot();
            }
        }

        s_lock.Exit();
        strand.Acquire(known);
    }

    /// <summary>Whether this is the present collection; a later one clears the table. A release before a collection orders only accesses
    /// before it, and those are never compared with accesses after it, so it can be forgotten.</summary>
    private static bool IsCurrent(uint collections)
    {
        if (collections > s_collections)
        {
            s_places.Clear();
            s_collections = collections;
        }

        return collections == s_collections;
    }
}
