namespace Goroutines.Runtime;

/// <summary>A list of goroutines that have become runnable and are not in a queue yet, linked through <see cref="G.QueueNext"/> (runtime/proc.go:
/// <c>gList</c>).</summary>
internal struct GList
{
    private G? _last;

    internal G? First { get; private set; }

    internal int Count { get; private set; }

    internal readonly G? Last => _last;

    /// <summary>Adds a goroutine that the caller has just made runnable.</summary>
    internal void Add(G g)
    {
        g.QueueNext = null;
        if (_last is null)
        {
            First = g;
        }
        else
        {
            _last.QueueNext = g;
        }

        _last = g;
        Count++;
    }

    internal G? Pop()
    {
        G? g = First;
        if (g is not null)
        {
            First = g.QueueNext;
            g.QueueNext = null;
            Count--;
            if (First is null)
            {
                _last = null;
            }
        }

        return g;
    }
}
