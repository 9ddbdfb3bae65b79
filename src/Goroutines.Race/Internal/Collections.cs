using System.Collections;
using System.Collections.Concurrent;
using System.Collections.ObjectModel;

namespace Goroutines.Race;

/// <summary>Accesses to collections of which only an interface is known.</summary>
internal static class Collections
{
    private static readonly HashSet<Type> s_unshared =
    [
        typeof(List<>), typeof(Dictionary<,>), typeof(HashSet<>), typeof(Queue<>), typeof(Stack<>), typeof(SortedDictionary<,>), typeof(SortedList<,>), typeof(SortedSet<>),
        typeof(LinkedList<>), typeof(PriorityQueue<,>), typeof(OrderedDictionary<,>), typeof(BitArray), typeof(ArrayList), typeof(Queue), typeof(Stack), typeof(SortedList), typeof(Collection<>),
    ];

    private static readonly ConcurrentDictionary<Type, bool> s_known = [];

    internal static void Access(object? collection, AccessKind kind, int site)
    {
        if (collection is not null && s_known.GetOrAdd(collection.GetType(), IsUnshared))
        {
            Detector.Access(collection, kind, site);
        }
    }

    /// <summary>Whether collections of the type are not made for more than one strand at a time.</summary>
    private static bool IsUnshared(Type type)
    {
        for (Type? at = type; at is not null; at = at.BaseType)
        {
            if (s_unshared.Contains(at.IsGenericType ? at.GetGenericTypeDefinition() : at))
            {
                return true;
            }
        }

        return false;
    }
}
