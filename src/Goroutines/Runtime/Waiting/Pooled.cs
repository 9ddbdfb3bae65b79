namespace Goroutines.Runtime;

/// <summary>An object that a <see cref="Pool{T}"/> keeps for its next use.</summary>
internal abstract class Pooled
{
    /// <summary>What a thread that is not a worker keeps: one object of each kind.</summary>
    [ThreadStatic]
    private static PoolStack[]? t_spares;

    /// <summary>The next object in the pool or list that this one is in. It is in at most one of them.</summary>
    internal Pooled? Link;

    internal static Pooled? TakeSpare(int kind)
        => t_spares is { } spares && (uint)kind < (uint)spares.Length ? spares[kind].TryPop() : null;

    /// <summary>Keeps a spare object. Never throws: if there is no memory, the object becomes garbage.</summary>
    internal static void KeepSpare(int kind, Pooled item)
    {
        if (kind < 0)
        {
            return;
        }

        if (t_spares is not { } spares || kind >= spares.Length)
        {
            try
            {
                Array.Resize(ref t_spares, kind + 1);
                spares = t_spares;
            }
            catch (OutOfMemoryException)
            {
                return;
            }
        }

        spares[kind].Push(item, 1);
    }
}
