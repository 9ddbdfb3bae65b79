using Goroutines.Runtime;

namespace Goroutines.Race;

/// <summary>A line of execution whose own steps are ordered: a goroutine, a thread, a task, or everything outside rewritten code.</summary>
/// <remarks>
/// <para><b>Clock.</b> <c>_clock[s]</c> is the last epoch of slot s that happens before the strand's next step; <see cref="Epoch"/> is the
/// strand's own epoch, which only what it releases has in the clock. Each release begins a new epoch, so that the release does not order the steps after it.</para>
/// <para><b>Slots.</b> A strand that ends gives its slot back. If there are more strands than slots (<see cref="StrandSlots"/>), strands
/// share slots. The epochs of a slot never decrease, so two strands of one slot look like one: races between them are missed, and none is
/// invented.</para>
/// <para><b>Sharing.</b> Usually one thread at a time runs a strand. Many threads run <see cref="Outside"/> at once, so a change of a
/// strand's clock holds the strand's lock.</para>
/// </remarks>
internal sealed class Strand
{
    private readonly Lock _lock = new();
    private VectorClock _clock;
    private int _ownsSlot;

    /// <summary>The steps of all threads that rewritten code has not started: fixtures, test runners, callbacks of the framework. All of
    /// them count as ordered.</summary>
    internal static readonly Strand Outside = new(null, "outside", 0);

    internal readonly int Slot;

    /// <summary>The first epoch of this strand in its slot.</summary>
    internal readonly long FirstEpoch;

    /// <summary>Its name in reports, such as "goroutine 7".</summary>
    internal readonly string Name;

    /// <summary>The goroutine's id; 0 if the strand is not a goroutine.</summary>
    internal readonly long GoroutineId;

    /// <summary>The runtime of the goroutine, or of the goroutine that started the thread or task; null if there is none. Races are charged
    /// to this runtime.</summary>
    internal readonly object? Runtime;

    /// <summary>The number of the test to which it belongs; 0 if there is none. Accesses in different worlds do not race.</summary>
    internal readonly int World;

    /// <summary>Where it was created, if that is known.</summary>
    internal readonly string? Origin;

    /// <summary>The stack at the operation that it has deferred. Set only when a schedule is repeated.</summary>
    internal string? OperationStack;

    internal long Epoch;

    /// <summary>The number of static constructors that had ended when it last looked (<see cref="RaceAccess.Initialized"/>).</summary>
    internal int InitializersSeen;

    private Strand(Strand? parent, string name, int world, long goroutineId = 0, object? runtime = null, string? origin = null)
    {
        Slot = StrandSlots.Take(out bool own);
        _ownsSlot = own ? 1 : 0;
        Name = name;
        World = world;
        GoroutineId = goroutineId;
        Runtime = runtime;
        Origin = origin;
        if (parent is not null)
        {
            _clock = parent.Release();
        }

        NextEpoch();
        FirstEpoch = Epoch;
        StrandSlots.Began(this);
    }

    ~Strand() => End();

    internal static Strand Fork(Strand? parent, G g, int world)
        => new(parent, $"goroutine {g.Id}", world, g.Id, g.Scheduler, g.CreatedFile is { Length: > 0 } file ? $"{file}:{g.CreatedLine}" : null);

    internal static Strand Fork(Strand parent, string name) => new(parent, name, parent.World, runtime: parent.Runtime);

    /// <summary>Makes a strand that nothing comes before yet, in the test of another.</summary>
    internal static Strand Beside(Strand other, string name) => new(null, name, other.World, runtime: other.Runtime);

    /// <summary>Called after its last step. Gives the slot back, so that another strand may have it.</summary>
    internal void End()
    {
        if (Interlocked.Exchange(ref _ownsSlot, 0) != 0)
        {
            StrandSlots.Return(Slot);
        }
    }

    /// <summary>Whether everything up to <paramref name="epoch"/> of <paramref name="slot"/> happens before this strand's next step.</summary>
    internal bool IsAfter(int slot, long epoch) => epoch <= _clock[slot];

    internal void Acquire(in VectorClock other)
    {
        if (!other.IsEmpty)
        {
            lock (_lock)
            {
                _clock.Merge(other);
            }
        }
    }

    /// <summary>Orders everything that these strands have done and know before this strand's next steps.</summary>
    internal void AcquireAll(IReadOnlyList<Strand> strands)
    {
        foreach (Strand strand in strands)
        {
            if (!ReferenceEquals(strand, this))
            {
                Acquire(strand.Release());
            }
        }
    }

    /// <summary>Returns everything that this strand has done and knows, and begins a new epoch.</summary>
    internal VectorClock Release()
    {
        lock (_lock)
        {
            VectorClock released = _clock.Snapshot();
            released.Raise(Slot, Epoch);
            NextEpoch();
            return released;
        }
    }

    private void NextEpoch() => Volatile.Write(ref Epoch, StrandSlots.NextEpoch(Slot));
}
