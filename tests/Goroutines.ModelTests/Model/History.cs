namespace Goroutines.ModelTests.Model;

/// <summary>The values a place has had in this execution, in the order of its stores, and the events that stored and loaded them.</summary>
internal sealed unsafe class History
{
    private readonly List<Version> _versions = [];
    private readonly List<(int Version, int Event, int Thread)> _loads = [];

    /// <summary>By thread: the newest version that it has loaded or stored.</summary>
    private readonly int[] _seen = new int[Execution.MostThreads];

    /// <summary>By thread: how often it had spun when it last loaded from here, or −2.</summary>
    private readonly int[] _spins = new int[Execution.MostThreads];

    private int Last => _versions.Count - 1;

    internal void Reset()
    {
        _versions.Clear();
        _versions.Add(new Version { Stored = OrderGraph.Beginning, Thread = -1 });
        _loads.Clear();
        Array.Clear(_seen);
        Array.Fill(_spins, -2);
    }

    /// <summary>How many versions, counted from the newest, <paramref name="thread"/> may load now: the word must have been overwritten by no event before <paramref name="events"/>.</summary>
    internal int CountReadable(OrderGraph graph, List<int> events, ModelThread thread, int size)
    {
        int oldest = _seen[thread.Number];
        if (oldest == Last || _spins[thread.Number] == thread.Order.Spins - 1)
        {
            return 1;
        }

        graph.MarkUpTo(events);
        int at = Last;
        while (at > oldest && !graph.IsMarked(_versions[at].Stored) && _versions[at - 1].Size == size)
        {
            at--;
        }

        return Last - at + 1;
    }

    /// <summary>The value that has been overwritten <paramref name="age"/> times.</summary>
    internal T Old<T>(int age)
    {
        Version version = _versions[Last - age];
        return typeof(T).IsValueType ? Word.From<T>(version.Word) : (T)version.Reference!;
    }

    /// <summary>Notes a load: it is after the store of what it has loaded, and before those that have replaced that.</summary>
    internal void Loaded(OrderGraph graph, int load, ModelThread thread, int age)
    {
        int version = Last - age;
        if (_versions[version].Thread != thread.Number)
        {
            graph.Order(_versions[version].Stored, load);
        }

        for (int i = version + 1; i <= Last && _versions[i].Thread == _versions[version + 1].Thread; i++)
        {
            graph.Order(load, _versions[i].Stored);
        }

        _loads.Add((version, load, thread.Number));
        _seen[thread.Number] = Math.Max(_seen[thread.Number], version);
        _spins[thread.Number] = thread.Order.Spins;
    }

    /// <summary>Before a word is replaced: keeps it, and notes the store, which is after what other threads have loaded and stored here.</summary>
    internal void Replaced(OrderGraph graph, int store, ModelThread thread, nint address, int size, bool isReference)
    {
        // What lies before another thread's row of stores is before each of these. The stores of one thread have no order that others must see.
        int from = Last;
        while (from > 0 && _versions[from].Thread == thread.Number)
        {
            from--;
        }

        for (int other = _versions[from].Thread; from > 0; from--)
        {
            graph.Order(_versions[from].Stored, store);
            if (_versions[from - 1].Thread != other)
            {
                break;
            }
        }

        foreach ((int version, int load, int by) in _loads)
        {
            if (version >= from && by != thread.Number)
            {
                graph.Order(load, store);
            }
        }

        Version last = _versions[Last];
        last.Size = size;
        if (isReference)
        {
            last.Reference = System.Runtime.CompilerServices.Unsafe.AsRef<object?>((void*)address);
        }
        else
        {
            last.Word = size switch
            {
                1 => *(byte*)address,
                2 => *(short*)address,
                4 => *(int*)address,
                _ => *(long*)address,
            };
        }

        _versions[Last] = last;
        _versions.Add(new Version { Stored = store, Thread = thread.Number });
        _seen[thread.Number] = Last;
    }

    /// <summary>Notes that <paramref name="thread"/> has loaded the newest version before all saw it.</summary>
    internal void LoadedEarly(int load, ModelThread thread) => _loads.Add((Last, load, thread.Number));

    /// <summary>One value of the place; while it is the newest one it is in memory only.</summary>
    private struct Version
    {
        /// <summary>The event that stored it.</summary>
        internal int Stored;
        internal int Thread;
        internal int Size;
        internal long Word;
        internal object? Reference;
    }
}
