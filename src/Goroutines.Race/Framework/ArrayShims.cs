using System.ComponentModel;

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="Array"/> that access many elements.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Array))]
public static class ArrayShims
{
    /// <inheritdoc cref="Array.Copy(Array, Array, int)"/>
    public static void Copy(Array sourceArray, Array destinationArray, int length, int site)
    {
        RaceRange.Access(sourceArray, 0, length, AccessKind.Read, site);
        RaceRange.Access(destinationArray, 0, length, AccessKind.Write, site);
        Array.Copy(sourceArray, destinationArray, length);
    }

    /// <inheritdoc cref="Array.Copy(Array, int, Array, int, int)"/>
    public static void Copy(Array sourceArray, int sourceIndex, Array destinationArray, int destinationIndex, int length, int site)
    {
        RaceRange.Access(sourceArray, sourceIndex, length, AccessKind.Read, site);
        RaceRange.Access(destinationArray, destinationIndex, length, AccessKind.Write, site);
        Array.Copy(sourceArray, sourceIndex, destinationArray, destinationIndex, length);
    }

    /// <inheritdoc cref="Array.CopyTo(Array, int)"/>
    public static void CopyTo(Array self, Array array, int index, int site)
    {
        RaceRange.Access(self, AccessKind.Read, site);
        RaceRange.Access(array, index, self?.Length ?? 0, AccessKind.Write, site);
        self!.CopyTo(array, index);
    }

    /// <inheritdoc cref="Array.Clone"/>
    public static object Clone(Array self, int site)
    {
        RaceRange.Access(self, AccessKind.Read, site);
        return self.Clone();
    }

    /// <inheritdoc cref="Array.Clear(Array)"/>
    public static void Clear(Array array, int site)
    {
        RaceRange.Access(array, AccessKind.Write, site);
        Array.Clear(array);
    }

    /// <inheritdoc cref="Array.Clear(Array, int, int)"/>
    public static void Clear(Array array, int index, int length, int site)
    {
        RaceRange.Access(array, index, length, AccessKind.Write, site);
        Array.Clear(array, index, length);
    }

    /// <inheritdoc cref="Array.Fill{T}(T[], T)"/>
    public static void Fill<T>(T[] array, T value, int site)
    {
        RaceRange.Access(array, AccessKind.Write, site);
        Array.Fill(array, value);
    }

    /// <inheritdoc cref="Array.Fill{T}(T[], T, int, int)"/>
    public static void Fill<T>(T[] array, T value, int startIndex, int count, int site)
    {
        RaceRange.Access(array, startIndex, count, AccessKind.Write, site);
        Array.Fill(array, value, startIndex, count);
    }

    /// <inheritdoc cref="Array.Resize{T}(ref T[], int)"/>
    public static void Resize<T>(ref T[]? array, int newSize, int site)
    {
        RaceAccess.Read(ref array, site);
        if (array is { } old && old.Length != newSize)
        {
            RaceRange.Access(old, 0, Math.Min(old.Length, newSize), AccessKind.Read, site);
        }

        if (array?.Length != newSize)
        {
            RaceAccess.Write(ref array, site);
        }

        Array.Resize(ref array, newSize);
    }

    /// <inheritdoc cref="Array.Reverse{T}(T[])"/>
    public static void Reverse<T>(T[] array, int site)
    {
        RaceRange.Access(array, AccessKind.Write, site);
        Array.Reverse(array);
    }

    /// <inheritdoc cref="Array.Reverse(Array)"/>
    public static void Reverse(Array array, int site)
    {
        RaceRange.Access(array, AccessKind.Write, site);
        Array.Reverse(array);
    }

    /// <inheritdoc cref="Array.Sort{T}(T[])"/>
    public static void Sort<T>(T[] array, int site)
    {
        RaceRange.Access(array, AccessKind.Write, site);
        Array.Sort(array);
    }

    /// <inheritdoc cref="Array.Sort{T}(T[], Comparison{T})"/>
    public static void Sort<T>(T[] array, Comparison<T> comparison, int site)
    {
        RaceRange.Access(array, AccessKind.Write, site);
        Array.Sort(array, comparison);
    }

    /// <inheritdoc cref="Array.Sort{T}(T[], int, int)"/>
    public static void Sort<T>(T[] array, int index, int length, int site)
    {
        RaceRange.Access(array, index, length, AccessKind.Write, site);
        Array.Sort(array, index, length);
    }

    /// <inheritdoc cref="Array.Sort{TKey, TValue}(TKey[], TValue[])"/>
    public static void Sort<TKey, TValue>(TKey[] keys, TValue[]? items, int site)
    {
        RaceRange.Access(keys, AccessKind.Write, site);
        RaceRange.Access(items, AccessKind.Write, site);
        Array.Sort(keys, items);
    }

    /// <inheritdoc cref="Array.IndexOf{T}(T[], T)"/>
    public static int IndexOf<T>(T[] array, T value, int site)
    {
        int found = Array.IndexOf(array, value);
        RaceRange.Access(array, 0, found < 0 ? array.Length : found + 1, AccessKind.Read, site);
        return found;
    }

    /// <inheritdoc cref="Array.BinarySearch{T}(T[], T)"/>
    public static int BinarySearch<T>(T[] array, T value, int site)
    {
        RaceRange.Access(array, AccessKind.Read, site);
        return Array.BinarySearch(array, value);
    }
}

/// <summary>Replaces the methods of <see cref="Buffer"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Buffer))]
public static class BufferShims
{
    /// <inheritdoc cref="Buffer.BlockCopy(Array, int, Array, int, int)"/>
    public static void BlockCopy(Array src, int srcOffset, Array dst, int dstOffset, int count, int site)
    {
        AccessBytes(src, srcOffset, count, AccessKind.Read, site);
        AccessBytes(dst, dstOffset, count, AccessKind.Write, site);
        Buffer.BlockCopy(src, srcOffset, dst, dstOffset, count);
    }

    private static void AccessBytes(Array? array, int start, int count, AccessKind kind, int site)
    {
        if (array is not null && array.GetType().GetElementType()!.IsPrimitive && start >= 0 && count > 0 && count <= Buffer.ByteLength(array) - start)
        {
            ref byte first = ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(array);
            Detector.Access(ref System.Runtime.CompilerServices.Unsafe.AddByteOffset(ref first, start), count, kind, site);
        }
    }
}
