using System.Runtime.CompilerServices;
using Goroutines.ModelTests.Model;
using Goroutines.Net.Epoll;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>The worker that sleeps until the next timer, or in the network's poller: it does not oversleep.</summary>
public class PollerTests
{
    private const long Soon = 1_000;
    private const long Between = 3_000;
    private const long Later = 5_000;

    private static readonly ExplorerOptions s_timed = new() { EndOfTime = 1_000_100_000 };
    private static readonly ExplorerOptions s_longTimed = new() { EndOfTime = 1_000_000_000 + (4 * PollerSlot.Period) };

    /// <summary>A thread without a P has two fences after the timer: it makes the P one that is searched, and then looks who sleeps.</summary>
    private static readonly Plant[] s_noFenceAfterTheTimer = [Plant.Drop("Scheduler.TimerAdded Fence"), Plant.Weaken("ProcMask.Add Or")];

    [Fact]
    public void EarlierTimer_IsNotOverslept() => Verify.Holds(EarlierTimer, s_timed);

    [Fact]
    public void TimerAfterAnEarlierOneThatIsGone_IsNotOverslept() => Verify.Holds(EarlierTimerGone, s_timed);

    [Fact]
    public void DueTimerAmongMany_IsServedWhenThePeriodIsOver() => Verify.HoldsWithin(2, DueAmongMany, s_longTimed);

    [Fact]
    public void DueTimerAmongMany_IsServedWhenThePeriodIsOver_LoadsReordered() => Verify.HoldsReordered(DueAmongMany, preemptions: 1, options: s_longTimed);

    [Fact]
    public void FirstSocket_SomebodySleepsInThePoller() => Verify.Holds(FirstSocket);

    [Fact]
    public void Work_WakesWhoSleepsInThePoller() => Verify.Holds(WorkForThePoller);

    [Fact]
    public void EarlierTimer_IsNotOverslept_LoadsReordered() => Verify.HoldsReordered(EarlierTimer, options: s_timed);

    [Fact]
    public void TimerAfterAnEarlierOneThatIsGone_IsNotOverslept_LoadsReordered() => Verify.HoldsReordered(EarlierTimerGone, preemptions: 1, options: s_timed);

    [Fact]
    public void FirstSocket_SomebodySleepsInThePoller_LoadsReordered() => Verify.HoldsReordered(FirstSocket);

    [Fact]
    public void Work_WakesWhoSleepsInThePoller_LoadsReordered() => Verify.HoldsReordered(WorkForThePoller, preemptions: 1);

    [Fact]
    public void Planted_NoFenceAfterTheTimer() => Verify.Finds(EarlierTimer, s_noFenceAfterTheTimer, s_timed);

    [Fact]
    public void Planted_NoFenceAfterTheTimerAmongMany() => Verify.Finds(DueAmongMany, s_noFenceAfterTheTimer, s_longTimed with { MostPreemptions = 2 });

    /// <summary>An idle P that has timers is still looked at.</summary>
    [Fact]
    public void Planted_IdlePCountsAsOneWithoutTimers() => Verify.Finds(EarlierTimer, Plant.Blind("TimerHeap.get_Count LoadVolatile _count"), s_timed);

    [Fact]
    public void Planted_NoFenceBeforeThePollersLastLook() => Verify.Finds(EarlierTimer, Plant.Drop("PollerSlot.BeginLastLook Fence"), s_timed);

    [Fact]
    public void Planted_PollerTellsItsTimeTooLate() => Verify.Finds(EarlierTimer, Plant.Drop("PollerSlot.BeginLastLook StoreVolatile _until"), s_timed);

    /// <summary>The time of a timer that is gone by the last look is no time to compare with.</summary>
    [Fact]
    public void Planted_PollerStandsByATimeFromBeforeItsLastLook()
        => Verify.Finds(EarlierTimerGone, Plant.Drop("PollerSlot.BeginLastLook StoreVolatile _until"), s_timed);

    [Fact]
    public void Planted_NoFenceBeforeTheLookAtTheNote() => Verify.Finds(WorkForThePoller, Plant.Drop("M.SleepInPoller Fence"));

    /// <summary>A worker is about to sleep until one timer when another thread adds one that is due before.</summary>
    private static ModelProgram EarlierTimer()
    {
        Scheduler scheduler = Runtimes.Make(procs: 1).Scheduler;
        Worker idler = new Worker(scheduler, 1).WithP();
        Slot(scheduler).EndLastLook(1, timers: 0); // what an earlier poller has left
        Alarm later = new(scheduler);
        Alarm soon = new(scheduler);
        scheduler.AddTimer(new TimerEntry(Later, later, 1));
        return new ModelProgram
        {
            Check = () =>
            {
                Assert.Equal(Soon, soon.FiredAt);
                Assert.Equal(Later, later.FiredAt);
            },
        }
        .Daemon("idler", () =>
        {
            idler.Begin();
            scheduler.FindRunnable(idler, out _);
        })
        .Thread("adder", () => scheduler.AddTimer(new TimerEntry(Soon, soon, 1)));
    }

    /// <summary>A worker is about to sleep; another thread stops the earliest timer, and then adds one that is due before the next.</summary>
    private static ModelProgram EarlierTimerGone()
    {
        Scheduler scheduler = Runtimes.Make(procs: 1).Scheduler;
        Worker idler = new Worker(scheduler, 1).WithP();
        Slot(scheduler).EndLastLook(Soon, timers: 0);
        Alarm gone = new(scheduler);
        Alarm between = new(scheduler);
        Alarm later = new(scheduler);
        TimerHeap timers = idler.P!.Timers;
        scheduler.AddTimer(new TimerEntry(Soon, gone, 1));
        scheduler.AddTimer(new TimerEntry(Later, later, 1));
        return new ModelProgram
        {
            Check = () =>
            {
                Assert.Equal(-1, gone.FiredAt);
                Assert.Equal(Between, between.FiredAt);
                Assert.Equal(Later, later.FiredAt);
            },
        }
        .Daemon("idler", () =>
        {
            idler.Begin();
            scheduler.FindRunnable(idler, out _);
        })
        .Thread("adder", () =>
        {
            gone.IsStopped = true;
            timers.FindNextArmed();
            scheduler.AddTimer(new TimerEntry(Between, between, 1));
        });
    }

    /// <summary>A worker goes to sleep a moment after many timers were served, when another thread adds one that is due at once.</summary>
    private static ModelProgram DueAmongMany()
    {
        Scheduler scheduler = Runtimes.Make(procs: 1).Scheduler;
        Worker idler = new Worker(scheduler, 1).WithP();
        Slot(scheduler).Served(0);
        Alarm due = new(scheduler);
        Alarm later = new(scheduler);
        for (int i = 1; i < PollerSlot.Many; i++)
        {
            scheduler.AddTimer(new TimerEntry(2 * PollerSlot.Period, later, 1));
        }

        return new ModelProgram
        {
            Check = () =>
            {
                Assert.InRange(due.FiredAt, 0, PollerSlot.Period);
                Assert.Equal(2 * PollerSlot.Period, later.FiredAt);
            },
        }
        .Daemon("idler", () =>
        {
            idler.Begin();
            scheduler.FindRunnable(idler, out _);
        })
        .Thread("adder", () => scheduler.AddTimer(new TimerEntry(0, due, 1)));
    }

    private static ModelProgram FirstSocket()
    {
        Scheduler scheduler = Runtimes.Make(procs: 1).Scheduler;
        NetPoll net = EmptyPoll(scheduler);
        Worker idler = new Worker(scheduler, 1).WithP();
        return new ModelProgram { Check = () => Assert.True(Slot(scheduler).Sleeper is { IsInPoller: true }, "A socket is watched, and nobody sleeps in the poller.") }
            .Daemon("idler", () =>
            {
                idler.Begin();
                scheduler.FindRunnable(idler, out _);
            })
            .Thread("adder", () =>
            {
                Memory.Increment(ref Watched(net), Sites.Count);
                scheduler.WatchNet();
            });
    }

    private static ModelProgram WorkForThePoller()
    {
        Scheduler scheduler = Runtimes.Make(procs: 1).Scheduler;
        Watched(EmptyPoll(scheduler)) = 1;
        Worker idler = new Worker(scheduler, 1).WithP();
        Goroutines.Runtime.G g = Runtimes.Goroutine(scheduler);
        return new ModelProgram { Check = () => Assert.True(g.HasEnded, "The goroutine lies in a queue, and everybody sleeps.") }
            .Daemon("idler", () =>
            {
                idler.Begin();
                if (scheduler.FindRunnable(idler, out _) is { } found)
                {
                    idler.Run(found);
                }
            })
            .Thread("submitter", () => scheduler.SpawnAnyway(g));
    }

    /// <summary>A poller that asks no kernel: see <see cref="Memory.Poll"/>.</summary>
    private static NetPoll EmptyPoll(Scheduler scheduler)
    {
        NetPoll net = (NetPoll)RuntimeHelpers.GetUninitializedObject(typeof(NetPoll));
        Slot(scheduler).Set(net);
        return net;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_watched")]
    private static extern ref int Watched(Poller poller);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_poller")]
    private static extern ref PollerSlot Slot(Scheduler scheduler);

    /// <summary>Remembers when it went off.</summary>
    private sealed class Alarm(Scheduler scheduler) : ITimed
    {
        internal long FiredAt { get; private set; } = -1;

        internal bool IsStopped { get; set; }

        public bool IsArmed(int arming) => FiredAt < 0 && !IsStopped;

        public void Expire(int arming)
        {
            if (!IsStopped)
            {
                FiredAt = scheduler.Clock.Now;
            }
        }
    }
}
