using System.Runtime.CompilerServices;

namespace Goroutines.Race;

/// <summary>The clocks of everything by which strands synchronize: objects of the library and of the framework, and places in memory that
/// are accessed atomically.</summary>
internal static class SyncTable
{
    private static readonly ConditionalWeakTable<object, SyncObject> s_objects = [];
    private static readonly Lock s_lock = new();
    private static readonly Dictionary<nuint, VectorClock> s_places = [];
    private static uint s_collections;

    internal static SyncObject Of(object key) => s_objects.GetValue(key, static _ => new SyncObject());

    internal static SyncObject? Find(object key) => s_objects.TryGetValue(key, out SyncObject? found) ? found : null;

    /// <summary>Merges the strand's clock into the clock of a place, which the caller has pinned.</summary>
    internal static void Release(Strand strand, nuint address, uint collections)
    {
        VectorClock released = strand.Release();
        lock (s_lock)
        {
            if (IsCurrent(collections))
            {
                ref VectorClock clock = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(s_places, address, out _);
                clock.Merge(released);
            }
        }
    }

    /// <summary>Merges the clock of a place, which the caller has pinned, into the strand's.</summary>
    internal static void Acquire(Strand strand, nuint address, uint collections)
    {
        VectorClock known = default;
        lock (s_lock)
        {
            if (IsCurrent(collections) && s_places.TryGetValue(address, out known))
            {
                known = s_places[address].Snapshot();
                s_places[address] = known;
            }
        }

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
