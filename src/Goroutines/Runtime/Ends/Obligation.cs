namespace Goroutines.Runtime;

/// <summary>What a goroutine has begun to do for others, who wait for it: a flight, an action that runs once.</summary>
/// <remarks>
/// The goroutine's runtime knows of it from <see cref="Begin()"/> to <see cref="End"/>. If the runtime is stopped and the
/// goroutine abandoned meanwhile, <see cref="Break"/> is called, once, and those who wait are told. An outcome may still come then, from
/// a continuation that went on elsewhere: it is the implementer's to take only the first.
/// </remarks>
internal abstract class Obligation
{
    // Links in the list of the runtime, owned by the list's lock.
    internal Obligation? Next;
    internal Obligation? Previous;

    /// <summary>Who has undertaken it; null outside of goroutines, which nothing abandons.</summary>
    internal G? Goroutine { get; private set; }

    /// <summary>The calling goroutine undertakes this.</summary>
    internal void Begin() => Begin(M.Current?.CurrentG);

    /// <summary>Goroutine <paramref name="g"/>, which may have yet to be spawned, undertakes this.</summary>
    internal void Begin(G? g)
    {
        if (g is not null && Goroutine is null)
        {
            Goroutine = g;
            g.Scheduler.Obligations.Add(this);
        }
    }

    /// <summary>It is done, by whichever thread.</summary>
    internal void End() => Goroutine?.Scheduler.Obligations.Remove(this);

    /// <summary>The goroutine that undertook this has been abandoned. Holding no lock.</summary>
    internal abstract void Break(ObjectDisposedException reason);

    internal bool IsListed(Obligation? first) => Previous is not null || ReferenceEquals(first, this);
}
