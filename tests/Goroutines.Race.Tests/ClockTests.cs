using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>The clocks of strands and objects, which share memory and pass over what they know, against arrays that do neither.</summary>
[Collection("Collections of garbage")]
[RaceIgnore("It drives strands by hand.")]
public sealed class ClockTests
{
    private const int Steps = 3000;

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 12)]
    [InlineData(3, 60)]
    [InlineData(4, 200)]
    public void Strand_AfterAnySteps_KnowsExactlyWhatItAcquired(int seed, int strandCount)
    {
        Random random = new(seed);
        List<Model> strands = [.. Enumerable.Range(0, strandCount).Select(static i => new Model(Strand.Beside(Strand.Outside, $"strand {i}"), []))];
        Shared[] shared = [.. Enumerable.Range(0, strandCount).Select(static _ => new Shared())];
        for (int step = 0; step < Steps; step++)
        {
            int index = random.Next(strands.Count);
            Model strand = strands[index];
            Shared sync = shared[random.Next(shared.Length)];
            switch (random.Next(14))
            {
                case 0 or 1 or 2:
                    sync.Known = strand.Released();
                    sync.Object.Release(strand.Strand);
                    break;
                case 3 or 4:
                    sync.Known = Union(sync.Known, strand.Released());
                    sync.Object.ReleaseMerge(strand.Strand);
                    break;
                case 5 or 6 or 7 or 8:
                    sync.Object.Acquire(strand.Strand);
                    strand.Known = Union(strand.Known, sync.Known);
                    break;
                case 9 or 10:
                    Dictionary<int, long> released = strand.Released();
                    sync.Object.Send(strand.Strand, capacity: 1, buffered: 0, receiver: null);
                    strand.Known = Union(strand.Known, sync.Slot);
                    sync.Slot = released;
                    break;
                default:
                    // It ends, and another begins, perhaps in its slot.
                    strand.Strand.End();
                    Model parent = strands[random.Next(strands.Count)];
                    Dictionary<int, long> known = parent.Released();
                    strands[index] = new Model(Strand.Fork(parent.Strand, "child"), known);
                    break;
            }

            Compare(strands[index], seed, step);
        }

        foreach (Model strand in strands)
        {
            Compare(strand, seed, Steps);
            strand.Strand.End();
        }
    }

    /// <summary>With few free slots, each is soon used again: what was known of its last owner must not count for the next.</summary>
    [Theory]
    [InlineData(5, 4, 6)]
    [InlineData(6, 12, 14)]
    [InlineData(7, 12, 30)]
    public void Strand_WhereSlotsAreUsedAgainSoon_KnowsExactlyWhatItAcquired(int seed, int strandCount, int free)
    {
        List<Strand> others = [];
        HashSet<int> slots = [];
        do
        {
            others.Add(Strand.Beside(Strand.Outside, "other"));
        }
        while (slots.Add(others[^1].Slot)); // until two share a slot: none is free

        for (int i = 0; i < free; i++)
        {
            others[i].End();
        }

        Strand_AfterAnySteps_KnowsExactlyWhatItAcquired(seed, strandCount);
        others.ForEach(static other => other.End());
    }

    private static void Compare(Model model, int seed, int step)
    {
        for (int slot = 0; slot < StrandSlots.Count; slot++)
        {
            long expected = model.Known.GetValueOrDefault(slot);
            if (slot != model.Strand.Slot && (!model.Strand.IsAfter(slot, expected) || model.Strand.IsAfter(slot, expected + 1)))
            {
                Assert.Fail($"seed {seed}, step {step}: {model.Strand.Identity.Name} should know epoch {expected} of slot {slot}");
            }
        }
    }

    private static Dictionary<int, long> Union(Dictionary<int, long> first, Dictionary<int, long> second)
    {
        Dictionary<int, long> both = new(first);
        foreach ((int slot, long epoch) in second)
        {
            both[slot] = Math.Max(epoch, both.GetValueOrDefault(slot));
        }

        return both;
    }

    private sealed class Model(Strand strand, Dictionary<int, long> known)
    {
        internal Strand Strand => strand;

        internal Dictionary<int, long> Known { get; set; } = known;

        /// <summary>What the next release hands out.</summary>
        internal Dictionary<int, long> Released() => Union(Known, new() { [Strand.Slot] = Strand.Epoch });
    }

    private sealed class Shared
    {
        internal SyncObject Object { get; } = new();

        internal Dictionary<int, long> Known { get; set; } = [];

        internal Dictionary<int, long> Slot { get; set; } = [];
    }
}
