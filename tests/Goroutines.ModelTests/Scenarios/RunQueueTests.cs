using System.Runtime.CompilerServices;
using Goroutines.ModelTests.Model;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>The ring of a P, of four places here, against thieves: each goroutine is taken exactly once, or is still queued.</summary>
public class RunQueueTests
{
    [Fact]
    public void Owner_PutsAndGets_OneThief() => Verify.Holds(() => Owner(thieves: 1));

    [Fact]
    public void Owner_PutsAndGets_TwoThieves() => Verify.Holds(FewForTwoThieves);

    [Fact]
    public void FullRing_Overflows_OneThief() => Verify.Holds(() => Overflow(thieves: 1));

    [Fact]
    public void FullRing_Overflows_TwoThieves() => Verify.Holds(() => Overflow(thieves: 2));

    [Fact]
    public void WrapAround_OwnerRefillsWhileAThiefReads() => Verify.Holds(Refill);

    [Fact]
    public void WrapAround_StoresReordered() => Verify.Holds(Refill, new ExplorerOptions { ReorderStores = true });

    [Fact]
    public void Put_StoresReordered_ThiefFindsTheSlotFilled() => Verify.Holds(Publish, new ExplorerOptions { ReorderStores = true });

    [Fact]
    public void RunNext_KickedTakenAndStolen() => Verify.Holds(Next);

    [Fact]
    public void ClearStale_LeavesWhatIsQueued() => Verify.Holds(ClearStale);

    [Fact]
    public void IsEmpty_IsNotFooledByAKick() => Verify.Holds(KickAgainstIsEmpty);

    [Fact]
    public void Outsider_TakesAgainstOwnerAndThief() => Verify.Holds(Outsider);

    [Fact]
    public void Owner_PutsAndGets_OneThief_LoadsReordered() => Verify.HoldsReordered(() => Owner(thieves: 1), preemptions: 3, oldLoads: 3);

    [Fact]
    public void Owner_PutsAndGets_TwoThieves_LoadsReordered() => Verify.HoldsReordered(FewForTwoThieves);

    [Fact]
    public void FullRing_Overflows_OneThief_LoadsReordered() => Verify.HoldsReordered(() => Overflow(thieves: 1), preemptions: 3, oldLoads: 3);

    [Fact]
    public void FullRing_Overflows_TwoThieves_LoadsReordered() => Verify.HoldsReordered(() => Overflow(thieves: 2));

    [Fact]
    public void WrapAround_OwnerRefillsWhileAThiefReads_LoadsReordered() => Verify.HoldsReordered(Refill, preemptions: 3, oldLoads: 3);

    [Fact]
    public void RunNext_KickedTakenAndStolen_LoadsReordered() => Verify.HoldsReordered(Next, preemptions: 3, oldLoads: 3);

    [Fact]
    public void ClearStale_LeavesWhatIsQueued_LoadsReordered() => Verify.HoldsReordered(ClearStale, preemptions: 3, oldLoads: 3);

    [Fact]
    public void IsEmpty_IsNotFooledByAKick_LoadsReordered() => Verify.HoldsReordered(KickAgainstIsEmpty, preemptions: 3, oldLoads: 3);

    [Fact]
    public void Outsider_TakesAgainstOwnerAndThief_LoadsReordered() => Verify.HoldsReordered(Outsider);

    [Fact]
    public void Planted_ThiefLooksAtTheTailByAPlainLoad_LoadsReordered() => Verify.FindsReordered(Publish, [Plant.Weaken("RunQueue.Grab LoadVolatile _tail")]);

    /// <summary>The goroutine is seen in neither place: it was kicked after the look at the tail, and that is seen too late.</summary>
    [Fact]
    public void Planted_OnlookerLooksAtRunNextByAPlainLoad_LoadsReordered()
        => Verify.FindsReordered(KickAgainstIsEmpty, [Plant.Weaken("RunQueue.get_IsEmpty LoadVolatile _next")]);

    [Theory]
    [InlineData("RunQueue.TakeOutside LoadVolatile _head")]
    [InlineData("RunQueue.TakeOutside LoadVolatile _tail")]
    public void Planted_OutsiderLooksByAPlainLoad_LoadsReordered(string site) => Verify.FindsReordered(Outsider, [Plant.Weaken(site)]);

    [Fact]
    public void Planted_OutsiderTakesByAPlainStore() => Verify.Finds(Outsider, Plant.Weaken("RunQueue.TakeOutside CompareExchange _head"));

    [Fact]
    public void Planted_OwnerTakesByAPlainStore() => Verify.Finds(() => Owner(thieves: 1), Plant.Weaken("RunQueue.GetFromRing CompareExchange _head"));

    [Fact]
    public void Planted_ThiefTakesByAPlainStore() => Verify.Finds(() => Owner(thieves: 1), Plant.Weaken("RunQueue.Grab CompareExchange _head"));

    [Fact]
    public void Planted_ThiefTakesRunNextByAPlainStore() => Verify.Finds(Next, Plant.Weaken("RunQueue.Grab CompareExchange _next"));

    [Fact]
    public void Planted_OverflowByAPlainStore() => Verify.Finds(() => Overflow(thieves: 1), Plant.Weaken("RunQueue.PushBackSlow CompareExchange _head"));

    [Fact]
    public void Planted_TailWithoutRelease_StoresReordered()
        => Verify.Finds(Publish, Plant.Weaken("RunQueue.PushBack StoreVolatile _tail"), new ExplorerOptions { ReorderStores = true });

    private static ModelProgram Owner(int thieves)
    {
        Queues queues = new(goroutines: 3, thieves);
        ModelProgram program = queues.Program().Thread("owner", () =>
        {
            queues.PushBack(0);
            queues.PushBack(1);
            queues.Take();
            queues.PushBack(2);
            queues.Take();
        });
        return queues.AddThieves(program, takeNext: false);
    }

    private static ModelProgram FewForTwoThieves()
    {
        Queues queues = new(goroutines: 2, thieves: 2);
        queues.PushBack(0);
        ModelProgram program = queues.Program().Thread("owner", () =>
        {
            queues.PushBack(1);
            queues.Take();
        });
        return queues.AddThieves(program, takeNext: false);
    }

    private static ModelProgram Overflow(int thieves)
    {
        Queues queues = new(goroutines: 5, thieves);
        for (int i = 0; i < 4; i++)
        {
            queues.PushBack(i);
        }

        return queues.AddThieves(queues.Program().Thread("owner", () => queues.PushBack(4)), takeNext: false);
    }

    private static ModelProgram Publish()
    {
        Queues queues = new(goroutines: 1, thieves: 1);
        return queues.AddThieves(queues.Program().Thread("owner", () => queues.PushBack(0)), takeNext: false);
    }

    private static ModelProgram Refill()
    {
        Queues queues = new(goroutines: 6, thieves: 1);
        for (int i = 0; i < 4; i++)
        {
            queues.PushBack(i);
        }

        ModelProgram program = queues.Program().Thread("owner", () =>
        {
            queues.Take();
            queues.PushBack(4);
            queues.Take();
            queues.PushBack(5);
        });
        return queues.AddThieves(program, takeNext: false);
    }

    private static ModelProgram Next()
    {
        Queues queues = new(goroutines: 3, thieves: 1);
        ModelProgram program = queues.Program().Thread("owner", () =>
        {
            queues.PushNext(0);
            queues.PushNext(1);
            queues.Take();
            queues.PushNext(2);
            queues.Take();
        });
        return queues.AddThieves(program, takeNext: true);
    }

    /// <summary>Sysmon, which has no queue of its own.</summary>
    private static ModelProgram Outsider()
    {
        Queues queues = new(goroutines: 3, thieves: 1);
        queues.PushBack(0);
        ModelProgram program = queues.Program()
            .Thread("owner", () =>
            {
                queues.PushNext(1);
                queues.PushNext(2);
                queues.Take();
            })
            .Thread("outsider", queues.TakeOutside);
        return queues.AddThieves(program, takeNext: true);
    }

    private static ModelProgram ClearStale()
    {
        Queues queues = new(goroutines: 5, thieves: 1);
        for (int i = 0; i < 4; i++)
        {
            queues.PushBack(i);
        }

        ModelProgram program = queues.Program().Thread("owner", () =>
        {
            queues.Queue.ClearStale();
            queues.Take();
            queues.PushBack(4);
            queues.Queue.ClearStale();
        });
        return queues.AddThieves(program, takeNext: false);
    }

    /// <summary>A queue in which a goroutine is all the time is never seen empty.</summary>
    private static ModelProgram KickAgainstIsEmpty()
    {
        Queues queues = new(goroutines: 2, thieves: 0);
        queues.PushNext(0);
        return queues.Program()
            .Thread("owner", () =>
            {
                queues.PushNext(1);
                queues.Take();
            })
            .Thread("onlooker", () => Assert.False(queues.Queue.IsEmpty, "The queue looks empty."));
    }

    /// <summary>The owner's queue, the thieves', and who has taken what.</summary>
    private sealed class Queues
    {
        private readonly Scheduler _scheduler = Runtimes.Make(procs: 1).Scheduler;
        private readonly G[] _goroutines;
        private readonly List<G>[] _taken;
        private readonly List<G> _takenOutside = [];
        private readonly RunQueue[] _thieves;

        internal readonly RunQueue Queue = new();

        internal Queues(int goroutines, int thieves)
        {
            _goroutines = [.. Enumerable.Range(0, goroutines).Select(_ => Runtimes.Goroutine(_scheduler))];
            _taken = [.. Enumerable.Range(0, thieves + 1).Select(static _ => new List<G>())];
            _thieves = [.. Enumerable.Range(0, thieves).Select(static _ => new RunQueue())];

            // So that the indices wrap around, too.
            Head(Queue) = Tail(Queue) = Cleared(Queue) = uint.MaxValue - 1;
        }

        internal void PushBack(int number) => Queue.PushBack(_goroutines[number], _scheduler);

        internal void PushNext(int number) => Queue.PushNext(_goroutines[number], _scheduler);

        internal void Take()
        {
            if (Queue.Get(out _) is { } g)
            {
                _taken[0].Add(g);
            }
        }

        internal void TakeOutside()
        {
            for (int i = 0; i < 2; i++)
            {
                if (Queue.TakeOutside() is { } g)
                {
                    _takenOutside.Add(g);
                }
            }
        }

        internal ModelProgram Program() => new() { Check = Check };

        internal ModelProgram AddThieves(ModelProgram program, bool takeNext)
        {
            for (int i = 0; i < _thieves.Length; i++)
            {
                RunQueue own = _thieves[i];
                List<G> taken = _taken[i + 1];
                program.Thread($"thief {i}", () =>
                {
                    if (own.StealFrom(Queue, takeNext) is { } g)
                    {
                        taken.Add(g);
                    }
                });
            }

            return program;
        }

        private void Check()
        {
            Assert.All([Queue, .. _thieves], static queue => Assert.InRange(queue.Count, 0, RunQueue.Capacity + 1)); // else a copy has no end
            List<G> found = [.. _taken.SelectMany(static taken => taken), .. _takenOutside, .. Runtimes.Global(_scheduler)];
            Queue.CopyTo(found);
            foreach (RunQueue thief in _thieves)
            {
                thief.CopyTo(found);
            }

            string all = string.Join(' ', found.Select(g => Array.IndexOf(_goroutines, g)).Order());
            Assert.Equal(string.Join(' ', Enumerable.Range(0, _goroutines.Length)), all);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_head")]
    private static extern ref uint Head(RunQueue queue);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_tail")]
    private static extern ref uint Tail(RunQueue queue);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_cleared")]
    private static extern ref uint Cleared(RunQueue queue);
}
