using Goroutines.Runtime;

namespace Goroutines.Race;

/// <summary>A test that runs in a runtime of its own: what it has found, and what its goroutines have done.</summary>
/// <remarks>It refers to the goroutines' strands, so what <see cref="AcquireAll"/> orders does not depend on when garbage is collected. Strands do not refer to their
/// goroutines: a goroutine that nothing can reach is still collected.</remarks>
internal sealed class TestWorld(int number, RaceStackRequest? request)
{
    private readonly HashSet<(int First, int Second)> _seen = [];
    private readonly List<RaceFinding> _findings = [];

    /// <summary>What the goroutines that have ended had done and known.</summary>
    private readonly SyncObject _ended = new();

    /// <summary>Guards the list of the goroutines that have not ended.</summary>
    private SpinMutex _lock;
    private Strand? _first;

    /// <summary>The label of its accesses; from 1.</summary>
    internal int Number => number;

    internal RaceStackRequest? Request => request;

    /// <summary>Its races. Used under the reporter's lock.</summary>
    internal List<RaceFinding> Findings => _findings;

    /// <summary>The pairs of places that have been reported. Used under the reporter's lock.</summary>
    internal HashSet<(int First, int Second)> Seen => _seen;

    /// <summary>The stack of the requested access; null as long as there has been none. Used under the reporter's lock.</summary>
    internal string? Stack { get; set; }

    /// <summary>Whether the test has ended and its races were taken. Used under the reporter's lock.</summary>
    internal bool IsOver { get; set; }

    /// <summary>Called when a goroutine of the test begins.</summary>
    internal void Began(Strand strand)
    {
        _lock.Enter();
        strand.Next = _first;
        if (_first is { } first)
        {
            first.Previous = strand;
        }

        _first = strand;
        _lock.Exit();
    }

    /// <summary>Called when a goroutine of the test has taken its last step. Its strand has not ended yet.</summary>
    internal void Ended(Strand strand)
    {
        _ended.ReleaseMerge(strand); // before the strand leaves the list, so that AcquireAll finds it here or there
        _lock.Enter();
        if (strand.Previous is { } previous)
        {
            previous.Next = strand.Next;
        }
        else if (ReferenceEquals(_first, strand))
        {
            _first = strand.Next;
        }

        if (strand.Next is { } next)
        {
            next.Previous = strand.Previous;
        }

        strand.Previous = strand.Next = null;
        _lock.Exit();
    }

    /// <summary>Orders everything that all other goroutines of the test have done and know before the strand's next steps.</summary>
    internal void AcquireAll(Strand strand)
    {
        strand.AcquireAll(Goroutines());
        _ended.Acquire(strand);
    }

    /// <summary>Returns the strands of the goroutines that have not ended.</summary>
    internal List<Strand> Goroutines()
    {
        List<Strand> found = [];
        _lock.Enter();
        for (Strand? strand = _first; strand is not null; strand = strand.Next)
        {
            found.Add(strand);
        }

        _lock.Exit();
        return found;
    }
}
