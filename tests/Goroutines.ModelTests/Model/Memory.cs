using System.Runtime.CompilerServices;

namespace Goroutines.ModelTests.Model;

/// <summary>
/// What the rewritten library calls where it accessed memory. On a thread that is being explored each call is a choice of
/// the explorer; on any other it does what stood there.
/// </summary>
/// <remarks>
/// The memory model is that of x64 (TSO): a store enters the thread's store buffer and is seen by others when it leaves it, in
/// order; a load looks into the own buffer first; interlocked operations and fences wait until the buffer is empty. With
/// <see cref="ExplorerOptions.ReorderStores"/> plain stores leave the buffer in any order, release stores after all before
/// them (PSO), which is a part of what Arm does.
/// <para>With <see cref="ExplorerOptions.ReorderLoads"/> loads may take place before loads that precede them in the program, too. A load
/// then finds what is in memory or an older value of the place (<see cref="History"/>): as if it had taken place earlier. Which one is a
/// choice of the search. An old value is possible if that makes no circle in the order of events (<see cref="OrderGraph"/>), which are the
/// rules of Arm's model:</para>
/// <list type="bullet">
/// <item>A load is after the last acquire load, fence or interlocked operation of its thread, and after the load of the reference to the
/// object that it loads from. It is after the store by another thread that it loads from, and before every store by another thread that
/// has replaced that value.</item>
/// <item>A store is after the loads before it, a release store also after the stores before it, and after the stores and loads of the
/// same place by other threads that came first.</item>
/// <item>A fence and an interlocked operation are after all before them, and before all after them. An interlocked operation loads what is
/// in memory, and so does one that fails to exchange.</item>
/// <item>No thread loads what is older than what it has loaded from the place, or stored there, before.</item>
/// </list>
/// <para>Arm is weaker in one point: it may delay a load beyond a later store of its thread. What a thread has loaded since it last spun it
/// finds in memory after spinning, so that a loop has an end. An index into an array orders nothing, and neither does a value larger than a
/// word, which is loaded in place.</para>
/// </remarks>
public static unsafe partial class Memory
{
    public static T Load<T>(ref T location, int site) => LoadAs(ref location, site, acquire: false);

    public static T LoadVolatile<T>(ref T location, int site) => LoadAs(ref location, site, acquire: true);

    public static void Store<T>(ref T location, T value, int site) => StoreAs(ref location, value, site, release: false);

    public static void StoreVolatile<T>(ref T location, T value, int site) => StoreAs(ref location, value, site, release: true);

    /// <summary>Stores the default value.</summary>
    public static void Clear<T>(ref T location, int site) => StoreAs(ref location, default!, site, release: false);

    public static T Exchange<T>(ref T location, T value, int site)
    {
        ModelThread? me = Explored(ref location);
        if (me is null)
        {
            return Atomic(ref location, value, static (_, value) => value);
        }

        return Update(me, ref location, site, value, static (_, value) => value);
    }

    public static T CompareExchange<T>(ref T location, T value, T comparand, int site)
    {
        ModelThread? me = Explored(ref location);
        if (me is null)
        {
            return Atomic(ref location, (value, comparand), static (old, pair) => Word.Same(old, pair.comparand) ? pair.value : old);
        }

        return Update(me, ref location, site, (value, comparand), static (old, pair) => Word.Same(old, pair.comparand) ? pair.value : old, static (old, pair) => Word.Same(old, pair.comparand));
    }

    public static T Increment<T>(ref T location, int site) => AddAny(ref location, 1, site);

    public static T Decrement<T>(ref T location, int site) => AddAny(ref location, -1, site);

    public static T Add<T>(ref T location, T value, int site) => AddAny(ref location, Word.Of(value), site);

    public static T And<T>(ref T location, T value, int site) => Bits(ref location, Word.Of(value), site, static (old, value) => Word.From<T>(Word.Of(old) & value));

    public static T Or<T>(ref T location, T value, int site) => Bits(ref location, Word.Of(value), site, static (old, value) => Word.From<T>(Word.Of(old) | value));

    public static void Fence(int site)
    {
        if (ModelThread.Current is { IsAborted: false } me && me.Execution.Plants[site] == 0)
        {
            FenceNow(me, OpKind.Fence, site);
        }
    }

    public static void FenceAll(int site)
    {
        if (ModelThread.Current is { IsAborted: false } me && me.Execution.Plants[site] == 0)
        {
            FenceNow(me, OpKind.FenceAll, site);
        }
    }

    private static T LoadAs<T>(ref T location, int site, bool acquire)
    {
        ModelThread? me = Explored(ref location);
        if (me is null)
        {
            T plain = location;
            Interlocked.MemoryBarrier();
            return plain;
        }

        if (!Word.Is<T>())
        {
            Settle(me, ref location);
            return location;
        }

        return (PlantKind)me.Execution.Plants[site] switch
        {
            PlantKind.None => LoadWord(me, ref location, site, acquire),
            PlantKind.Weaken => LoadWord(me, ref location, site, acquire: false),
            PlantKind.Set => Word.From<T>(1),
            _ => Word.From<T>(0),
        };
    }

    private static T LoadWord<T>(ModelThread me, ref T location, int site, bool acquire)
    {
        Location place = Place(me, ref location);
        me.Execution.Await(me, OpKind.Read, place, site);
        if (Buffered(me, place) is { } own)
        {
            T forwarded = Word.From<T>(own);
            if (me.Execution.Options.ReorderLoads)
            {
                me.Execution.LoadedOwn(me, own, acquire, typeof(T).IsValueType ? null : forwarded);
            }

            me.Execution.Trace?.Operation(me, site, place, $" = {me.Execution.Trace.Show(forwarded)} (own store)");
            return forwarded;
        }

        if (!me.Execution.Options.ReorderLoads)
        {
            me.Execution.Trace?.Operation(me, site, place, $" = {me.Execution.Trace.Show(location)}");
            return location;
        }

        int age = me.Execution.ChooseAge(me, place, Unsafe.SizeOf<T>());
        T value = age == 0 ? location : place.History.Old<T>(age);
        me.Execution.Loaded(me, place, age, acquire, typeof(T).IsValueType ? null : value);
        me.Execution.Trace?.Operation(me, site, place, $" = {me.Execution.Trace.Show(value)}{(age == 0 ? "" : $" (an old value, replaced {age} times)")}");
        return value;
    }

    private static void FenceNow(ModelThread me, OpKind kind, int site)
    {
        me.Execution.Await(me, kind, null, site);
        if (me.Execution.Options.ReorderLoads)
        {
            if (kind == OpKind.Fence)
            {
                me.Execution.Fenced(me);
            }
            else
            {
                me.Execution.FencedAll();
            }
        }

        me.Execution.Trace?.Operation(me, site, null, "");
    }

    private static T Bits<T>(ref T location, long value, int site, Func<T, long, T> change)
        => Explored(ref location) is { } me ? Update(me, ref location, site, value, change) : Atomic(ref location, value, change);

    private static T AddAny<T>(ref T location, long value, int site)
    {
        ModelThread? me = Explored(ref location);
        T old = me is null
            ? Atomic(ref location, value, static (old, value) => Word.From<T>(Word.Of(old) + value))
            : Update(me, ref location, site, value, static (old, value) => Word.From<T>(Word.Of(old) + value));
        return Word.From<T>(Word.Of(old) + value);
    }

    /// <summary>Outside of an exploration nothing runs in parallel that matters; setting up a program is one thread's work.</summary>
    private static T Atomic<T, TArgument>(ref T location, TArgument argument, Func<T, TArgument, T> change)
    {
        lock (s_atomic)
        {
            T old = location;
            location = change(old, argument);
            return old;
        }
    }

    private static T Update<T, TArgument>(ModelThread me, ref T location, int site, TArgument argument, Func<T, TArgument, T> change, Func<T, TArgument, bool>? stores = null)
    {
        T old;
        T changed;
        if (me.Execution.Plants[site] != 0)
        {
            old = LoadWord(me, ref location, site, acquire: true);
            StoreWord(me, ref location, change(old, argument), site, release: true);
            return old;
        }

        Location place = Place(me, ref location);
        me.Execution.Await(me, OpKind.ReadWrite, place, site);
        old = location;
        changed = change(old, argument);
        Updated(me, ref location, place, stores: stores is null || stores(old, argument));
        location = changed;
        if (me.Execution.Trace is { } trace)
        {
            trace.Operation(me, site, place, $" {trace.Show(old)} → {trace.Show(changed)}");
        }

        return old;
    }

    private static void StoreAs<T>(ref T location, T value, int site, bool release)
    {
        ModelThread? me = Explored(ref location);
        if (me is null)
        {
            location = value;
            Interlocked.MemoryBarrier();
            return;
        }

        if (!Word.Is<T>())
        {
            Settle(me, ref location);
            location = value;
            return;
        }

        PlantKind plant = (PlantKind)me.Execution.Plants[site];
        if (plant != PlantKind.Drop)
        {
            StoreWord(me, ref location, value, site, release && plant != PlantKind.Weaken);
        }
    }

    private static void StoreWord<T>(ModelThread me, ref T location, T value, int site, bool release)
    {
        Location place = Place(me, ref location);
        bool reference = !typeof(T).IsValueType;
        me.Buffer.Add(new PendingStore
        {
            Location = place,
            Address = place.Address,
            Size = Unsafe.SizeOf<T>(),
            Word = reference ? 0 : Word.Of(value),
            Reference = reference ? value : null,
            IsReference = reference,
            Site = site,
            Release = release,
            Order = me.Execution.Options.ReorderLoads ? me.Execution.Stored(me, release) : OrderGraph.Beginning,
            Clock = [.. me.Clock],
        });
        me.Execution.Buffered(me, place);
        me.Execution.Trace?.Operation(me, site, place, $" := {me.Execution.Trace.Show(value)}");
    }

    /// <summary>The calling thread, if it is explored and the place is one that others can see.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ModelThread? Explored<T>(ref T location)
        => ModelThread.Current is { IsAborted: false } me && !me.OnStack((nint)Unsafe.AsPointer(ref location)) ? me : null;

    private static Location Place<T>(ModelThread me, ref T location) => me.Execution.LocationOf((nint)Unsafe.AsPointer(ref location));

    private static void Updated<T>(ModelThread me, ref T location, Location place, bool stores)
    {
        if (me.Execution.Options.ReorderLoads)
        {
            me.Execution.Updated(me, place, stores, Unsafe.SizeOf<T>(), !typeof(T).IsValueType);
        }
    }

    private static PendingStore? Buffered(ModelThread me, Location place)
    {
        for (int i = me.Buffer.Count - 1; i >= 0; i--)
        {
            if (ReferenceEquals(me.Buffer[i].Location, place))
            {
                return me.Buffer[i];
            }
        }

        return null;
    }

    /// <summary>What is larger than a word is read and written in place; a store of a part of it has to have happened.</summary>
    private static void Settle<T>(ModelThread me, ref T location)
    {
        nint address = (nint)Unsafe.AsPointer(ref location);
        if (me.Buffer.Exists(store => store.Address >= address && store.Address < address + Unsafe.SizeOf<T>()))
        {
            FenceNow(me, OpKind.Fence, Sites.Count);
        }
    }
}
