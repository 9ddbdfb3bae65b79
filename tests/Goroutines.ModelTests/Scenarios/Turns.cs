using System.Runtime.CompilerServices;
using Goroutines.ModelTests.Model;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>One goroutine and the workers that give it turns, which must not overlap.</summary>
internal sealed class Turns(int procs)
{
    private int _running;
    private readonly List<Worker> _made = [];

    internal Scheduler Scheduler { get; } = Runtimes.Make(procs).Scheduler;

    internal G Goroutine(Func<Task> body) => new TaskG(Scheduler, Scheduler.NewGoroutineId(), body, null, 0);

    /// <summary>A worker with a P.</summary>
    internal Worker Worker()
    {
        Worker worker = new Worker(Scheduler, _made.Count + 1).WithP();
        _made.Add(worker);
        return worker;
    }

    /// <summary>In the goroutine: from here to <see cref="Leave"/> nothing else may run in it.</summary>
    internal void Enter() => Assert.True(Shared.Add(ref _running, 1) == 1, "The goroutine has two turns at once.");

    internal void Leave() => Shared.Add(ref _running, -1);

    /// <summary>Gives a turn to what is first in the global queue.</summary>
    internal void RunGlobal(Worker worker)
    {
        if (Runtimes.GlobalQueue(Scheduler).Take(worker.P!, most: 1, procs: 1) is { } g && !(g.Binding is { } binding && GoesElsewhere(worker, g, binding, false)))
        {
            worker.Run(g);
        }
    }

    /// <summary>Whether the goroutine is to have another turn: it is runnable, and in one queue once.</summary>
    internal bool IsQueued(G goroutine)
    {
        List<G> queued = Runtimes.Global(Scheduler);
        foreach (P p in Procs(Scheduler).All)
        {
            p.Queue.CopyTo(queued);
        }

        int times = queued.Count(g => ReferenceEquals(g, goroutine));
        Assert.True(times == (goroutine.Status == GStatus.Runnable ? 1 : 0), $"The goroutine is {goroutine.Status} and queued {times} times.");
        return times == 1;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_procs")]
    private static extern ref ProcSet Procs(Scheduler scheduler);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "GoesElsewhere")]
    private static extern bool GoesElsewhere(M worker, G g, object binding, bool inheritTime);
}
