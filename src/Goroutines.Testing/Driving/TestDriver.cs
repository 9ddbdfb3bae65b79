using System.Diagnostics;
using Goroutines.Diagnostics;
using Goroutines.Platform;
using Goroutines.Runtime;
using Goroutines.Testing.Time;

namespace Goroutines.Testing.Driving;

/// <summary>
/// Directs the runtime of one test: moves the virtual clock, serves <see cref="GoTest.WaitAsync"/>, and determines how the test ended. It
/// follows the protocol of Go's <c>testing/synctest</c> (runtime/synctest.go).
/// </summary>
/// <remarks>
/// <para>A goroutine is <b>durably blocked</b> if only the test itself can make it continue: it waits for an operation of the library
/// (channel, select, lock, join, sleep …), with or without a token, or for a framework task that a timer of the virtual clock completes
/// (<c>Task.Delay(…, clock)</c>, <c>PeriodicTimer</c>). A goroutine that awaits any other task, or is in a blocking region, is not durably
/// blocked: something outside may be about to end its wait.</para>
/// <para>Go marks what is created inside the bubble. .NET's tasks have no such mark, so the driver asks instead what a goroutine waits for:
/// an operation of the library in its continuation slot, an operation awaited beside it (counted by <see cref="SideWait"/>:
/// <c>Task.WhenAll</c> over several), or a virtual timer whose promise leads to it (<see cref="AsyncStack.FindWoken"/>). A goroutine that
/// waits for one of these and for something outside at once (<c>Task.WhenAny</c>) counts as durably blocked. Rejected: counting every await
/// as durable (a test that reads a real socket would see its time-outs first); letting real time pass before each step of the clock (an
/// hour of ticks would take minutes).</para>
/// <para><b>Idle.</b> When the last worker has gone idle and all goroutines are durably blocked (<see cref="DurableBlocks"/>), the first
/// step that applies is taken: (1) a goroutine in WaitAsync continues; (2) if the body has ended, the test ends, and goroutines that are
/// left have leaked; (3) if there is a timer, the clock is set to the first; (4) the test is deadlocked. While a goroutine is not durably
/// blocked, the driver only records since when; the thread that waits for the test bounds that in real time (<see cref="Look"/>).</para>
/// <para><b>A verdict holds</b> only if no goroutine ran while it was found. A goroutine that returns from a blocking region needs no
/// worker to wake it; it may make others runnable and park again. So afterwards everything must still be idle, and no turn must have begun.
/// Otherwise, the worker that was active evaluates again when it goes idle. The next timer is read before that last check: otherwise, a
/// second worker might see the clock set for one timer, and set it for the timer after that.</para>
/// <para><b>Probable deadlocks.</b> If goroutines that wait for something outside count as blocked (OutsideGrace), only time proves step 4.
/// A socket, or a task if the grace is not zero, may take until OutsideLimit. With a grace of zero, the caller states that only the test
/// completes its tasks, and <see cref="DeadlockPatience"/> passes first.</para>
/// <para>An exception that escapes the body or is a panic ends the test at once. A failure that a handle keeps fails the test at its end,
/// unless it was taken from there.</para>
/// <para><c>_gate</c> guards all fields except <c>_bodyEnded</c> and the list that goroutines write in their turns. <c>_listLock</c> guards
/// that list: a goroutine must not be seen waiting for a lock. A scheduler's locks may be taken while <c>_gate</c> is held, never the
/// reverse.</para>
/// </remarks>
internal abstract class TestDriver : ScheduleDriver, IOutcomeOwner
{
    /// <summary>How long, in nanoseconds, nothing must happen before a test whose goroutines await tasks counts as deadlocked.</summary>
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

    /// <summary>Why the clock stands still, since when, and the number of turns at that time. For <see cref="Look"/>.</summary>
    private Standstill _standstill;
    private long _standsSince;
    private long _turnsThen;

    /// <summary>Set by <see cref="Look"/> when the time has passed. The next evaluation acts on it.</summary>
    private bool _graceIsOver;
    private bool _patienceIsOver;

    private protected TestDriver(TestLimits limits)
    {
        _limits = limits;
        Clock = new VirtualClock(_blocks);
    }

    private enum Standstill
    {
        /// <summary>The clock does not stand still, or has to be evaluated again.</summary>
        None,

        /// <summary>A goroutine is in the middle of a turn, or only something outside can continue the test.</summary>
        UntilItEnds,

        /// <summary>A goroutine waits for something outside. After the grace, the clock moves without it.</summary>
        UntilGraceIsOver,

        /// <summary>The test is probably deadlocked.</summary>
        UntilPatienceIsOver,
    }

    internal VirtualClock Clock { get; }

    internal DurableBlocks Blocks => _blocks;

    internal Scheduler Scheduler { get; private set; } = null!;

    /// <summary>How the test failed; null if it has not failed so far.</summary>
    internal TestFailure? Failure { get; private set; }

    /// <summary>Whether <see cref="Cancel"/> has ended the test.</summary>
    internal bool IsCancelled { get; private set; }

    internal bool BodyEnded => Volatile.Read(ref _bodyEnded);

    internal bool IsFinished => Volatile.Read(ref _isFinished);

    /// <summary>The driver of the test to which the calling goroutine belongs; null if there is none.</summary>
    internal static TestDriver? Current => M.Current is { CurrentG: { } g } ? g.Scheduler.Driver as TestDriver : null;

    /// <exception cref="PlatformNotSupportedException">This framework does not tell what wakes a goroutine, and virtual time has to
    /// know.</exception>
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

    /// <summary>Creates the goroutine that runs the test's body.</summary>
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
                FinishLocked(FailureKind.Exception, exception); // a defect of the driver must not end the process
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

    /// <summary>Bounds the test and its waits for something outside, in real time. Called repeatedly by the thread that waits for the
    /// test.</summary>
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
                _standstill = Standstill.None; // a goroutine has run since; the next worker that goes idle evaluates again
                return;
            }

            if (!_blocks.IsHeld())
            {
                // An external thread has acted since (the goroutine now awaits a delay, for example). Nothing else reports this.
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

    /// <summary>Blocks until the test has ended and, for at most one second more, until its threads have.</summary>
    internal void WaitForEnd()
    {
        while (!IsFinished)
        {
            _note.Sleep(_limits.LookEvery);
            Look();
        }

        StopThreads();
    }

    /// <summary>Blocks until the test has ended. Another thread calls <see cref="Look"/>.</summary>
    internal void WaitForFinish()
    {
        while (!IsFinished)
        {
            _note.Sleep(-1);
        }
    }

    /// <summary>Stops the workers and waits, for at most one second, for the threads: parked stackful goroutines unwind then, and run code
    /// of the test.</summary>
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

    /// <summary>Whether a limit is exceeded. False while a debugger is attached: the time at a breakpoint is not the test's.</summary>
    private static bool IsOver(TimeSpan limit, long nanoseconds)
        => limit != Timeout.InfiniteTimeSpan && nanoseconds / 100 >= limit.Ticks && !Debugger.IsAttached;

    /// <summary>Takes the steps of the protocol. Every P is idle.</summary>
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

        // Read before the last check of what is idle: a worker that is not may be taking this timer out of its heap.
        long when = Scheduler.FindNextTimer();
        if (!Scheduler.IsStillQuiet(turns))
        {
            return false;
        }

        if (when <= Clock.Now)
        {
            return true; // the clock has been set already; the worker that serves the timer has yet to take a P
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

    /// <summary>Called when all goroutines are blocked, or count as blocked, and there is no timer.</summary>
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
        // A goroutine whose end has just woken the body is no longer counted, but may still be listed.
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
