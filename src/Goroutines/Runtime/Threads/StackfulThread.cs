using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>The thread of a stackful goroutine: a worker that runs one goroutine at a time, from its beginning to its end.</summary>
internal sealed class StackfulThread(Scheduler scheduler, int id) : M(scheduler, id)
{
    /// <summary>The number of nanoseconds after which a thread without a goroutine ends.</summary>
    private const long IdleLifetime = 10_000_000_000;

    [ModelValue(0)]
    private static int Spins => 40;

    /// <summary>How often to check the note before sleeping: a hand-over between two cores is faster than the system's wake-up.</summary>
    private static readonly int s_spins = Environment.ProcessorCount > 1 ? Spins : 0;

    /// <summary>Whether a waker yields to the thread that it has woken. On one core that thread usually wakes it again, and then neither
    /// sleeps.</summary>
    private static readonly bool s_yields = Environment.ProcessorCount == 1;

    /// <summary>The goroutine to run with the next P. Given under the pool's lock; taken by this thread.</summary>
    internal ThreadG? Assigned;

    /// <summary>Links of the pool's idle list, owned by its lock: thousands may leave it at the same time.</summary>
    internal StackfulThread? NextIdle;
    internal StackfulThread? PreviousIdle;

    /// <summary>Whether it is in the pool's idle list; owned by the pool's lock.</summary>
    internal bool IsIdle;

    internal void Start(int stackSize)
    {
        Thread thread = new(static self => ((StackfulThread)self!).RunGoroutines(), stackSize)
        {
            IsBackground = true,
        };
        thread.UnsafeStart(this);
    }

    /// <summary>Binds a new goroutine to this thread. Under the pool's lock.</summary>
    internal void Take(ThreadG g)
    {
        g.LockedM = this;
        Assigned = g;
    }

    /// <summary>Sleeps until it is the goroutine's turn.</summary>
    /// <exception cref="ObjectDisposedException">The runtime was stopped: the body is unwound, so that its thread can end.</exception>
    internal void AwaitTurn(G g)
    {
        if (s_yields && Volatile.Read(ref NextP) is null)
        {
            Thread.Yield();
        }

        while (Volatile.Read(ref NextP) is null)
        {
            if (Scheduler.IsStopping)
            {
                // Take a P, so that code in the body's finally blocks finds the goroutine in its usual state.
                TakeStrayP();
                g.SetRunningStatus(GStatus.Running);
                throw Scheduler.StoppedInside(g);
            }

            Note.Sleep(-1, s_spins);
        }

        TakeGivenP();
    }

    /// <summary>Called before a wait: if the runtime has been stopped, no turn would come in which to continue.</summary>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    internal void ThrowIfStopped(G g)
    {
        if (Scheduler.IsStopping)
        {
            throw Scheduler.StoppedInside(g);
        }
    }

    private void RunGoroutines()
    {
        Attach();
        try
        {
            while (WaitForGoroutine())
            {
                do
                {
                    RunAssigned();
                    if (Scheduler.IsStopping)
                    {
                        return; // unwound, or the last turn
                    }

                    Clean(Thread.CurrentThread);
                }
                while (Scheduler.GoOnWithNext(this));
            }
        }
        finally
        {
            Scheduler.Stacks.Leave(this);
            if (Assigned is { } unstarted)
            {
                Assigned = null;
                Scheduler.AbandonUnstarted(unstarted);
            }

            Scheduler.GiveUpP(this);
            Detach();
            Scheduler.Stacks.Exited(this);
            if (Scheduler.IsStopping)
            {
                Scheduler.Obligations.Break();
                Scheduler.TellIfAllGone();
            }

            ThreadLimit.Release();
        }
    }

    /// <summary>Not inlined: no slot of the loop's frame may keep alive a goroutine that has ended, and with it what its body refers to.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunAssigned()
    {
        ThreadG g = Assigned!;
        Assigned = null;
        CurrentG = g;
        Thread.CurrentThread.Name = $"goroutine {g.Id}";
        g.RunToEnd(this);
        CurrentG = null;
    }

    /// <summary>Resets the thread, so that the next goroutine finds it as if it were new. The thread pool does the same between its
    /// work items.</summary>
    private static void Clean(Thread thread)
    {
        if (!thread.IsBackground)
        {
            thread.IsBackground = true;
        }

        if (thread.Priority != ThreadPriority.Normal)
        {
            thread.Priority = ThreadPriority.Normal;
        }
    }

    /// <returns><see langword="false"/> if the thread should end.</returns>
    private bool WaitForGoroutine()
    {
        while (Volatile.Read(ref NextP) is null)
        {
            if (Scheduler.IsStopping)
            {
                return false;
            }

            if (!Note.Sleep(IdleLifetime) && Scheduler.Stacks.TryRetire(this))
            {
                return false;
            }
        }

        TakeGivenP();
        return true;
    }
}
