namespace Goroutines.ModelTests.Model;

/// <summary>What is ordered before what with <see cref="ExplorerOptions.ReorderLoads"/>; see the remarks of <see cref="Memory"/>.</summary>
internal sealed partial class Execution
{
    private readonly OrderGraph _graph = new();
    private readonly List<int> _before = [];

    /// <summary>A thread loads a word: chooses how often that has been replaced.</summary>
    internal int ChooseAge(ModelThread thread, Location location, int size)
    {
        FindBefore(thread, location);
        int readable = location.History.CountReadable(_graph, _before, thread, size);
        return readable == 1 ? 0 : Search.ChooseAge(readable);
    }

    /// <summary>Notes a load from memory.</summary>
    internal void Loaded(ModelThread thread, Location location, int age, bool acquire, object? reference)
    {
        int load = AddLoad(thread, location, acquire, reference);
        location.History.Loaded(_graph, load, thread, age);
        thread.Order.IsBehind |= age != 0;
    }

    /// <summary>Notes a load of what the thread has stored itself, and others do not see yet.</summary>
    internal void LoadedOwn(ModelThread thread, PendingStore store, bool acquire, object? reference)
        => (store.Loads ??= []).Add(AddLoad(thread, store.Location, acquire, reference));

    private int AddLoad(ModelThread thread, Location location, bool acquire, object? reference)
    {
        FindBefore(thread, location);
        int load = _graph.Add();
        foreach (int before in _before)
        {
            _graph.Order(before, load);
        }

        ThreadOrder order = thread.Order;
        order.Loads = _graph.After(order.Loads, load);
        if (acquire)
        {
            order.Acquired = load;
        }

        if (reference is not null)
        {
            order.Loaded(reference, load);
        }

        return load;
    }

    /// <summary>What a load is after: the last acquire, and the loads that gave its thread the object.</summary>
    private void FindBefore(ModelThread thread, Location location)
    {
        _before.Clear();
        _before.Add(thread.Order.Acquired);
        thread.Order.AddLoadsOf(location.Address, _before);
    }

    /// <summary>The event of a store that enters the store buffer.</summary>
    internal int Stored(ModelThread thread, bool release)
    {
        int store = _graph.Add();
        ThreadOrder order = thread.Order;
        _graph.Order(order.Loads, store);
        if (release)
        {
            _graph.Order(order.Stores, store);
        }

        order.Stores = _graph.After(order.Stores, store);
        return store;
    }

    /// <summary>An operation between what is before it in the program and what is after it.</summary>
    internal int Fenced(ModelThread thread)
    {
        int fence = _graph.Add();
        ThreadOrder order = thread.Order;
        _graph.Order(order.Loads, fence);
        _graph.Order(order.Stores, fence);
        order.Fence(fence);
        return fence;
    }

    /// <summary>A fence in all threads at once.</summary>
    internal void FencedAll()
    {
        int fence = _graph.Add();
        for (int i = 0; i < ThreadCount; i++)
        {
            _graph.Order(_pool[i].Order.Loads, fence);
            _graph.Order(_pool[i].Order.Stores, fence);
        }

        for (int i = 0; i < ThreadCount; i++)
        {
            _pool[i].Order.Fence(fence);
        }
    }

    /// <summary>An interlocked operation, before its store; or one that stores nothing, and is a fence with a load of the newest value.</summary>
    internal void Updated(ModelThread thread, Location location, bool stores, int size, bool isReference)
    {
        int update = Fenced(thread);
        location.History.Loaded(_graph, update, thread, age: 0);
        if (stores)
        {
            location.History.Replaced(_graph, update, thread, location.Address, size, isReference);
        }
    }

    /// <summary>A thread goes on after a sleep: it knows what the waker has loaded; when the time was up, what has happened so far.</summary>
    internal void Resumed(ModelThread thread)
    {
        int resumed = Fenced(thread);
        if (thread.Woken)
        {
            _graph.Order(thread.WakeOrder, resumed);
            return;
        }

        for (int i = 0; i < ThreadCount; i++)
        {
            ThreadOrder order = _pool[i].Order;
            if (!ReferenceEquals(_pool[i], thread))
            {
                _graph.Order(order.Loads, resumed);
                _graph.Order(order.Stores, resumed);
            }
        }
    }
}
