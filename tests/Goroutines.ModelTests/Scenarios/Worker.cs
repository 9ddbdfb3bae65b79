using Goroutines.Runtime;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>A worker whose thread is one of the program's: it does what the test says instead of the worker's loop.</summary>
internal sealed class Worker(Scheduler scheduler, int id) : M(scheduler, id)
{
    /// <summary>Makes the calling thread this worker, with a P from the idle list.</summary>
    internal void Begin()
    {
        Attach();
        if (!HasP)
        {
            Acquire(Scheduler.TryTakeIdleP()!);
        }
    }

    /// <summary>Makes the calling thread this worker.</summary>
    internal void BeginWithoutP() => Attach();

    /// <summary>Gives the worker a P while the program is set up.</summary>
    internal Worker WithP()
    {
        Acquire(Scheduler.TryTakeIdleP()!);
        return this;
    }

    /// <summary>Gives a goroutine that was taken from a queue its turn.</summary>
    internal void Run(G g)
    {
        CurrentG = g;
        g.RunTurn(this);
        CurrentG = null;
    }

    internal void End() => Detach();
}
