using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>The thread of a stackful goroutine: a worker that runs one goroutine at a time, from its beginning to its end.</summary>
internal sealed class StackfulThread(Scheduler scheduler, int id) : M(scheduler, id)
{
    /// <summary>A thread without a goroutine ends after this many nanoseconds.</summary>
    private const long IdleLifetime = 10_000_000_000;

    [ModelValue(0)]
    private static int Spins => 40;

    /// <summary>Looks at the note before sleeping: a hand-over between two cores is faster than the system's wake-up.</summary>
    private static readonly int s_spins = Environment.ProcessorCount > 1 ? Spins : 0;

    /// <summary>On one core a waker gives way to the thread it has woken, which as a rule wakes it again: then neither sleeps.</summary>
    private static readonly bool s_yields = Environment.ProcessorCount == 1;

    /// <summary>The goroutine to run with the next P. Given under the pool's lock; taken by this thread.</summary>
    internal ThreadG? Assigned;

    /// <summary>Links of the pool's idle list, owned by its lock: thousands may leave it at the same time.</summary>
    internal StackfulThread? NextIdle;
    internal StackfulThread? PreviousIdle;

    /// <summary>In the pool's idle list; owned by its lock.</summary>
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
                // With a P, so that what its finally blocks do finds the goroutine as it always is.
                TakeStrayP();
                g.SetRunningStatus(GStatus.Running);
                throw Scheduler.StoppedInside(g);
            }

            Note.Sleep(-1, s_spins);
        }

        TakeGivenP();
    }

    /// <summary>Before a wait: if the runtime has been stopped, no turn would come to go on in.</summary>
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

    /// <summary>Not inlined: no slot of the loop's frame may keep a goroutine alive that has ended, and with it what its body refers to.</summary>
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

    /// <summary>The next goroutine finds the thread as if it were new (the thread pool does the same between its work items).</summary>
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

    /// <returns><see langword="false"/>: the thread is to end.</returns>
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
