using Goroutines.ModelTests.Model;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>Draining (the essay in Population.cs): the last goroutine to end completes it, and none that was accepted is forgotten.</summary>
public class DrainTests
{
    [Fact]
    public void LastOne_EndsWhileTheDrainBegins() => Verify.Holds(() => Ends(workers: 1, before: false));

    [Fact]
    public void TwoEndAtOnce_WhileDraining() => Verify.Holds(() => Ends(workers: 2, before: true));

    [Fact]
    public void TwoEndAtOnce_WhileTheDrainBegins() => Verify.HoldsWithin(3, () => Ends(workers: 2, before: false));

    [Fact]
    public void Spawn_AgainstADrain_IsRefusedOrWaitedFor() => Verify.Holds(() => Spawns(local: true));

    [Fact]
    public void SpawnFromOutside_AgainstADrain_IsRefusedOrWaitedFor() => Verify.Holds(() => Spawns(local: false));

    [Fact]
    public void LastOne_EndsWhileTheDrainBegins_LoadsReordered() => Verify.HoldsReordered(() => Ends(workers: 1, before: false));

    [Fact]
    public void TwoEndAtOnce_WhileDraining_LoadsReordered() => Verify.HoldsReordered(() => Ends(workers: 2, before: true));

    [Fact]
    public void TwoEndAtOnce_WhileTheDrainBegins_LoadsReordered() => Verify.HoldsReordered(() => Ends(workers: 2, before: false));

    [Fact]
    public void Spawn_AgainstADrain_LoadsReordered() => Verify.HoldsReordered(() => Spawns(local: true));

    [Fact]
    public void SpawnFromOutside_AgainstADrain_LoadsReordered() => Verify.HoldsReordered(() => Spawns(local: false));

    /// <summary>Of two that end at once each may miss the other's count.</summary>
    [Fact]
    public void Planted_NoFenceBetweenCountAndSum()
        => Verify.Finds(() => Ends(workers: 2, before: true), Plant.Drop("Population.EndedWhileDraining Fence"));

    /// <summary>One that ends may miss the drain, and the drain its count.</summary>
    [Fact]
    public void Planted_NoBarrierBetweenTheDrainAndItsSum()
        => Verify.Finds(() => Ends(workers: 1, before: false), Plant.Drop("Population.BeginDrain FenceAll"));

    /// <summary>A spawner may miss that nothing is taken any more, and the drain its count.</summary>
    [Fact]
    public void Planted_NoBarrierBetweenTheRefusalAndTheSum()
        => Verify.Finds(() => Spawns(local: true), Plant.Drop("Population.BeginDrain FenceAll"));

    /// <summary>Each worker runs a goroutine to its end.</summary>
    private static ModelProgram Ends(int workers, bool before)
    {
        Scheduler scheduler = Runtimes.Make(workers).Scheduler;
        Worker[] all = [.. Enumerable.Range(1, workers).Select(id => new Worker(scheduler, id).WithP())];
        G[] goroutines = [.. all.Select(_ => Runtimes.Goroutine(scheduler))];
        for (int i = 0; i < workers; i++)
        {
            all[i].P!.Spawned++;
        }

        Task<bool>? drained = before ? scheduler.BeginDrain() : null;
        ModelProgram program = new() { Check = () => Assert.True(drained is { IsCompletedSuccessfully: true }, "All have ended, and nobody has said so.") };
        if (!before)
        {
            program.Thread("drainer", () => drained = scheduler.BeginDrain());
        }

        for (int i = 0; i < workers; i++)
        {
            (Worker worker, G g) = (all[i], goroutines[i]);
            program.Thread($"worker {worker.Id}", () =>
            {
                worker.Begin();
                worker.Run(g);
            });
        }

        return program;
    }

    /// <summary>A goroutine is spawned, and never run: what was accepted has to keep the drain from its end.</summary>
    private static ModelProgram Spawns(bool local)
    {
        Scheduler scheduler = Runtimes.Make(procs: 1).Scheduler;
        Worker spawner = new(scheduler, 1);
        if (local)
        {
            spawner.WithP();
        }

        G g = Runtimes.Goroutine(scheduler);
        bool accepted = false;
        Task<bool>? drained = null;
        return new ModelProgram { Check = () => Assert.True(drained!.IsCompleted != accepted, accepted ? "It was accepted, and forgotten." : "It was refused, and is waited for.") }
            .Thread("drainer", () => drained = scheduler.BeginDrain())
            .Thread("spawner", () =>
            {
                if (local)
                {
                    spawner.Begin();
                }

                try
                {
                    Spawn(scheduler, g);
                    accepted = true;
                }
                catch (ObjectDisposedException)
                {
                    // Refused.
                }

                spawner.End();
            });
    }

    /// <summary>Spawns with no P idle, for which a worker would be started.</summary>
    private static void Spawn(Scheduler scheduler, G g)
    {
        scheduler.TryTakeIdleP();
        scheduler.Spawn(g);
    }
}
