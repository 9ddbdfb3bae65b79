using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>A pool of objects of one type (Go: <c>sudogcache</c>). The P of the calling worker keeps them; any other thread keeps one.</summary>
/// <typeparam name="T">The exact type of the objects.</typeparam>
internal static class Pool<T>
    where T : Pooled
{
    /// <summary>The number under which Ps and threads keep objects of this type.</summary>
    internal static readonly int Kind = typeof(T).IsCollectible ? PoolKinds.None : PoolKinds.Next();

    /// <summary>Returns an object that was returned to the pool before, if there is one.</summary>
    /// <param name="m">The calling thread's worker, as <see cref="M.Current"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T? TryRent(M? m) => Unsafe.As<T?>(m?.P is { } p ? p.PoolOf(Kind).TryPop() : Pooled.TakeSpare(Kind));

    /// <summary>Keeps an object that nothing refers to any more, if there is room. Never throws.</summary>
    /// <param name="item">The object.</param>
    /// <param name="m">The calling thread's worker, as <see cref="M.Current"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Return(T item, M? m)
    {
        if (m?.P is { } p)
        {
            p.PoolOf(Kind).Push(item, PoolStack.Limit);
        }
        else
        {
            Pooled.KeepSpare(Kind, item);
        }
    }
}

/// <summary>The numbers under which Ps and threads keep the objects of each type.</summary>
internal static class PoolKinds
{
    /// <summary>The number of types that are not pooled, because Ps would keep alive the types of an assembly that is to be unloaded.</summary>
    internal const int None = -1;

    private static int s_count;

    internal static int Next() => Interlocked.Increment(ref s_count) - 1;
}

/// <summary>A stack of pooled objects of one type, linked through the objects.</summary>
internal struct PoolStack
{
    /// <summary>How many objects of one type a P keeps.</summary>
    internal const int Limit = 256;

    private Pooled? _top;

    internal int Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Pooled? TryPop()
    {
        Pooled? item = _top;
        if (item is not null)
        {
            _top = item.Link;
            Count--;
            item.Link = null;
        }

        return item;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Push(Pooled item, int limit)
    {
        if (Count < limit)
        {
            item.Link = _top;
            _top = item;
            Count++;
        }
    }
}
