using Goroutines.Diagnostics;
using Goroutines.Scheduler;
using Goroutines.Testing.Time;
using Goroutines.Time;

namespace Goroutines.Testing.Conducting;

/// <summary>
/// Directs the runtime of one test: moves the virtual clock, serves <see cref="GoTest.WaitAsync"/>, and says how the test
/// ended. The protocol of Go's <c>testing/synctest</c> (runtime/synctest.go).
/// </summary>
/// <remarks>
/// <para><b>Durably blocked</b> is a goroutine that only the test itself can make go on: it waits for an operation of the
/// library (channel, select, lock, join, sleep …), with or without a token, or for a framework task that a timer
/// of the virtual clock completes (<c>Task.Delay(…, clock)</c>, <c>PeriodicTimer</c>). Not durably blocked is one that awaits any
/// other task, or is in a blocking region: something outside may be about to end that.</para>
/// <para>Go marks what was created inside the bubble; .NET's tasks have no such mark, so we ask the other way round: what of
/// ours does the goroutine wait for? An operation of ours in its continuation slot, or one awaited beside it (counted by
/// <see cref="SideWait"/>: <c>Task.WhenAll</c> over several), or a virtual timer whose promise leads to it
/// (<see cref="AsyncStack.Wakes"/>). One that waits for such a thing and for something outside at once (<c>Task.WhenAny</c>) counts as
/// durably blocked. Rejected: counting every await as durable (then a test that reads a real socket would see its time-outs
/// first), and letting real time pass before each step of the clock (an hour of ticks would take minutes).</para>
/// <para><b>Idle.</b> When the last worker has gone idle, and all goroutines are durably blocked: (1) if one is in WaitAsync, it
/// goes on; else (2) if the body has ended, the test has: whoever is left has leaked; else (3) if there is a timer, the clock
/// is set to the first; else (4) it is a deadlock. While one is not durably blocked nothing is done but to note since when
/// (<see cref="Look"/>): the thread that waits for the test bounds that in real time.</para>
/// <para>An exception that leaves the body, or a goroutine nobody joins, ends the test at once.</para>
/// <para><c>_gate</c> guards all fields but the two lists that goroutines write in their turns, which have <c>_listLock</c>: a
/// goroutine must not be seen to wait for a lock. Under the gate schedulers' locks may be taken, never the reverse.</para>
/// </remarks>
internal abstract class TestConductor(TimeSpan outsideGrace, TimeSpan outsideLimit) : Conductor, IOutcome
{
    /// <summary>How often <see cref="Look"/> is to be called, in nanoseconds.</summary>
    internal const long LookEvery = 20_000_000;

    private readonly Lock _gate = new();
    private readonly ParkingNote _note = new();
    private readonly Dictionary<G, int> _sideWaits = [];
    private readonly List<KeptFailure> _kept = [];
    private readonly List<TimerEntry> _timers = [];
    private SpinMutex _listLock;
    private OthersBlocked? _waiter;
    private bool _bodyEnded;
    private bool _isFinished;
    private bool _ignoreOutside;
    private bool _waitsOutside;
    private long _outsideSince = -1;
    private long _outsideTicks;

    internal VirtualClock Clock { get; } = new();

    internal Scheduler.Scheduler Scheduler { get; private set; } = null!;

    /// <summary>How the test failed; null: it has not, or not yet.</summary>
    internal TestFailure? Failure { get; private set; }

    internal bool BodyEnded => Volatile.Read(ref _bodyEnded);

    internal bool IsFinished => Volatile.Read(ref _isFinished);

    /// <summary>The conductor of the test that the caller is a goroutine of.</summary>
    internal static TestConductor? Current => M.Current is { CurrentG: { } g } ? g.Scheduler.Conductor as TestConductor : null;

    internal override void Attach(Scheduler.Scheduler scheduler)
    {
        Scheduler = scheduler;
        Clock.Attach(scheduler);
    }

    /// <summary>Makes the goroutine that runs the test's body.</summary>
    internal G MakeMain(Delegate body)
    {
        long id = Scheduler.NewGoroutineId();
        switch (body)
        {
            case Func<ValueTask> call:
                ValueTaskG valueTask = new(Scheduler, id, call, null, 0);
                valueTask.DeliverTo(this);
                return valueTask;
            case Func<Task> call:
                TaskG task = new(Scheduler, id, call, null, 0);
                task.DeliverTo(this);
                return task;
            default:
                StackfulActionG action = new(Scheduler, id, (Action)body, null, 0);
                action.DeliverTo(this);
                return action;
        }
    }

    /// <summary>Waits until every other goroutine is durably blocked.</summary>
    internal ValueTask WaitForOthers()
    {
        lock (_gate)
        {
            if (_waiter is not null)
            {
                throw new InvalidOperationException("Another goroutine of this test waits for all others already.");
            }

            _waiter = new OthersBlocked();
            return _waiter.Start(M.Current?.CurrentG);
        }
    }

    internal override bool Idle()
    {
        lock (_gate)
        {
            if (_isFinished)
            {
                return false;
            }

            try
            {
                return Conduct();
            }
            catch (Exception exception)
            {
                FinishLocked(FailureKind.Exception, exception); // a defect of ours must not end the process
                return false;
            }
        }
    }

    internal override void TimerAddedOutside() => Scheduler.WakeForConductor();

    internal override void FailureKept(G g, Exception failure, Func<bool> wasSeen)
    {
        _listLock.Enter();
        _kept.Add(new KeptFailure(g, failure, wasSeen));
        _listLock.Exit();
    }

    internal override void SideWait(G g, int change)
    {
        _listLock.Enter();
        int count = _sideWaits.GetValueOrDefault(g) + change;
        if (count == 0)
        {
            _sideWaits.Remove(g);
        }
        else
        {
            _sideWaits[g] = count;
        }

        _listLock.Exit();
    }

    /// <summary>The panic handler of the test's runtime.</summary>
    internal void Panicked(PanicInfo info) => Finish(FailureKind.Exception, new GoroutinePanicException(info));

    void IOutcome.Failing(G goroutine, Exception failure) => Finish(FailureKind.Exception, failure);

    void IOutcome.Complete(G goroutine, Exception? failure) => Volatile.Write(ref _bodyEnded, true);

    /// <summary>Called now and then by the thread that waits for the test: bounds waits for what is outside.</summary>
    internal void Look()
    {
        lock (_gate)
        {
            if (_isFinished || _outsideSince < 0)
            {
                return;
            }

            if (_outsideTicks != Scheduler.Turns)
            {
                _outsideSince = -1; // somebody has run since; the next one to go idle looks again
                return;
            }

            TimeSpan waited = TimeSpan.FromMicroseconds((Goroutines.Time.Clock.SystemNanoseconds() - _outsideSince) / 1000);
            if (_waitsOutside && outsideGrace != Timeout.InfiniteTimeSpan && waited >= outsideGrace)
            {
                _outsideSince = -1;
                _ignoreOutside = true;
                Scheduler.WakeForConductor();
            }
            else if (outsideLimit != Timeout.InfiniteTimeSpan && waited >= outsideLimit)
            {
                FinishLocked(FailureKind.Outside, new TimeoutException(
                    $"Goroutines of the test have waited {waited.TotalSeconds:0.#} s for something outside of it, and the virtual clock stands still meanwhile. "
                    + "If they await tasks that only other goroutines of the test complete, set OutsideGrace to zero."
                    + $"{Environment.NewLine}{Environment.NewLine}{Dump()}"));
            }
        }
    }

    /// <summary>Blocks until the test has ended, and its threads have, as far as they do so soon.</summary>
    internal void WaitForEnd()
    {
        while (!IsFinished)
        {
            _note.Sleep(LookEvery);
            Look();
        }

        StopThreads();
    }

    /// <summary>Blocks until the test has ended. Somebody else looks.</summary>
    internal void WaitForFinish()
    {
        while (!IsFinished)
        {
            _note.Sleep(-1);
        }
    }

    /// <summary>Parked goroutines with a thread of their own unwind when the runtime stops. Code of theirs runs then, so wait for it.</summary>
    internal void StopThreads()
    {
        Task workers = Scheduler.StopWorkersAsync();
        long begun = Goroutines.Time.Clock.SystemNanoseconds();
        for (int i = 0; (!workers.IsCompleted || Scheduler.Stacks.Threads.Length != 0) && Goroutines.Time.Clock.SystemNanoseconds() - begun < 1_000_000_000; i++)
        {
            Thread.Sleep(i < 50 ? 0 : 1);
        }
    }

    private protected void Finish(FailureKind kind, Exception failure)
    {
        lock (_gate)
        {
            FinishLocked(kind, failure);
        }
    }

    private void FinishLocked(FailureKind kind, Exception? failure)
    {
        if (_isFinished)
        {
            return;
        }

        Failure = failure is null ? null : new TestFailure(kind, failure);
        Volatile.Write(ref _isFinished, true);
        _ = Scheduler.StopWorkersAsync();
        _note.Wake();
    }

    /// <summary>The steps of the protocol, with every P idle.</summary>
    private bool Conduct()
    {
        _outsideSince = -1;
        List<G> alive = Scheduler.Goroutines();
        alive.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        bool ignoreOutside = _ignoreOutside || outsideGrace == TimeSpan.Zero;
        _ignoreOutside = false;
        bool inTurn = Scheduler.AnyInTurn();
        if (inTurn || (!ignoreOutside && !AreDurablyBlocked(alive)))
        {
            _waitsOutside = !inTurn;
            _outsideTicks = Scheduler.Turns;
            _outsideSince = Goroutines.Time.Clock.SystemNanoseconds();
            return false;
        }

        if (_waiter is { } waiter)
        {
            _waiter = null;
            waiter.Complete();
            return true;
        }

        if (_bodyEnded)
        {
            FinishEnded(alive);
            return false;
        }

        long when = long.MaxValue;
        foreach (TimerHeap heap in Scheduler.TimerHeaps)
        {
            when = Math.Min(when, heap.FindNextArmed());
        }

        if (when != long.MaxValue)
        {
            Clock.SetForward(Math.Max(when, Clock.Now));
            return true;
        }

        FinishLocked(FailureKind.Deadlock, DeadlockException.Found(Traceback.Format(alive, Scheduler)));
        return false;
    }

    private void FinishEnded(List<G> alive)
    {
        // One whose end has just woken the body may have been on its way out when they were listed.
        if (alive.Exists(static g => !g.HasEnded) && Traceback.Snapshot(Scheduler) is { Count: not 0 } left)
        {
            FinishLocked(FailureKind.Leak, GoroutineLeakException.Of(left, "The test's body has ended, but goroutines it started never will."));
            return;
        }

        KeptFailure? unseen = _kept.Find(static kept => !kept.WasSeen());
        FinishLocked(
            FailureKind.Exception,
            unseen is null ? null : new GoroutinePanicException(new PanicInfo(unseen.Failure, unseen.Goroutine.Id, Traceback.NameOf(unseen.Goroutine), Traceback.CreatedAt(unseen.Goroutine))));
    }

    private bool AreDurablyBlocked(List<G> alive)
    {
        _timers.Clear();
        foreach (TimerHeap heap in Scheduler.TimerHeaps)
        {
            heap.CopyArmed(_timers);
        }

        return alive.TrueForAll(IsDurablyBlocked);
    }

    private bool IsDurablyBlocked(G g)
    {
        if (g.HasEnded || g is StackfulG { WaitsForThread: true })
        {
            return true;
        }

        if (g.Status != GStatus.Waiting || g.HasPosted)
        {
            return false;
        }

        return g.ParkedOn is { IsCompleted: false, Reason: not WaitReason.IO }
            || HasSideWait(g)
            || _timers.Exists(entry => entry.Target is VirtualTimer timer && AsyncStack.Wakes(timer.State, g));
    }

    private bool HasSideWait(G g)
    {
        _listLock.Enter();
        bool has = _sideWaits.ContainsKey(g);
        _listLock.Exit();
        return has;
    }

    private string Dump() => Traceback.Format(Scheduler.Goroutines(), Scheduler);

    private sealed record KeptFailure(G Goroutine, Exception Failure, Func<bool> WasSeen);
}

/// <summary>How a test failed.</summary>
internal sealed record TestFailure(FailureKind Kind, Exception Exception);
