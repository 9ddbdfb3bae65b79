using Goroutines.ModelTests.Model;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>A P changes hands: from a worker in a blocking region to the monitor or back, and from thread to thread. One thread has it at a time, and none is lost.</summary>
public class HandOffTests
{
    [Fact]
    public void BlockingRegion_AgainstTheMonitor() => Verify.Holds(RegionAgainstMonitor);

    [Fact]
    public void Turn_GivenToAThreadThatIsAboutToSleep() => Verify.Holds(GiveTurn);

    [Fact]
    public void BlockingRegion_AgainstTheMonitor_LoadsReordered() => Verify.HoldsReordered(RegionAgainstMonitor);

    [Fact]
    public void Turn_GivenToAThreadThatIsAboutToSleep_LoadsReordered() => Verify.HoldsReordered(GiveTurn);

    [Fact]
    public void Planted_TakenByAPlainStore() => Verify.Finds(RegionAgainstMonitor, Plant.Weaken("P.TryTakeFromSyscall CompareExchange _status"));

    [Fact]
    public void Planted_TurnIsSignalledByAPlainStore() => Verify.Finds(GiveTurn, Plant.Weaken("ParkingNote.Wake Exchange _state"));

    /// <summary>As Scheduler.Observe does, the monitor takes the P of a worker that is in a blocking region, and hands it on.</summary>
    private static ModelProgram RegionAgainstMonitor()
    {
        Scheduler scheduler = Runtimes.Make(procs: 1).Scheduler;
        Worker worker = new Worker(scheduler, 1).WithP();
        P p = worker.P!;
        int holders = 1;
        int after = 0;
        G g = Runtimes.Goroutine(scheduler, () =>
        {
            Shared.Add(ref holders, -1);
            worker.EnterBlocking();
            worker.ExitBlocking();
            Assert.Same(p, worker.P);
            Assert.True(Shared.Add(ref holders, 1) == 1, "Two threads have the P.");
            after++;
            return default;
        });
        return new ModelProgram { Check = () => Assert.Equal(1, after) }
            .Thread("worker", () =>
            {
                worker.Begin();
                worker.Run(g);
            })
            .Thread("monitor", () =>
            {
                if (p.TryTakeFromSyscall(PStatus.Running))
                {
                    Assert.True(Shared.Add(ref holders, 1) == 1, "Two threads have the P.");
                    Shared.Add(ref holders, -1);
                    p.SyscallTick++;
                    p.Worker = null;
                    scheduler.HandOff(p);
                }
            });
    }

    private static ModelProgram GiveTurn()
    {
        Scheduler scheduler = Runtimes.Make(procs: 1).Scheduler;
        P p = scheduler.TryTakeIdleP()!;
        StackfulThread thread = new(scheduler, 1);
        G g = Runtimes.Goroutine(scheduler);
        return new ModelProgram { Check = () => Assert.Same(p, thread.P) }
            .Thread("goroutine", () => thread.AwaitTurn(g))
            .Thread("worker", () => Scheduler.GiveTurn(p, thread, inheritTime: false));
    }
}
