using System.Runtime.ExceptionServices;
using Goroutines.Diagnostics;

namespace Goroutines.Scheduler;

/// <summary>The main goroutine, and the search for deadlocks (runtime/proc.go: <c>checkdead</c>).</summary>
/// <remarks>
/// Sysmon looks when every P is idle. Then no goroutine runs, so what it sees changes only if something outside of all
/// goroutines wakes one; and if nothing outside can, it does not change at all. It is a deadlock when there is no armed
/// timer, no blocking region, nobody outside waiting on a channel, and every goroutine provably waits for an operation
/// of ours without a live token (<see cref="AsyncStack.WaitsOnlyForUs"/>). Whatever can't be proved counts as able to go on.
/// </remarks>
internal sealed partial class Scheduler
{
    private volatile MainCall[] _mains = [];
    private int _outsideWaiters;

    /// <summary>Somebody who is no goroutine begins or ends a wait on a channel. Counted by the default runtime, for all.</summary>
    internal void OutsideWaiter(int change) => Interlocked.Add(ref _outsideWaiters, change);

    /// <summary>Runs <paramref name="main"/> and blocks the calling thread until it has ended, or nothing can go on.</summary>
    /// <param name="main">The main goroutine.</param>
    /// <param name="onEnd">Registers what is to be called when it has ended.</param>
    internal void RunMain(G main, Action<Action> onEnd)
    {
        MainCall call = new(main);
        if (main is StackfulG stackful)
        {
            Spawn(stackful);
        }
        else
        {
            Spawn(main);
        }

        try
        {
            // Only now, when the goroutine is queued or has run: before, the others alone might look deadlocked.
            Change(call, add: true);
            WakeSysmon();
            onEnd(call.Ended);
            call.Wait();
        }
        finally
        {
            Change(call, add: false);
            FinishReports();
        }
    }

    private void Change(MainCall call, bool add)
    {
        _lock.Enter();
        _mains = add ? [.. _mains, call] : [.. _mains.Where(other => !ReferenceEquals(other, call))];
        _lock.Exit();
    }

    internal static bool HasOutsideWaiters => Volatile.Read(ref GoRuntime.Default.Scheduler._outsideWaiters) != 0;

    private void CheckDeadlock()
    {
        if (!DetectDeadlocks || !_mains.Any(call => call.IsPending) || !NothingCanHappen())
        {
            return;
        }

        long ticks = Turns;
        List<G> goroutines = Goroutines();
        foreach (G g in goroutines)
        {
            // One that waits for a thread gets it only when another ends.
            bool asleep = g is StackfulG { WaitsForThread: true } || (g.Status == GStatus.Waiting && AsyncStack.WaitsOnlyForUs(g));
            if (!asleep && !g.HasEnded)
            {
                return;
            }
        }

        // Nobody has run meanwhile, so what was seen of one goroutine still held when the last was looked at.
        if (!NothingCanHappen() || ticks != Turns)
        {
            return;
        }

        DeadlockException deadlock = DeadlockException.Found(Traceback.Format(goroutines, this));
        foreach (MainCall call in _mains.Where(call => call.IsPending))
        {
            call.Fail(deadlock);
        }
    }

    private bool NothingCanHappen()
    {
        Interlocked.MemoryBarrier();
        if (_idleCount != _live || _globalCount != 0 || _spinning != 0 || HasOutsideWaiters)
        {
            return false;
        }

        foreach (P p in _allP)
        {
            if (!p.Queue.IsEmpty || p.Timers.AnyArmed())
            {
                return false;
            }
        }

        // Without a P a goroutine can only be in a blocking region, or wait for the end of one.
        return !_allM.Concat(Stacks.Threads).Any(m => m.CurrentG is { Status: not (GStatus.Waiting or GStatus.Dead) });
    }

    /// <summary>All goroutines that can be found: running, queued and parked. Racy while they run, in no order.</summary>
    internal List<G> Goroutines()
    {
        List<G> found = [];
        foreach (M m in _allM)
        {
            if (m.CurrentG is { } g)
            {
                found.Add(g);
            }
        }

        foreach (P p in _allP)
        {
            p.Queue.CopyTo(found);
        }

        _lock.Enter();
        int queued = _globalCount;
        _lock.Exit();
        found.EnsureCapacity(found.Count + queued + 64);
        _lock.Enter();
        for (G? g = _globalHead; g is not null && found.Count < found.Capacity; g = g.QueueNext)
        {
            found.Add(g);
        }

        _lock.Exit();
        Stacks.CopyWaiting(found);
        found.AddRange(Stacks.Threads.Select(thread => thread.CurrentG).OfType<G>());
        int lost = Registry.CopyTo(found);
        if (lost != 0)
        {
            GoroutinesLost(lost);
        }

        HashSet<G> seen = new(found.Count);
        found.RemoveAll(g => g.HasEnded || !seen.Add(g));
        return found;
    }

    /// <summary>One caller of Main, asleep until its goroutine ends or sysmon finds that it never will.</summary>
    private sealed class MainCall(G main)
    {
        private readonly ParkingNote _note = new();
        private volatile bool _done;
        private volatile Exception? _failure;

        /// <summary>Whether its goroutine has yet to end; the caller may take a while to notice that it has.</summary>
        internal bool IsPending => !main.HasEnded;

        internal void Ended()
        {
            _done = true;
            _note.Wake();
        }

        internal void Fail(Exception failure)
        {
            _failure = failure;
            Ended();
        }

        internal void Wait()
        {
            while (!_done)
            {
                _note.Sleep(-1);
            }

            if (_failure is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }
        }
    }
}
