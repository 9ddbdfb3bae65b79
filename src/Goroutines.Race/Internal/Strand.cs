using Goroutines.Runtime;

namespace Goroutines.Race;

/// <summary>A line of execution whose own steps are ordered: a goroutine, a thread, a task, or everything outside rewritten code.</summary>
/// <remarks>
/// <para><b>Clock.</b> <c>_clock[s]</c> is the last epoch of slot s that happens before the strand's next step; <see cref="Epoch"/> is the
/// strand's own epoch. Each release begins a new epoch, so that the release does not order the steps after it.</para>
/// <para><b>Slots.</b> A strand that ends gives its slot back. If there are more strands than slots (<see cref="StrandSlots"/>), strands
/// share slots. The epochs of a slot never decrease, so two strands of one slot look like one: races between them are missed, and none is
/// invented. A strand that has ended and goes on all the same stays in its last epoch: what it does then counts as done before its end.</para>
/// <para><b>Sharing.</b> Usually one thread at a time runs a strand. Many threads run <see cref="Outside"/> at once, so a change of a
/// strand's clock holds the strand's lock.</para>
/// </remarks>
internal sealed class Strand
{
    private readonly StrandTenure _tenure;
    private SpinMutex _lock;
    private VectorClock _clock;
    private bool _ownsSlot;
    private bool _sharesSlot;

    /// <summary>The steps of all threads that rewritten code has not started: fixtures, test runners, callbacks of the framework. All of
    /// them count as ordered.</summary>
    internal static readonly Strand Outside = new(null, new("outside"), null, null);

    internal readonly int Slot;

    /// <summary>What reports say of it.</summary>
    internal readonly StrandIdentity Identity;

    /// <summary>The goroutine's id; 0 if the strand is not a goroutine.</summary>
    internal readonly long GoroutineId;

    /// <summary>The runtime of the goroutine, or of the goroutine that started the thread or task; null if there is none. Races are charged
    /// to this runtime.</summary>
    internal readonly object? Runtime;

    /// <summary>The test to which it belongs; null if there is none.</summary>
    internal readonly TestWorld? Test;

    /// <summary>The number of the test to which it belongs; 0 if there is none. Accesses in different worlds do not race.</summary>
    internal readonly int World;

    /// <summary>Its neighbours in the list of <see cref="TestWorld"/>, under the lock of that.</summary>
    internal Strand? Next;
    internal Strand? Previous;

    /// <summary>The stack at the operation that it has deferred. Set only when a schedule is repeated.</summary>
    internal string? OperationStack;

    internal long Epoch;

    /// <summary>The number of static constructors that had ended when it last looked (<see cref="RaceAccess.Initialized"/>).</summary>
    internal int InitializersSeen;

    private Strand(Strand? parent, StrandIdentity identity, TestWorld? test, object? runtime)
    {
        Slot = StrandSlots.Take(out _ownsSlot);
        _tenure = new StrandTenure(Slot);
        Test = test;
        World = test?.Number ?? 0;
        GoroutineId = identity.GoroutineId;
        Runtime = runtime;
        if (parent is not null)
        {
            parent.Release(out _clock);
        }

        _sharesSlot = !_ownsSlot;
        NextEpoch();
        Identity = identity with { FirstEpoch = Epoch };
        if (_ownsSlot)
        {
            StrandSlots.Began(this);
        }

        if (GoroutineId != 0)
        {
            test?.Began(this);
        }
    }

    ~Strand() => End();

    /// <summary>The first epoch of this strand in its slot.</summary>
    internal long FirstEpoch => Identity.FirstEpoch;

    internal static Strand Fork(Strand? parent, G g, TestWorld? test) => Fork(parent, StrandIdentity.OfGoroutine(g.Id, g.CreatedFile, g.CreatedLine), test, g.Scheduler);

    internal static Strand Fork(Strand? parent, StrandIdentity identity, TestWorld? test, object? runtime) => new(parent, identity, test, runtime);

    internal static Strand Fork(Strand parent, string kind, long number = 0) => new(parent, new(kind, number), parent.Test, parent.Runtime);

    /// <summary>Makes a strand that nothing comes before yet, in the test of another.</summary>
    internal static Strand Beside(Strand other, string kind, long number = 0) => new(null, new(kind, number), other.Test, other.Runtime);

    /// <summary>Called in the last turn of a goroutine.</summary>
    internal void Finish()
    {
        Test?.Ended(this);
        LeaveSlot(hasFinished: true);
    }

    /// <summary>Called after its last step. Gives the slot back, so that another strand may have it.</summary>
    /// <remarks>A finalizer calls it, too, so reports do not say that the strand has finished: what they say must not depend on the collector.</remarks>
    internal void End() => LeaveSlot(hasFinished: false);

    private void LeaveSlot(bool hasFinished)
    {
        _lock.Enter();
        bool owned = _ownsSlot;
        bool shared = _sharesSlot;
        _ownsSlot = _sharesSlot = false;
        if (owned)
        {
            _tenure.End(Epoch);
        }

        _lock.Exit();
        if (owned)
        {
            StrandSlots.Return(Slot, hasFinished);
        }
        else if (shared)
        {
            StrandSlots.EndSharing(Slot);
        }

        if (owned || shared)
        {
#pragma warning disable CA1816 // the finalizer only does this for strands of which nothing else tells that they have ended
            GC.SuppressFinalize(this);
#pragma warning restore CA1816
        }
    }

    /// <summary>Whether everything up to <paramref name="epoch"/> of <paramref name="slot"/> happens before this strand's next step.</summary>
    internal bool IsAfter(int slot, long epoch) => epoch <= _clock[slot];

    /// <summary>Orders what a clock knows before this strand's next steps.</summary>
    /// <param name="other">The clock. It has been shared (<see cref="VectorClock.Share()"/>), or is not used after this.</param>
    internal void Acquire(in VectorClock other)
    {
        if (!other.IsEmpty)
        {
            _lock.Enter();
            _clock.Merge(other, _tenure);
            _lock.Exit();
        }
    }

    /// <summary>Orders everything that these strands have done and know before this strand's next steps.</summary>
    internal void AcquireAll(IReadOnlyList<Strand> strands)
    {
        foreach (Strand strand in strands)
        {
            if (!ReferenceEquals(strand, this))
            {
                strand.Release(out VectorClock released);
                Acquire(released);
            }
        }
    }

    /// <summary>Stores everything that this strand has done and knows, and begins a new epoch.</summary>
    internal void Release(out VectorClock released)
    {
        _lock.Enter();
        bool ended = _tenure.HasEnded;
        _clock.Raise(Slot, Epoch); // in its own clock, where a base that it fills is one for all releases to come
        if (ended)
        {
            _clock.Share();
        }
        else
        {
            _clock.Share(_tenure, Epoch);
        }

        released = _clock;
        if (!ended)
        {
            NextEpoch();
        }

        _lock.Exit();
    }

    private void NextEpoch() => Volatile.Write(ref Epoch, StrandSlots.NextEpoch(Slot));
}
