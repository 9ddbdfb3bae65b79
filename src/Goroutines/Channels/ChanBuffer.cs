using System.Runtime.CompilerServices;

namespace Goroutines.Channels;

/// <summary>The ring of a buffered channel. Owned by the channel's lock; grows on demand up to the capacity.</summary>
internal struct ChanBuffer<T>
{
    private const int FirstLength = 8;

    private T[]? _items;
    private int _head;

    internal int Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enqueue(T value, int capacity)
    {
        T[]? items = _items;
        if (items is null || Count == items.Length)
        {
            items = Grow(capacity);
        }

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

    private T[] Grow(int capacity)
    {
        int length = _items is null ? FirstLength : (int)Math.Min(2L * _items.Length, Array.MaxLength);
        T[] items = new T[Math.Min(length, capacity)];
        if (_items is not null)
        {
            int first = Math.Min(Count, _items.Length - _head);
            Array.Copy(_items, _head, items, 0, first);
            Array.Copy(_items, 0, items, first, Count - first);
        }

        _head = 0;
        return _items = items;
    }
}
