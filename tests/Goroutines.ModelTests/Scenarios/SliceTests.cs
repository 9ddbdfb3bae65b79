using Goroutines.ModelTests.Model;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>
/// A chain of goroutines that hand the P on by <c>runnext</c> has one slice: what waits in the ring comes before its end. There is no
/// monitor here, and the clock stands still: only the turns that the P's holder counts can end it.
/// </summary>
public class SliceTests
{
    private const int Links = 12;

    [Fact]
    public void Chain_EndsItsSlice() => Verify.Holds(() => Chain(synchronous: false));

    [Fact]
    public void ChainOfSynchronousBodies_EndsItsSlice() => Verify.HoldsWithin(1, () => Chain(synchronous: true));

    [Fact]
    public void Planted_InheritedTurnsAreNotCounted()
        => Verify.Finds(() => Chain(synchronous: false), Plant.Drop("P.CountTurn Store P.TurnsToLook"));

    [Fact]
    public void Planted_InheritedTurnsOfSynchronousBodiesAreNotCounted()
        => Verify.Finds(() => Chain(synchronous: true), Plant.Drop("P.CountTurn Store P.TurnsToLook"));

    [Fact]
    public void Planted_LooksAreNotCounted()
        => Verify.Finds(() => Chain(synchronous: false), Plant.Drop("Scheduler.SliceIsOver Store P.ChainLooks#2"));

    /// <summary>Each link spawns the next one and ends.</summary>
    private static ModelProgram Chain(bool synchronous)
    {
        GoRuntime runtime = Runtimes.Make(procs: 1);
        Scheduler scheduler = runtime.Scheduler;
        int links = 0;
        int linksBefore = -1;
        G waits = Runtimes.Goroutine(scheduler, () =>
        {
            linksBefore = links;
            return default;
        });
        return new ModelProgram
        {
            Check = () =>
            {
                Assert.Equal(Links, links);
                Assert.InRange(linksBefore, 0, Links - 1);
            },
        }
        .Thread("starter", () =>
        {
            if (synchronous)
            {
                runtime.Spawn(Link);
            }
            else
            {
                scheduler.SpawnAnyway(Runtimes.Goroutine(scheduler, AsyncLink));
            }
        });

        ValueTask AsyncLink()
        {
            if (BeginLink())
            {
                scheduler.SpawnAnyway(Runtimes.Goroutine(scheduler, AsyncLink));
            }

            return default;
        }

        void Link()
        {
            if (BeginLink())
            {
                runtime.Spawn(Link);
            }
        }

        // The first one leaves another goroutine in the ring. Whether there are to be more.
        bool BeginLink()
        {
            if (links++ == 0)
            {
                M.Current!.P!.Queue.PushBack(waits, scheduler);
            }

            return links != Links;
        }
    }
}
