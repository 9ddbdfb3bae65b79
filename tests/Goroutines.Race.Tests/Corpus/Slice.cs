namespace Goroutines.Race.Tests.Corpus;

/// <summary>Go's slice: a part of an array, which may have room behind it.</summary>
internal readonly struct Slice<T>(T[] array, int start, int length)
{
    internal Slice(int length, int capacity)
        : this(new T[capacity], 0, length)
    {
    }

    internal int Length => length;

    internal int Capacity => array.Length - start;

    internal T this[int index]
    {
        get => array[start + index];
        set => array[start + index] = value;
    }

    /// <summary>Go's <c>s[from:to]</c>.</summary>
    internal Slice<T> Part(int from, int to) => new(array, start + from, to - from);

    /// <summary>Go's <c>append(s, values...)</c>: into the room behind, or else into a copy.</summary>
    internal Slice<T> Append(params ReadOnlySpan<T> values)
    {
        T[] target = array;
        int first = start;
        if (start + length + values.Length > array.Length)
        {
            target = new T[2 * (length + values.Length)];
            first = 0;
            Array.Copy(array, start, target, 0, length);
        }

        values.CopyTo(target.AsSpan(first + length));
        return new Slice<T>(target, first, length + values.Length);
    }

    /// <summary>The elements, for copies.</summary>
    internal Span<T> Items => array.AsSpan(start, length);
}
