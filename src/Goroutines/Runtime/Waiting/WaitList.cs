using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>A list of waiting operations in the order in which they are served, linked through the operations. Owned by a lock.</summary>
/// <remarks>A mutable struct: never copy it. Its methods are inlined, so that none needs to be told the type argument. <see cref="WaitSource.InQueue"/> says whether an operation is in a list of this kind.</remarks>
/// <typeparam name="TSource">The type of the operations.</typeparam>
internal struct WaitList<TSource>
    where TSource : WaitSource
{
    private WaitSource? _first;
    private WaitSource? _last;

    internal readonly TSource? First
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.As<TSource?>(_first);
    }

    /// <summary>Returns the operation behind <paramref name="source"/>, which is in a list.</summary>
    internal static TSource? After(TSource source) => Unsafe.As<TSource?>(source.Link);

    /// <summary>Whether nothing waits. Without the lock, the answer is a reading at one moment.</summary>
    internal readonly bool IsEmpty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(in _first) is null;
    }

    /// <summary>The number of operations, counted by walking the list.</summary>
    internal readonly int Count
    {
        get
        {
            int count = 0;
            for (WaitSource? source = _first; source is not null; source = source.Next)
            {
                count++;
            }

            return count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enqueue(TSource source)
    {
        Debug.Assert(!source.InQueue, "An operation was queued twice.");
        source.InQueue = true;
        source.Previous = _last;
        if (_last is null)
        {
            Volatile.Write(ref _first, source);
        }
        else
        {
            _last.Link = source;
        }

        _last = source;
    }

    /// <summary>Puts an operation back to the front, after it has lost the race for what it was woken for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void EnqueueFirst(TSource source)
    {
        Debug.Assert(!source.InQueue, "An operation was queued twice.");
        source.InQueue = true;
        source.Link = _first;
        if (_first is null)
        {
            _last = source;
        }
        else
        {
            _first.Previous = source;
        }

        Volatile.Write(ref _first, source);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TSource? Dequeue()
    {
        TSource? source = First;
        if (source is not null)
        {
            Remove(source);
        }

        return source;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Remove(TSource source)
    {
        Debug.Assert(source.InQueue, "An operation was taken out of a queue it is not in.");
        WaitSource? next = source.Next;
        WaitSource? previous = source.Previous;
        if (previous is null)
        {
            Volatile.Write(ref _first, next);
        }
        else
        {
            previous.Link = next;
            source.Previous = null;
        }

        if (next is null)
        {
            _last = previous;
        }
        else
        {
            next.Previous = previous;
            source.Link = null;
        }

        source.InQueue = false;
    }

    /// <summary>Removes all operations at once, to be completed after unlocking.</summary>
    internal WakeList<TSource> TakeAll()
    {
        for (WaitSource? source = _first; source is not null; source = source.Next)
        {
            source.Previous = null;
            source.InQueue = false;
        }

        WakeList<TSource> taken = new(_first, _last);
        Volatile.Write(ref _first, null);
        _last = null;
        return taken;
    }
}
