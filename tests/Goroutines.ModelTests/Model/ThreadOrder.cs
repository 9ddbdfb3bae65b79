using System.Runtime.CompilerServices;

namespace Goroutines.ModelTests.Model;

/// <summary>The events of a thread that those to come are ordered after.</summary>
internal sealed unsafe class ThreadOrder
{
    private readonly List<(nint Start, nint End, int Event)> _objects = [];

    /// <summary>The last acquire load, fence, interlocked operation or sleep: every event to come is after it.</summary>
    internal int Acquired { get; set; }

    /// <summary>After all loads so far: a store to come is after them.</summary>
    internal int Loads { get; set; }

    /// <summary>After all stores so far: a release store to come is after them.</summary>
    internal int Stores { get; set; }

    /// <summary>How often the thread has spun.</summary>
    internal int Spins { get; set; }

    /// <summary>Whether it has loaded an old value since it last spun: then it need not wait for another store.</summary>
    internal bool IsBehind { get; set; }

    internal void Reset()
    {
        _objects.Clear();
        Acquired = Loads = Stores = OrderGraph.Beginning;
        Spins = 0;
        IsBehind = false;
    }

    /// <summary>All events to come are after this one, and this one is after all so far.</summary>
    internal void Fence(int at)
    {
        _objects.Clear();
        Acquired = Loads = Stores = at;
    }

    /// <summary>Notes that an event has loaded the reference to an object: loads from the object come after it.</summary>
    internal void Loaded(object loaded, int at)
    {
        nint start = Unsafe.As<object, nint>(ref loaded);
        _objects.Add((start, start + Size(loaded, start), at));
    }

    /// <summary>Adds the events that gave this thread the object that <paramref name="address"/> lies in.</summary>
    internal void AddLoadsOf(nint address, List<int> events)
    {
        foreach ((nint start, nint end, int at) in _objects)
        {
            if (address >= start && address < end)
            {
                events.Add(at);
            }
        }
    }

    /// <summary>The bytes of an object, by what its method table begins with: the size of an element, flags, and the size without elements.</summary>
    private static nint Size(object loaded, nint start)
    {
        uint* table = *(uint**)start;
        bool hasElements = (int)table[0] < 0;
        return (nint)table[1] + (hasElements ? (nint)(ushort)table[0] * Unsafe.As<byte[]>(loaded).Length : 0);
    }
}
