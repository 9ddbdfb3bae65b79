using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Goroutines.Channels;

/// <summary>The ring of a buffered channel. Owned by the channel's lock; grows on demand up to the capacity.</summary>
/// <remarks>To grow, it gets an array that was allocated without the lock: an allocation that fails under the lock would leave it held.</remarks>
internal struct ChanBuffer<T>
{
    private const int FirstLength = 8;

    private T[]? _items;
    private int _head;

    internal int Count;

    /// <summary>Whether a longer array is needed before anything can be put in.</summary>
    internal readonly bool NeedsMemory
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _items is null || Count == _items.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enqueue(T value)
    {
        Debug.Assert(!NeedsMemory, "A value was put into a buffer without room.");
        T[] items = _items!;
        int tail = _head + Count;
        if (tail >= items.Length)
        {
            tail -= items.Length;
        }

        items[tail] = value;
        Count++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal T Dequeue()
    {
        T[] items = _items!;
        int head = _head;
        T value = items[head];
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            items[head] = default!;
        }

        _head = head + 1 == items.Length ? 0 : head + 1;
        Count--;
        return value;
    }

    /// <summary>Returns the length of the next array.</summary>
    internal readonly int NextLength(int capacity)
    {
        int length = _items is null ? FirstLength : (int)Math.Min(2L * _items.Length, Array.MaxLength);
        return Math.Min(length, capacity);
    }

    /// <summary>Moves into a longer array, unless another caller has done so meanwhile.</summary>
    internal void Grow(T[] items)
    {
        if (_items is not null)
        {
            if (items.Length <= _items.Length)
            {
                return;
            }

            int first = Math.Min(Count, _items.Length - _head);
            Array.Copy(_items, _head, items, 0, first);
            Array.Copy(_items, 0, items, first, Count - first);
        }

        _head = 0;
        _items = items;
    }
}
