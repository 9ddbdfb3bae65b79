using System.Diagnostics;
using Goroutines.Diagnostics;
using Goroutines.Platform;
using Goroutines.Runtime;
using Goroutines.Testing.Time;

namespace Goroutines.Testing.Driving;

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
/// (<see cref="AsyncStack.FindWoken"/>). One that waits for such a thing and for something outside at once (<c>Task.WhenAny</c>) counts as
/// durably blocked. Rejected: counting every await as durable (then a test that reads a real socket would see its time-outs
/// first), and letting real time pass before each step of the clock (an hour of ticks would take minutes).</para>
/// <para><b>Idle.</b> When the last worker has gone idle, and all goroutines are durably blocked (<see cref="DurableBlocks"/>):
/// (1) if one is in WaitAsync, it goes on; else (2) if the body has ended, the test has: what is left has leaked; else (3) if there
/// is a timer, the clock is set to the first; else (4) it is a deadlock. While one is not durably blocked nothing is done but to note
/// since when (<see cref="Look"/>): the thread that waits for the test bounds that in real time.</para>
/// <para><b>A verdict holds</b> only if no goroutine ran while it was found. One that comes back from a blocking region needs no
/// worker of ours to wake it, may make others runnable and park again; so afterwards everything must still be idle and no turn have been
/// given. If not, the worker that was active comes to the same question when it goes idle. What the verdict is put to, the next
/// timer, is read before that last look: else a second worker might see the clock set for one timer, and set it for the one after.</para>
/// <para><b>Not quite a deadlock.</b> Where goroutines that wait for something outside count as blocked (OutsideGrace), (4) is proved
/// only by time: a socket, or a task while there is a grace, may take until OutsideLimit; with a grace of zero, where the caller says
/// that only the test completes its tasks, <see cref="DeadlockPatience"/> passes first.</para>
/// <para>An exception that escapes the body, or a goroutine nobody joins, ends the test at once.</para>
/// <para><c>_gate</c> guards all fields but the list that goroutines write in their turns, which has <c>_listLock</c>: a
/// goroutine must not be seen to wait for a lock. Under the gate schedulers' locks may be taken, never the reverse.</para>
/// </remarks>
internal abstract class TestDriver : ScheduleDriver, IOutcomeOwner
{
    /// <summary>For how long nothing must happen before a test whose goroutines await tasks counts as deadlocked, in nanoseconds.</summary>
    private const long DeadlockPatience = 100_000_000;

    private readonly TestLimits _limits;
    private readonly DurableBlocks _blocks = new();
    private readonly Lock _gate = new();
    private readonly ParkingNote _note = new();
    private readonly List<KeptFailure> _kept = [];
    private readonly long _begun = Goroutines.Runtime.Clock.SystemNanoseconds();
    private SpinMutex _listLock;
    private OthersBlocked? _waiter;
    private bool _bodyEnded;
    private bool _isFinished;

    /// <summary>Why the clock stands still, and since when: for <see cref="Look"/>.</summary>
    private Standstill _standstill;
    private long _standsSince;
    private long _turnsThen;

    /// <summary>What time has proved: the next evaluation acts on it.</summary>
    private bool _graceIsOver;
    private bool _patienceIsOver;

    private protected TestDriver(TestLimits limits)
    {
        _limits = limits;
        Clock = new VirtualClock(_blocks);
    }

    private enum Standstill
    {
        /// <summary>It does not, or nobody has looked yet.</summary>
        None,

        /// <summary>A goroutine is in the middle of a turn, or nothing may happen before something outside does.</summary>
        UntilItEnds,

        /// <summary>A goroutine waits for something outside; when the grace is over the clock goes on without it.</summary>
        UntilGraceIsOver,

        /// <summary>It looks like a deadlock.</summary>
        UntilPatienceIsOver,
    }

    internal VirtualClock Clock { get; }

    internal DurableBlocks Blocks => _blocks;

    internal Scheduler Scheduler { get; private set; } = null!;

    /// <summary>How the test failed; null: it has not, or not yet.</summary>
    internal TestFailure? Failure { get; private set; }

    /// <summary>Whether <see cref="Cancel"/> has ended the test.</summary>
    internal bool IsCancelled { get; private set; }

    internal bool BodyEnded => Volatile.Read(ref _bodyEnded);

    internal bool IsFinished => Volatile.Read(ref _isFinished);

    /// <summary>The driver of the test that the caller is a goroutine of.</summary>
    internal static TestDriver? Current => M.Current is { CurrentG: { } g } ? g.Scheduler.Driver as TestDriver : null;

    /// <exception cref="PlatformNotSupportedException">The framework can't be asked what wakes a goroutine, and virtual time needs to know.</exception>
    internal override void Attach(Scheduler scheduler)
    {
        if (FrameworkInternals.Problem is { } problem)
        {
            throw new PlatformNotSupportedException(
                $"GoTest can't tell what goroutines wait for: this framework ({Environment.Version}) keeps the chain of async methods differently. {problem}");
        }

        Scheduler = scheduler;
        Clock.Attach(scheduler);
    }

    /// <summary>Makes the goroutine that runs the test's body.</summary>
    internal G MakeMain(Delegate body)
    {
        G main = body switch
        {
            Func<ValueTask> call => Scheduler.NewGoroutine(call, null, 0),
            Func<Task> call => Scheduler.NewGoroutine(call, null, 0),
            _ => Scheduler.NewGoroutine((Action)body, null, 0),
        };
        main.Owner = this;
        return main;
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

    internal override bool OnAllIdle()
    {
        lock (_gate)
        {
            if (_isFinished)
            {
                return false;
            }

            try
            {
                return Drive();
            }
            catch (Exception exception)
            {
                FinishLocked(FailureKind.Exception, exception); // a defect of ours must not end the process
                return false;
            }
        }
    }

    internal override void TimerAddedOutside() => Scheduler.WakeForDriver();

    internal override void FailureKept(G g, Exception failure, Func<bool> wasSeen)
    {
        _listLock.Enter();
        _kept.Add(new KeptFailure(g, failure, wasSeen));
        _listLock.Exit();
    }

    internal override void SideWait(G g, int change) => _blocks.SideWait(g, change);

    internal override void TurnBegins(G g) => _blocks.TurnBegins(g);

    /// <summary>The panic handler of the test's runtime.</summary>
    internal void Panicked(PanicInfo info) => Finish(FailureKind.Exception, new GoroutinePanicException(info));

    void IOutcomeOwner.OnFailing(G goroutine, Exception failure) => Finish(FailureKind.Exception, failure);

    void IOutcomeOwner.OnCompleted(G goroutine, Exception? failure)
    {
        RaceHooks.Release(this);
        Volatile.Write(ref _bodyEnded, true);
    }

    /// <summary>Called now and then by the thread that waits for the test: bounds it, and waits for what is outside, in real time.</summary>
    internal void Look()
    {
        lock (_gate)
        {
            if (_isFinished)
            {
                return;
            }

            long now = Goroutines.Runtime.Clock.SystemNanoseconds();
            if (IsOver(_limits.RealLimit, now - _begun))
            {
                FinishLocked(FailureKind.RealLimit, new TimeoutException(Report.RealLimit(_limits.RealLimit, Clock.Now, Dump())));
                return;
            }

            if (_standstill == Standstill.None)
            {
                return;
            }

            if (_turnsThen != Scheduler.Turns)
            {
                _standstill = Standstill.None; // a goroutine has run since; the next worker to go idle looks again
                return;
            }

            if (!_blocks.IsHeld())
            {
                // What a thread outside did after the last look (it went on to await a delay, say) has no other way to be noticed.
                _standstill = Standstill.None;
                Scheduler.WakeForDriver();
                return;
            }

            long waited = now - _standsSince;
            if (_standstill == Standstill.UntilGraceIsOver && _limits.OutsideGrace != Timeout.InfiniteTimeSpan && waited >= _limits.OutsideGrace.Ticks * 100)
            {
                _standstill = Standstill.None;
                _graceIsOver = true;
                Scheduler.WakeForDriver();
            }
            else if (_standstill == Standstill.UntilPatienceIsOver && waited >= DeadlockPatience)
            {
                _standstill = Standstill.None;
                _patienceIsOver = true;
                Scheduler.WakeForDriver();
            }
            else if (IsOver(_limits.OutsideLimit, waited))
            {
                List<G> alive = Scheduler.Goroutines();
                FinishLocked(FailureKind.Outside, new TimeoutException(Report.OutsideLimit(_limits.OutsideLimit, _blocks.NotBlocked(alive), Traceback.Format(alive, Scheduler))));
            }
        }
    }

    /// <summary>Ends the test with an <see cref="OperationCanceledException"/>.</summary>
    internal void Cancel(CancellationToken token)
    {
        lock (_gate)
        {
            IsCancelled |= !_isFinished;
            FinishLocked(FailureKind.Exception, new OperationCanceledException("The test was cancelled.", token));
        }
    }

    /// <summary>Blocks until the test has ended, and its threads have, as far as they do so soon.</summary>
    internal void WaitForEnd()
    {
        while (!IsFinished)
        {
            _note.Sleep(_limits.LookEvery);
            Look();
        }

        StopThreads();
    }

    /// <summary>Blocks until the test has ended. Another thread looks.</summary>
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
        long begun = Goroutines.Runtime.Clock.SystemNanoseconds();
        for (int i = 0; (!workers.IsCompleted || Scheduler.Stacks.Threads.Length != 0) && Goroutines.Runtime.Clock.SystemNanoseconds() - begun < 1_000_000_000; i++)
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

    /// <summary>A limit is suspended while a debugger is attached: the time that a breakpoint takes is not the test's.</summary>
    private static bool IsOver(TimeSpan limit, long nanoseconds)
        => limit != Timeout.InfiniteTimeSpan && nanoseconds / 100 >= limit.Ticks && !Debugger.IsAttached;

    /// <summary>The steps of the protocol, with every P idle.</summary>
    private bool Drive()
    {
        _standstill = Standstill.None;
        DurableBlocks.Outside outside = _limits.OutsideGrace == TimeSpan.Zero ? DurableBlocks.Outside.CountsAsBlocked
            : _graceIsOver ? DurableBlocks.Outside.CountsAsBlockedOnce
            : DurableBlocks.Outside.Holds;
        _graceIsOver = false;
        long turns = Scheduler.Turns;
        switch (_blocks.Judge(outside))
        {
            case DurableBlocks.Verdict.InTurn:
                return StandStill(Standstill.UntilItEnds);
            case DurableBlocks.Verdict.WaitsOutside:
                return StandStill(Standstill.UntilGraceIsOver);
            default:
                break;
        }

        // Found before the last look at what is idle: a worker that is not may be taking this timer out of its heap.
        long when = Scheduler.FindNextTimer();
        if (!Scheduler.IsStillQuiet(turns))
        {
            return false;
        }

        if (when <= Clock.Now)
        {
            return true; // the clock has been set already, and the worker that is to see to it has yet to take a P
        }

        if (_waiter is { } waiter)
        {
            _waiter = null;
            waiter.Complete();
            return true;
        }

        if (_bodyEnded)
        {
            FinishEnded();
            return false;
        }

        if (when == long.MaxValue)
        {
            return Deadlocked(turns);
        }

        if (_limits.VirtualLimit != Timeout.InfiniteTimeSpan && when / 100 > _limits.VirtualLimit.Ticks)
        {
            FinishLocked(FailureKind.VirtualLimit, new TimeoutException(Report.VirtualLimit(_limits.VirtualLimit, Dump())));
            return false;
        }

        Clock.SetForward(when);
        return true;
    }

    private bool StandStill(Standstill until)
    {
        _standstill = until;
        _turnsThen = Scheduler.Turns;
        _standsSince = Goroutines.Runtime.Clock.SystemNanoseconds();
        return false;
    }

    /// <summary>All are blocked, or count as blocked, and there is no timer.</summary>
    private bool Deadlocked(long turns)
    {
        List<G> alive = Scheduler.Goroutines();
        List<G> outside = _limits.OutsideGrace == Timeout.InfiniteTimeSpan ? [] : _blocks.NotBlocked(alive);
        bool patienceIsOver = _patienceIsOver;
        _patienceIsOver = false;
        if (outside.Exists(static g => g.ParkedOn is { Reason: WaitReason.IO }) || (outside.Count != 0 && _limits.OutsideGrace != TimeSpan.Zero))
        {
            return StandStill(Standstill.UntilItEnds);
        }

        if (outside.Count != 0 && !patienceIsOver)
        {
            return StandStill(Standstill.UntilPatienceIsOver);
        }

        DeadlockException deadlock = DeadlockException.Found(Traceback.Format(alive, Scheduler), Report.CountedAsBlocked(outside));
        if (Scheduler.IsStillQuiet(turns))
        {
            FinishLocked(FailureKind.Deadlock, deadlock);
        }

        return false;
    }

    private void FinishEnded()
    {
        // A goroutine whose end has just woken the body is counted no longer, though it may still be listed.
        if (Scheduler.Count > 0 && Traceback.Snapshot(Scheduler) is { Count: not 0 } left)
        {
            FinishLocked(FailureKind.Leak, GoroutineLeakException.Of(left, "The test's body has ended, but goroutines it started never will."));
            return;
        }

        KeptFailure? unseen = _kept.Find(static kept => !kept.WasSeen());
        FinishLocked(
            FailureKind.Exception,
            unseen is null ? null : new GoroutinePanicException(new PanicInfo(unseen.Failure, unseen.Goroutine.Id, Traceback.NameOf(unseen.Goroutine), Traceback.CreatedAt(unseen.Goroutine))));
    }

    private string Dump() => Traceback.Format(Scheduler.Goroutines(), Scheduler);

    private sealed record KeptFailure(G Goroutine, Exception Failure, Func<bool> WasSeen);
}

/// <summary>How a test failed.</summary>
internal sealed record TestFailure(FailureKind Kind, Exception Exception);
