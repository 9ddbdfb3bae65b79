using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>A list of operations that were taken out of their queue under its lock and are to be completed after unlocking, in order.</summary>
/// <remarks>Linked like a <see cref="WaitList{TSource}"/>, but in one direction only: nothing can be removed from here any more.</remarks>
/// <typeparam name="TSource">The type of the operations.</typeparam>
internal struct WakeList<TSource>
    where TSource : WaitSource
{
    private WaitSource? _first;
    private WaitSource? _last;
    private G? _nudged;

    internal WakeList(WaitSource? first, WaitSource? last)
    {
        _first = first;
        _last = last;
        _nudged = null;
    }

    internal void Add(TSource source)
    {
        Debug.Assert(!source.InQueue && source.Link is null, "An operation is to be completed that is still in its queue.");
        if (_last is null)
        {
            _first = source;
        }
        else
        {
            _last.Link = source;
        }

        _last = source;
    }

    internal TSource? Pop()
    {
        WaitSource? source = _first;
        if (source is not null)
        {
            _first = source.Next;
            source.Link = null; // before it is completed: after that, it belongs to the awaiter
            if (_first is null)
            {
                _last = null;
            }
        }

        return Unsafe.As<TSource?>(source);
    }

    /// <summary>Adds a goroutine to ready whose operation was nudged. The operation may be in another use by then; readying in vain is
    /// harmless.</summary>
    internal void AddNudged(G goroutine)
    {
        Debug.Assert(_nudged is null, "One operation is nudged at a time.");
        _nudged = goroutine;
    }

    /// <summary>Completes all operations. Called without a lock.</summary>
    internal void CompleteAll()
    {
        while (Pop() is { } source)
        {
            source.Complete();
        }

        _nudged?.Ready();
    }
}
