using System.ComponentModel;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Goroutines.Runtime;

namespace Goroutines.Race;

/// <summary>Called by rewritten code beside its accesses to memory. Not for use by hand.</summary>
/// <remarks>Thread-safe. The calls change nothing that the program can see. Each plain access directly follows a call with its address and
/// the number of its place in the program.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class RaceAccess
{
    /// <summary>Called first by each rewritten assembly: switches the detector on.</summary>
    /// <param name="number">The number of the assembly.</param>
    /// <param name="module">A type of the assembly.</param>
    public static void Begin(int number, RuntimeTypeHandle module)
    {
        RaceSites.Add(number, Type.GetTypeFromHandle(module)!.Assembly);
        if (RaceHooks.Observer is null)
        {
            GCSettings.LatencyMode = GCLatencyMode.Batch; // no background collections: see ShadowMemory
            RaceHooks.Begin(Detector.Instance);
        }
    }

    /// <summary>Records a read.</summary>
    /// <param name="location">The place.</param>
    /// <param name="site">The place in the program.</param>
    public static void Read1(ref byte location, int site) => Detector.Access(ref location, 1, AccessKind.Read, site);

    /// <inheritdoc cref="Read1"/>
    public static void Read2(ref byte location, int site) => Detector.Access(ref location, 2, AccessKind.Read, site);

    /// <inheritdoc cref="Read1"/>
    public static void Read4(ref byte location, int site) => Detector.Access(ref location, 4, AccessKind.Read, site);

    /// <inheritdoc cref="Read1"/>
    public static void Read8(ref byte location, int site) => Detector.Access(ref location, 8, AccessKind.Read, site);

    /// <inheritdoc cref="Read1"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    public static void Read<T>(ref T location, int site) => Detector.Access(ref Unsafe.As<T, byte>(ref location), Unsafe.SizeOf<T>(), AccessKind.Read, site);

    /// <summary>Records a write.</summary>
    /// <param name="location">The place.</param>
    /// <param name="site">The place in the program.</param>
    public static void Write1(ref byte location, int site) => Detector.Access(ref location, 1, AccessKind.Write, site);

    /// <inheritdoc cref="Write1"/>
    public static void Write2(ref byte location, int site) => Detector.Access(ref location, 2, AccessKind.Write, site);

    /// <inheritdoc cref="Write1"/>
    public static void Write4(ref byte location, int site) => Detector.Access(ref location, 4, AccessKind.Write, site);

    /// <inheritdoc cref="Write1"/>
    public static void Write8(ref byte location, int site) => Detector.Access(ref location, 8, AccessKind.Write, site);

    /// <inheritdoc cref="Write1"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    public static void Write<T>(ref T location, int site) => Detector.Access(ref Unsafe.As<T, byte>(ref location), Unsafe.SizeOf<T>(), AccessKind.Write, site);

    /// <summary>Records that a collection is read.</summary>
    /// <param name="collection">The collection; null is ignored.</param>
    /// <param name="site">The place in the program.</param>
    public static void ReadObject(object? collection, int site) => AccessObject(collection, AccessKind.Read, site);

    /// <summary>Records that a collection is changed.</summary>
    /// <param name="collection">The collection; null is ignored.</param>
    /// <param name="site">The place in the program.</param>
    public static void WriteObject(object? collection, int site) => AccessObject(collection, AccessKind.Write, site);

    /// <summary>Records that a collection is read through an interface.</summary>
    /// <param name="collection">The collection. Null is ignored, and so are collections that strands can share.</param>
    /// <param name="site">The place in the program.</param>
    public static void ReadThrough(object? collection, int site) => Collections.Access(collection, AccessKind.Read, site);

    /// <summary>Records that a collection is changed through an interface.</summary>
    /// <param name="collection">The collection. Null is ignored, and so are collections that strands can share.</param>
    /// <param name="site">The place in the program.</param>
    public static void WriteThrough(object? collection, int site) => Collections.Access(collection, AccessKind.Write, site);

    /// <summary>Records that a method of the framework reads all of a sequence.</summary>
    /// <param name="sequence">The sequence; only arrays and collections are recorded.</param>
    /// <param name="site">The place in the program.</param>
    public static void ReadArgument(object? sequence, int site)
    {
        if (sequence is Array array)
        {
            RaceRange.Access(array, AccessKind.Read, site);
        }
        else
        {
            Collections.Access(sequence, AccessKind.Read, site);
        }
    }

    /// <summary>Records that an enumerator reads its collection.</summary>
    /// <param name="enumerator">An enumerator of the framework. Its first field is a reference to the collection.</param>
    /// <param name="site">The place in the program.</param>
    /// <typeparam name="TEnumerator">Its type.</typeparam>
    public static void ReadEnumerated<TEnumerator>(ref TEnumerator enumerator, int site)
        where TEnumerator : struct => AccessObject(Unsafe.As<TEnumerator, object?>(ref enumerator), AccessKind.Read, site);

    /// <summary>Called before a static constructor ends: what it has done comes before all accesses to static fields from then on.</summary>
    public static void EndInitializer() => StaticInitializers.End();

    /// <summary>Called before a static field is accessed that a static constructor has set.</summary>
    public static void Initialized() => StaticInitializers.Acquire();

    /// <summary>Called before an atomic write.</summary>
    /// <param name="location">The place.</param>
    public static void BeforeAtomicWrite(ref byte location) => Detector.ReleaseTo(ref location);

    /// <summary>Called after an atomic read.</summary>
    /// <param name="location">The place.</param>
    /// <param name="size">The number of bytes.</param>
    /// <param name="site">The place in the program.</param>
    public static void AfterAtomicRead(ref byte location, int size, int site)
    {
        Detector.AcquireFrom(ref location);
        Detector.Access(ref location, size, AccessKind.Atomic, site);
    }

    /// <summary>Called after an atomic write.</summary>
    /// <param name="location">The place.</param>
    /// <param name="size">The number of bytes.</param>
    /// <param name="site">The place in the program.</param>
    public static void AfterAtomicWrite(ref byte location, int size, int site) => Detector.Access(ref location, size, AccessKind.AtomicWrite, site);

    /// <summary>Called after an atomic read-modify-write.</summary>
    /// <param name="location">The place.</param>
    /// <param name="size">The number of bytes.</param>
    /// <param name="site">The place in the program.</param>
    public static void AfterAtomicUpdate(ref byte location, int size, int site)
    {
        Detector.AcquireFrom(ref location);
        Detector.Access(ref location, size, AccessKind.AtomicWrite, site);
    }

    /// <summary>Called when an async method is about to suspend.</summary>
    /// <param name="state">The field of its state machine that stores who has run it, or what it has done so far.</param>
    public static void Suspend(ref object? state) => state = Detector.Suspend();

    /// <summary>Called when an async method begins or continues.</summary>
    /// <param name="state">The field of its state machine that stores who has run it, or what it had done.</param>
    public static void Resume(ref object? state)
    {
        if (state is not null)
        {
            Detector.Resume(state);
        }
    }

    /// <summary>Called before and after the result of an awaiter is taken.</summary>
    /// <param name="awaiter">An awaiter of the framework. Its first field is a reference to what it awaits.</param>
    /// <typeparam name="TAwaiter">Its type.</typeparam>
    public static void Awaited<TAwaiter>(ref TAwaiter awaiter)
        where TAwaiter : struct => FrameworkSync.AcquireAwaited(Unsafe.As<TAwaiter, object?>(ref awaiter));

    /// <summary>Records that an element of a list is read.</summary>
    /// <param name="list">The list.</param>
    /// <param name="index">The index.</param>
    /// <param name="site">The place in the program.</param>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static void ReadItem<T>(List<T>? list, int index, int site) => AccessItem(list, index, AccessKind.Read, site);

    /// <summary>Records that an element of a list is written.</summary>
    /// <param name="list">The list.</param>
    /// <param name="index">The index.</param>
    /// <param name="site">The place in the program.</param>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static void WriteItem<T>(List<T>? list, int index, int site) => AccessItem(list, index, AccessKind.Write, site);

    /// <summary>Records that a list and all its elements are read.</summary>
    /// <param name="list">The list.</param>
    /// <param name="site">The place in the program.</param>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static void ReadItems<T>(List<T>? list, int site)
    {
        if (list is not null)
        {
            Detector.Access(list, AccessKind.Read, site);
            RaceRange.Read<T>(CollectionsMarshal.AsSpan(list), site);
        }
    }

    /// <summary>Called before a method that the detector does not know: the method may pass something to another strand.</summary>
    public static void BeforeUnknown() => FrameworkSync.Unknown.ReleaseMerge(Detector.Current);

    /// <summary>Called after a method that the detector does not know: the method may have got something from another strand.</summary>
    public static void AfterUnknown() => FrameworkSync.Unknown.Acquire(Detector.Current);

    /// <summary>Records that an element is read or written, and that the list itself is read.</summary>
    private static void AccessItem<T>(List<T>? list, int index, AccessKind kind, int site)
    {
        if (list is null)
        {
            return;
        }

        Detector.Access(list, AccessKind.Read, site);
        Span<T> items = CollectionsMarshal.AsSpan(list);
        if ((uint)index < (uint)items.Length)
        {
            Detector.Access(ref Unsafe.As<T, byte>(ref items[index]), Unsafe.SizeOf<T>(), kind, site);
        }
    }

    private static void AccessObject(object? collection, AccessKind kind, int site)
    {
        if (collection is not null && !ReferenceEquals(collection, Random.Shared))
        {
            Detector.Access(collection, kind, site);
        }
    }
}
