namespace Goroutines.Runtime;

/// <summary>Turns of stackful goroutines (runtime/proc.go: <c>startlockedm</c>, <c>stoplockedm</c>).</summary>
internal sealed partial class Scheduler
{
    internal StackfulPool Stacks { get; }

    /// <summary>Makes a new stackful goroutine runnable.</summary>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    internal void Spawn(ThreadG g)
    {
        ThrowIfRefusing(); // before it takes a thread
        g.AwaitThreadOf(Stacks);
        Stacks.EnsureIdle();
        P? p = CurrentP;
        _population.CountSpawn(p);
        if (_population.Refuses)
        {
            Refuse();
        }

        Queue(p, g);
    }

    /// <summary>Gives another turn to a goroutine that waits because the system refused it a thread. For sysmon.</summary>
    internal void RetryRefused()
    {
        if (Stacks.TakeRefused() is { } g)
        {
            EnqueueGlobal(g);
            WakeIfIdle();
        }
    }

    /// <summary>Hands a P to the thread on which a goroutine continues. The caller has the P to itself and gives it up.</summary>
    internal static void GiveTurn(P p, M thread, bool inheritTime)
    {
        p.CountTurn(inheritTime);
        Volatile.Write(ref thread.NextP, p);
        thread.Note.Wake();
    }

    /// <summary>Passes on the P after the goroutine of <paramref name="thread"/> has parked: straight to the thread of the next goroutine if
    /// that is a stackful one; otherwise, to a worker.</summary>
    internal void PassTurn(StackfulThread thread)
    {
        P p = thread.P!;
        if (_stopping && Driver is null)
        {
            GiveUpP(thread);
        }
        else if (IsExplored)
        {
            thread.Release();
            StartWorker(p, spinning: false); // where the driver chooses
        }
        else if (HasPLeft(thread, p))
        {
            RunDueTimers(p.Timers);
            G? next = TakeInTurn(p, out bool inheritTime);
            PassTo(thread, p, next, inheritTime);
        }
    }

    /// <summary>Called when the goroutine of <paramref name="thread"/> has ended. The thread continues with the next goroutine if that is
    /// a new stackful one. Otherwise the thread becomes idle, and its P goes where it goes after a park.</summary>
    /// <returns>Whether there is a goroutine to continue with.</returns>
    internal bool GoOnWithNext(StackfulThread thread)
    {
        P p = thread.P!;
        if (IsExplored || (_stopping && Driver is null) || p.Compensated || _procs.Surplus > 0)
        {
            Stacks.Finished(thread);
            PassTurn(thread);
            return false;
        }

        RunDueTimers(p.Timers);
        G? next = TakeInTurn(p, out bool inheritTime);
        if (next is ThreadG fresh && ReferenceEquals(fresh.Binding, Stacks))
        {
            Stacks.TakeTurn(thread, fresh);
            Driver?.TurnBegins(fresh);
            p.CountTurn(inheritTime);
            return true;
        }

        Stacks.Finished(thread);
        PassTo(thread, p, next, inheritTime);
        return false;
    }

    /// <summary>Returns whether the P of <paramref name="thread"/> is still needed. Otherwise it has been taken out of use.</summary>
    private bool HasPLeft(StackfulThread thread, P p)
    {
        if (p.Compensated || _procs.Surplus > 0)
        {
            RetireIfSurplus(thread, p);
        }

        return thread.HasP;
    }

    private void PassTo(StackfulThread thread, P p, G? next, bool inheritTime)
    {
        while (next is not null && ReferenceEquals(next.Binding, Stacks) && !Stacks.TryAssign((ThreadG)next))
        {
            next = TakeInTurn(p, out inheritTime);
        }

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
