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
/// them (PSO), which is a part of what Arm does. Loads are never reordered with loads.
/// </remarks>
public static unsafe partial class Memory
{
    public static T Load<T>(ref T location, int site) => LoadVolatile(ref location, site);

    public static T LoadVolatile<T>(ref T location, int site)
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

        if (me.Execution.Plants[site] != 0)
        {
            return Word.From<T>(me.Execution.Plants[site] == (sbyte)PlantKind.Set ? 1 : 0);
        }

        return LoadWord(me, ref location, site);
    }

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

        return Update(me, ref location, site, (value, comparand), static (old, pair) => Word.Same(old, pair.comparand) ? pair.value : old);
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

    private static T LoadWord<T>(ModelThread me, ref T location, int site)
    {
        Location place = Place(me, ref location);
        if (Buffered(me, place) is { } own)
        {
            T forwarded = Word.From<T>(own);
            me.Execution.Trace?.Operation(me, site, place, $" = {me.Execution.Trace.Show(forwarded)} (own store)");
            return forwarded;
        }

        me.Execution.Await(me, OpKind.Read, place, site);
        me.Execution.Trace?.Operation(me, site, place, $" = {me.Execution.Trace.Show(location)}");
        return location;
    }

    private static void FenceNow(ModelThread me, OpKind kind, int site)
    {
        me.Execution.Await(me, kind, null, site);
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

    private static T Update<T, TArgument>(ModelThread me, ref T location, int site, TArgument argument, Func<T, TArgument, T> change)
    {
        T old;
        T changed;
        if (me.Execution.Plants[site] != 0)
        {
            old = LoadWord(me, ref location, site);
            StoreWord(me, ref location, change(old, argument), site, release: true);
            return old;
        }

        Location place = Place(me, ref location);
        me.Execution.Await(me, OpKind.ReadWrite, place, site);
        old = location;
        changed = change(old, argument);
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
            me.Execution.Await(me, OpKind.Fence, null, Sites.Count);
        }
    }
}
