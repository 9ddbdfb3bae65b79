using Goroutines.ModelTests.Model;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>
/// The wake-up protocol (the essay in Scheduler.cs): no goroutine lies in a queue while all workers sleep. The idler is a
/// worker that looks for something to run with the library's own loop; it has to come to the goroutine, or wake a worker that does.
/// </summary>
public class IdleTests
{
    [Fact]
    public void GlobalQueue_AgainstOneIdler() => Verify.Holds(() => Submit(local: false));

    [Fact]
    public void OwnQueue_AgainstOneIdler() => Verify.Holds(() => Submit(local: true));

    [Fact]
    public void TwoSubmitters_AgainstOneIdler() => Verify.HoldsWithin(2, TwoSubmitters);

    [Fact]
    public void OneSubmitter_AgainstTwoIdlers() => Verify.HoldsWithin(2, TwoIdlers);

    [Fact]
    public void GlobalQueue_AgainstOneIdler_LoadsReordered() => Verify.HoldsReordered(() => Submit(local: false));

    [Fact]
    public void OwnQueue_AgainstOneIdler_LoadsReordered() => Verify.HoldsReordered(() => Submit(local: true));

    [Fact]
    public void TwoSubmitters_AgainstOneIdler_LoadsReordered() => Verify.HoldsReordered(TwoSubmitters, preemptions: 1);

    [Fact]
    public void OneSubmitter_AgainstTwoIdlers_LoadsReordered() => Verify.HoldsReordered(TwoIdlers, preemptions: 1);

    [Fact]
    public void HandedP_WithTheOrderToLook_LoadsReordered() => Verify.HoldsReordered(HandedP);

    /// <summary>The worker sees the P before it is woken, and then whether it counts as one that looks for work.</summary>
    [Fact]
    public void Planted_HandedPIsSeenByPlainLoads_LoadsReordered() => Verify.FindsReordered(
        HandedP,
        [Plant.Weaken("Scheduler.ParkWithoutP LoadVolatile NextP"), Plant.Weaken("Scheduler.TakeNextP LoadVolatile NextP")]);

    [Fact]
    public void Planted_HandedPIsStoredWithoutRelease_LoadsReordered() => Verify.FindsReordered(HandedP, [Plant.Weaken("Scheduler.StartWorker StoreVolatile NextP")]);

    [Fact]
    public void Planted_NoFenceBeforeTheLookForIdlers() => Verify.Finds(() => Submit(local: true), Plant.Drop("Scheduler.WakeIfIdle Fence"));

    [Fact]
    public void Planted_NoFenceBeforeTheLastLook() => Verify.Finds(() => Submit(local: true), Plant.Weaken("Scheduler.GoIdle Decrement _spinning"));

    private static ModelProgram TwoSubmitters()
    {
        Scheduler scheduler = Runtimes.Make(procs: 1).Scheduler;
        Worker idler = new Worker(scheduler, 1).WithP();
        G[] goroutines = [Runtimes.Goroutine(scheduler), Runtimes.Goroutine(scheduler)];
        ModelProgram program = new ModelProgram { Check = () => Assert.All(goroutines, static g => Assert.True(g.HasEnded, "A goroutine lies in a queue, and everybody sleeps.")) }
            .Daemon("idler", () => RunAll(scheduler, idler));
        foreach (G g in goroutines)
        {
            program.Thread($"submitter {g.Id}", () =>
            {
                scheduler.EnqueueGlobal(g);
                scheduler.WakeIfIdle();
            });
        }

        return program;
    }

    private static ModelProgram TwoIdlers()
    {
        Scheduler scheduler = Runtimes.Make(procs: 2).Scheduler;
        Worker[] idlers = [new Worker(scheduler, 1).WithP(), new Worker(scheduler, 2).WithP()];
        G g = Runtimes.Goroutine(scheduler);
        ModelProgram program = new() { Check = () => Assert.True(g.HasEnded, "The goroutine lies in a queue, and everybody sleeps.") };
        foreach (Worker idler in idlers)
        {
            program.Daemon($"idler {idler.Id}", () => RunAll(scheduler, idler));
        }

        return program.Thread("submitter", () =>
        {
            scheduler.EnqueueGlobal(g);
            scheduler.WakeIfIdle();
        });
    }

    private static void RunAll(Scheduler scheduler, Worker worker)
    {
        worker.Begin();
        while (scheduler.FindRunnable(worker, out _) is { } found)
        {
            worker.Run(found);
        }
    }

    /// <summary>A worker that is about to sleep without a P gets one, and the order to look for work.</summary>
    private static ModelProgram HandedP()
    {
        Scheduler scheduler = Runtimes.Make(procs: 1).Scheduler;
        Worker worker = new(scheduler, 1);
        return new ModelProgram()
            .Daemon("worker", () =>
            {
                worker.BeginWithoutP();
                scheduler.ParkWithoutP(worker);
                Assert.True(Memory.Load(ref worker.Spinning, Sites.Count), "The worker has a P and does not know what for.");
            })
            .Thread("waker", scheduler.WakeOne);
    }

    /// <summary>One worker with a P puts a goroutine into its queue, or a foreign thread into the global one, while another worker runs dry.</summary>
    private static ModelProgram Submit(bool local)
    {
        GoRuntime runtime = Runtimes.Make(procs: local ? 2 : 1);
        Scheduler scheduler = runtime.Scheduler;
        Worker idler = new Worker(scheduler, 1).WithP();
        Worker submitter = new(scheduler, 2);
        bool ran = false;
        G g = Runtimes.Goroutine(scheduler, () =>
        {
            ran = true;
            return default;
        });
        ModelProgram program = new() { Check = () => Assert.True(ran, "The goroutine lies in a queue, and everybody sleeps.") };
        if (local)
        {
            submitter.WithP();
        }

        return program
            .Daemon("idler", () =>
            {
                idler.Begin();
                if (scheduler.FindRunnable(idler, out _) is { } found)
                {
                    idler.Run(found);
                }
            })
            .Thread("submitter", () =>
            {
                if (local)
                {
                    submitter.Begin();
                }

                scheduler.SpawnAnyway(g);
                submitter.End();
            });
    }
}
