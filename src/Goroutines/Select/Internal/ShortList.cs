using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Goroutines.Channels;

/// <summary>A list that holds up to four items inline: most selects have no more cases, and many are made for one wait. The owner
/// counts the items.</summary>
internal struct ShortList<T>
    where T : class
{
    private const int Inline = 4;

    private Places _places;

    /// <summary>All items, once there have been more than fit inline.</summary>
    private T[]? _more;

    /// <summary>Returns the first <paramref name="count"/> items.</summary>
    [UnscopedRef]
    internal Span<T> First(int count)
        => _more is { } more ? more.AsSpan(0, count) : MemoryMarshal.CreateSpan(ref Unsafe.As<Places, T>(ref _places), count);

    /// <summary>Returns up to <paramref name="count"/> items, as a thread other than the owner finds them. Some may be missing.</summary>
    internal readonly T?[] Present(int count)
    {
        ShortList<T> copy = this;
        return copy.First(Math.Clamp(count, 0, copy._more?.Length ?? Inline)).ToArray();
    }

    /// <summary>Inserts an item into a list of <paramref name="count"/>.</summary>
    internal void Insert(int at, T item, int count)
    {
        if (count >= Inline && (_more is null || count == _more.Length))
        {
            T[] larger = new T[2 * count];
            First(count).CopyTo(larger);
            _more = larger;
            _places = default;
        }

        Span<T> items = First(count + 1);
        items[at..count].CopyTo(items[(at + 1)..]);
        items[at] = item;
    }

    /// <summary>Removes an item from a list of <paramref name="count"/>.</summary>
    internal void RemoveAt(int at, int count)
    {
        Span<T> items = First(count);
        items[(at + 1)..].CopyTo(items[at..]);
        items[count - 1] = null!;
    }

    [InlineArray(Inline)]
    private struct Places
    {
        private T? _first;
    }
}
