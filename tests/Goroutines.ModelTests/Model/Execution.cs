namespace Goroutines.ModelTests.Model;

/// <summary>
/// One run of the explored program: its threads, their store buffers, and who has the turn. Everything here is touched
/// only by the thread that has the turn, or by the controller while none has.
/// </summary>
/// <remarks>
/// An actor is a thread (an even number) or its store buffer (the odd one after): each takes its steps in an order of its own. With
/// <see cref="ExplorerOptions.ReorderStores"/> every place that a thread stores to has an actor of its own, from
/// <see cref="FirstPlaceActor"/> on.
/// </remarks>
internal sealed partial class Execution : IDisposable
{
    internal const int MostActors = 256;
    internal const int MostThreads = 8;
    private const int FirstPlaceActor = 2 * MostThreads;
    private const int MostSteps = 20_000;

    private readonly List<ModelThread> _pool = [];
    private readonly Gate _over = new();
    private readonly Gate _unwound = new();
    private readonly int[][] _bufferClocks = [.. Enumerable.Range(0, MostThreads).Select(static _ => new int[MostActors])];
    private readonly List<(ModelThread Thread, Location Location)> _places = [];
    private readonly LocationTable _locations = new();
    private bool _stopped;

    internal readonly Search Search;
    internal readonly ExplorerOptions Options;
    internal readonly sbyte[] Plants;

    internal Execution(Search search, ExplorerOptions options)
    {
        Search = search;
        Options = options;
        Plants = Sites.Resolve(options.Plants);
        _places.EnsureCapacity(MostActors);
    }

    internal int ThreadCount { get; private set; }

    internal string? Failure { get; private set; }

    /// <summary>What happens, line by line, when it is asked for.</summary>
    internal Trace? Trace { get; set; }

    /// <summary>The time by every clock of the program, in nanoseconds.</summary>
    internal long Now { get; private set; }

    /// <summary>Stores that all have seen, so far.</summary>
    internal int Stores { get; private set; }

    internal Kernel Kernel { get; } = new();

    internal void Run(ModelProgram program)
    {
        ThreadCount = 0;
        Failure = null;
        Now = 1_000_000_000;
        Stores = 0;
        _stopped = false;
        _places.Clear();
        _locations.Reset();
        _graph.Reset();
        Kernel.Reset();
        Array.ForEach(_bufferClocks, Array.Clear);
        Memory.Reseed();
        Search.Begin();
        foreach ((string name, Action body, bool mayStay) in program.Threads)
        {
            AddThread(name, body, mayStay);
        }

        Advance(null);
        if (!_over.TryPass(TimeSpan.FromSeconds(60)))
        {
            throw new InvalidOperationException($"The explored program blocks its thread by means that the explorer does not see.\n{Where()}");
        }

        for (int i = 0; i < ThreadCount; i++)
        {
            Unwind(_pool[i]);
        }
    }

    internal ModelThread AddThread(string name, Action body, bool mayStay)
    {
        if (ThreadCount == MostThreads)
        {
            throw new InvalidOperationException("Too many threads for one execution.");
        }

        if (ThreadCount == _pool.Count)
        {
            _pool.Add(new ModelThread(this, ThreadCount));
        }

        ModelThread thread = _pool[ThreadCount++];
        thread.Reset(name, body, mayStay);
        if (ModelThread.Current is { } parent)
        {
            parent.Clock.CopyTo(thread.Clock, 0);
            thread.Order.Acquired = thread.Order.Loads = parent.Order.Loads;
        }

        return thread;
    }

    internal Location LocationOf(nint address) => _locations.Get(address);

    /// <summary>Announces an operation and returns when it is to be performed, before anything else happens.</summary>
    internal void Await(ModelThread me, OpKind kind, Location? location, int site)
    {
        me.Pending = new Operation { Kind = kind, Location = location, Site = site, Thread = me.Number };
        Advance(me);
    }

    internal void Fail(string text)
    {
        Failure ??= text;
        _stopped = true;
    }

    internal void Failed(ModelThread thread, Exception exception) => Fail($"{thread.Name}: {exception.GetType().Name}: {exception.Message}\n{exception.StackTrace}");

    internal void Finished(ModelThread thread)
    {
        thread.Pending = new Operation { Kind = OpKind.Finished, Site = -1, Thread = thread.Number };
        if (thread.IsAborted)
        {
            _unwound.Open();
        }
        else
        {
            Advance(null);
        }
    }

    /// <summary>The actor of a pending store, which puts it into memory.</summary>
    internal void Buffered(ModelThread thread, Location location)
    {
        if (Options.ReorderStores && PlaceOf(thread, location) < 0)
        {
            if (FirstPlaceActor + _places.Count == MostActors)
            {
                Fail("Too many places are stored to for an exploration that reorders stores.");
                return;
            }

            _places.Add((thread, location));
        }
    }

    internal ModelThread ThreadOf(int actor) => actor >= FirstPlaceActor ? _places[actor - FirstPlaceActor].Thread : _pool[actor / 2];

    internal static bool IsThread(int actor) => actor < FirstPlaceActor && (actor & 1) == 0;

    internal Operation PendingOf(int actor)
    {
        ModelThread thread = ThreadOf(actor);
        if (IsThread(actor))
        {
            return thread.Pending;
        }

        PendingStore store = thread.Buffer[StoreOf(actor, thread)];
        return new Operation { Kind = OpKind.Flush, Location = store.Location, Site = store.Site, Thread = thread.Number };
    }

    /// <summary>The clock of an actor just before what it does next, into <paramref name="clock"/>.</summary>
    /// <param name="ownOnly">Whether of a fence in all threads only the part of its own thread counts.</param>
    internal void ClockBefore(int actor, int[] clock, bool ownOnly = false)
    {
        ModelThread thread = ThreadOf(actor);
        int[] buffer = _bufferClocks[thread.Number];
        if (!IsThread(actor))
        {
            PendingStore store = thread.Buffer[StoreOf(actor, thread)];
            store.Clock.CopyTo(clock, 0);
            if (!Options.ReorderStores || store.Release)
            {
                Clocks.Join(clock, buffer);
            }

            return;
        }

        thread.Clock.CopyTo(clock, 0);
        switch (thread.Pending.Kind)
        {
            case OpKind.ReadWrite or OpKind.Lock or OpKind.Fence or OpKind.Sleep:
                Clocks.Join(clock, buffer);
                break;
            case OpKind.FenceAll when ownOnly:
                Clocks.Join(clock, buffer);
                break;
            case OpKind.FenceAll:
                Array.ForEach(_bufferClocks, other => Clocks.Join(clock, other));
                break;
            case OpKind.Resume:
                Clocks.Join(clock, thread.WakeClock);
                break;
        }
    }

    /// <summary>An actor has taken a step, which has this clock.</summary>
    internal void ClockAfter(int actor, int[] clock)
    {
        ModelThread thread = ThreadOf(actor);
        if (IsThread(actor))
        {
            clock.CopyTo(thread.Clock, 0);
        }
        else
        {
            Clocks.Join(_bufferClocks[thread.Number], clock);
        }
    }

    /// <summary>Wakes the first thread that sleeps at <paramref name="location"/>.</summary>
    internal void WakeSleeper(Location location, ModelThread waker)
    {
        for (int i = 0; i < ThreadCount; i++)
        {
            ModelThread thread = _pool[i];
            if (thread.Pending.Kind == OpKind.Resume && ReferenceEquals(Kernel.SleepsAt(thread), location) && !thread.Woken)
            {
                thread.Woken = true;
                waker.Clock.CopyTo(thread.WakeClock, 0);
                thread.WakeOrder = waker.Order.Loads;
                return;
            }
        }
    }

    public void Dispose()
    {
        _pool.ForEach(static thread => thread.Dispose());
        _over.Dispose();
        _unwound.Dispose();
    }

    /// <summary>Gives the turn to the thread that is chosen; returns when it is this thread's.</summary>
    private void Advance(ModelThread? me)
    {
        while (true)
        {
            int actor = _stopped ? -1 : Choose(me);
            if (actor < 0)
            {
                _over.Open();
                me?.AwaitTurn(); // to be unwound
                return;
            }

            ModelThread thread = ThreadOf(actor);
            if (!IsThread(actor))
            {
                PutIntoMemory(thread, actor);
            }
            else if (ReferenceEquals(thread, me))
            {
                return;
            }
            else
            {
                thread.GiveTurn();
                me?.AwaitTurn();
                return;
            }
        }
    }

    private int Choose(ModelThread? me)
    {
        ActorSet enabled = Enabled();
        if (enabled.IsEmpty)
        {
            if (!PassTime())
            {
                ReportSleepers();
                return -1;
            }

            enabled = Enabled();
        }

        if (Search.Depth == MostSteps)
        {
            Fail($"It goes on for ever: {MostSteps} steps.");
            return -1;
        }

        int actor = Search.Choose(this, enabled, me);
        Operation operation = PendingOf(actor);
        Search.Take(this, actor, operation, enabled);
        if (operation.Kind is OpKind.Flush or OpKind.ReadWrite or OpKind.Lock)
        {
            Stores++;
        }

        return actor;
    }

    private void PutIntoMemory(ModelThread thread, int actor)
    {
        int at = StoreOf(actor, thread);
        PendingStore store = thread.Buffer[at];
        if (Options.ReorderLoads)
        {
            store.Location.History.Replaced(_graph, store.Order, thread, store.Address, store.Size, store.IsReference);
            foreach (int load in store.Loads ?? [])
            {
                store.Location.History.LoadedEarly(load, thread);
            }
        }

        store.Perform();
        thread.Buffer.RemoveAt(at);
        Trace?.Flushed(thread, store);
    }

    private int StoreOf(int actor, ModelThread thread)
    {
        if (actor < FirstPlaceActor)
        {
            return 0;
        }

        Location place = _places[actor - FirstPlaceActor].Location;
        return thread.Buffer.FindIndex(store => ReferenceEquals(store.Location, place));
    }

    private int PlaceOf(ModelThread thread, Location location) => _places.FindIndex(place => ReferenceEquals(place.Thread, thread) && ReferenceEquals(place.Location, location));

    private void Unwind(ModelThread thread)
    {
        if (thread.Pending.Kind != OpKind.Finished)
        {
            thread.IsAborted = true;
            thread.GiveTurn();
            _unwound.Pass();
        }
    }
}
