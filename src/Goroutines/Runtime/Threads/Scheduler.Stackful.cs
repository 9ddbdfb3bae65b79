namespace Goroutines.Runtime;

/// <summary>Turns of stackful goroutines (runtime/proc.go: <c>startlockedm</c>, <c>stoplockedm</c>).</summary>
internal sealed partial class Scheduler
{
    internal StackfulPool Stacks { get; }

    /// <summary>Makes a new stackful goroutine runnable, or lets it wait for a thread.</summary>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    internal void Spawn(ThreadG g)
    {
        ThrowIfRefusing(); // before it takes a thread
        if (Stacks.TryAssign(g))
        {
            P? p = CurrentP;
            _population.CountSpawn(p);
            if (_population.Refuses)
            {
                // A thread that ends with the runtime may have found the goroutine by now, and told that it is gone.
                throw Stacks.TryUnassign(g) ? Refused() : Refusal();
            }

            Queue(p, g);
        }
        else
        {
            // Counted, and queued when a thread comes free. If none will any more, it is taken back here, or abandoned there.
            _population.CountSpawn(null);
            if (_population.Refuses && Stacks.TryRemoveWaiting(g))
            {
                Refuse();
            }
        }
    }

    /// <summary>Hands a P to the thread that a goroutine goes on on. The caller has the P to itself and gives it up.</summary>
    internal static void GiveTurn(P p, M thread, bool inheritTime)
    {
        p.CountTurn(inheritTime);
        Volatile.Write(ref thread.NextP, p);
        thread.Note.Wake();
    }

    /// <summary>
    /// The goroutine of <paramref name="thread"/> has parked or ended: its P goes straight to the thread of the next
    /// goroutine, if that is a stackful one; otherwise to a worker.
    /// </summary>
    internal void PassTurn(StackfulThread thread)
    {
        P p = thread.P!;
        if (_stopping && Driver is null)
        {
            GiveUpP(thread);
            return;
        }

        if (IsExplored)
        {
            thread.Release();
            StartWorker(p, spinning: false); // where the driver chooses
            return;
        }

        if (p.Compensated || _procs.Surplus > 0)
        {
            RetireIfSurplus(thread, p);
            if (!thread.HasP)
            {
                return;
            }
        }

        RunDueTimers(p.Timers);
        G? next = TakeInTurn(p, out bool inheritTime);
        thread.Release();
        if (next is null)
        {
            HandOff(p);
        }
        else if (next.LockedM is { } locked)
        {
            Driver?.TurnBegins(next);
            GiveTurn(p, locked, inheritTime);
        }
        else
        {
            if (!inheritTime)
            {
                p.BeginSlice(); // the worker takes it out of runnext, which counts as inherited
            }

            p.Queue.PushNext(next, this);
            StartWorker(p, spinning: false);
        }
    }
}
