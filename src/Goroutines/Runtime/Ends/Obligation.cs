namespace Goroutines.Runtime;

/// <summary>Something that a goroutine has begun to do for others, which wait for it: a flight, an action that runs once.</summary>
/// <remarks>
/// The goroutine's runtime knows about it from <see cref="Begin()"/> to <see cref="End"/>. If the runtime is stopped and the goroutine
/// abandoned meanwhile, <see cref="Break"/> is called, once, and the waiters get an exception. An outcome may still come after that,
/// from a continuation that ran elsewhere: the implementer has to take only the first.
/// </remarks>
internal abstract class Obligation
{
    // Links in the list of the runtime, owned by the list's lock.
    internal Obligation? Next;
    internal Obligation? Previous;

    /// <summary>The goroutine that does it; null outside goroutines, which nothing abandons.</summary>
    internal G? Goroutine { get; private set; }

    /// <summary>Records that the calling goroutine has begun this.</summary>
    internal void Begin() => Begin(M.Current?.CurrentG);

    /// <summary>Records that goroutine <paramref name="g"/>, which may not be spawned yet, has begun this.</summary>
    internal void Begin(G? g)
    {
        if (g is not null && Goroutine is null)
        {
            Goroutine = g;
            g.Scheduler.Obligations.Add(this);
        }
    }

    /// <summary>Records that it is done, by any thread.</summary>
    internal void End() => Goroutine?.Scheduler.Obligations.Remove(this);

    /// <summary>Called, without a lock, when the goroutine that does this has been abandoned.</summary>
    internal abstract void Break(ObjectDisposedException reason);

    internal bool IsListed(Obligation? first) => Previous is not null || ReferenceEquals(first, this);
}
