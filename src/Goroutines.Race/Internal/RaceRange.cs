using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Goroutines.Race;

/// <summary>Records accesses to many places that lie side by side.</summary>
internal static class RaceRange
{
    internal static void Read<T>(ReadOnlySpan<T> items, int site) => Access(items, AccessKind.Read, site);

    internal static void Write<T>(ReadOnlySpan<T> items, int site) => Access(items, AccessKind.Write, site);

    /// <summary>Records that elements of an array of any rank are accessed. What lies outside of it is left to the call that follows, which
    /// will throw.</summary>
    internal static void Access(Array? array, long start, long length, AccessKind kind, int site)
    {
        if (array is null || start < 0 || length <= 0 || length > array.LongLength - start)
        {
            return;
        }

        nint size = RuntimeHelpers.SizeOf(array.GetType().GetElementType()!.TypeHandle);
        ref byte first = ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(array), (nint)start * size);
        Detector.Access(ref first, checked((int)(length * size)), kind, site);
    }

    internal static void Access(Array? array, AccessKind kind, int site) => Access(array, 0, array?.LongLength ?? 0, kind, site);

    private static void Access<T>(ReadOnlySpan<T> items, AccessKind kind, int site)
    {
        if (!items.IsEmpty)
        {
            Detector.Access(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(items)), checked(items.Length * Unsafe.SizeOf<T>()), kind, site);
        }
    }
}
