using System.Collections.Concurrent;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>
/// The runtime reports managed waits the moment they begin, so a goroutine inside one gives its P away at once. The sign is
/// its status: one that merely got rescued later would still be shown as running.
/// </summary>
public class ManagedWaitTests
{
    public enum Wait
    {
        LockOnObject,
        LockOnLock,
        TaskWait,
        TaskResult,
        SemaphoreSlim,
        ManualResetEventSlim,
        WaitHandle,
        WaitAny,
        MonitorWait,
        ThreadJoin,
        BlockingCollection,
    }

    /// <summary>From .NET 11 on <see cref="Thread.Join()"/> waits without telling the context: it is found out like a system call.</summary>
    public static TheoryData<Wait> Waits => new(Enum.GetValues<Wait>().Where(static wait => wait != Wait.ThreadJoin || Environment.Version.Major < 11));

    [Theory]
    [MemberData(nameof(Waits))]
    public Task ManagedWait_WithOneP_BecomesABlockingRegion(Wait kind) => Isolated.GoAsync(
        async () =>
        {
            var (wait, release) = Make(kind);
            long id = 0;
            var waiter = Go.Run(async () =>
            {
                await Go.Yield();
                id = Go.CurrentId;
                wait();
                Assert.Equal(id, Go.CurrentId);
                Assert.Equal(GoroutineStatus.Running, StatusOf(id));
                await Go.Yield();
                Assert.Equal(id, Go.CurrentId);
            });

            while (id == 0 || StatusOf(id) != GoroutineStatus.Blocking)
            {
                await Go.Yield();
            }

            release();
            await waiter;
        },
        new GoRuntimeOptions { MaxProcs = 1 });

    [Fact]
    public Task ManagedWait_ReleasedByAGoroutineBehindIt_Ends() => Isolated.GoAsync(
        async () =>
        {
            for (int i = 0; i < 200; i++)
            {
                using var done = new ManualResetEventSlim();
                Go.Spawn(() =>
                {
                    done.Set();
                    return default;
                });
                done.Wait();
                if (i % 10 == 0)
                {
                    await Go.Yield();
                }
            }
        },
        new GoRuntimeOptions { MaxProcs = 1 });

    [Fact]
    public Task TaskWait_FailedTask_ThrowsAsEver() => Isolated.GoAsync(async () =>
    {
        await Go.Yield();
        var failing = Task.Run(async () =>
        {
            await Task.Delay(5);
            throw new FormatException("mine");
        });

        var caught = Assert.Throws<AggregateException>(failing.Wait);
        Assert.Equal("mine", Assert.IsType<FormatException>(caught.InnerException).Message);
    });

    [Fact]
    public Task ManagedWait_TimesOut_ReturnsFalse() => Isolated.GoAsync(async () =>
    {
        await Go.Yield();
        using var never = new ManualResetEventSlim();
        using var semaphore = new SemaphoreSlim(0);

        Assert.False(never.Wait(TimeSpan.FromMilliseconds(5)));
        Assert.False(semaphore.Wait(TimeSpan.FromMilliseconds(5)));
        Assert.False(never.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(5)));
        Assert.Equal(WaitHandle.WaitTimeout, WaitHandle.WaitAny([never.WaitHandle], TimeSpan.FromMilliseconds(5)));
    });

    [Fact]
    public Task ContendedLock_ManyGoroutines_KeepsItsPromise() => Isolated.GoAsync(
        async () =>
        {
            const int Goroutines = 16;
            const int Rounds = 500;
            var gate = new object();
            int count = 0;
            var handles = Enumerable.Range(0, Goroutines).Select(_ => Go.Run(async () =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    lock (gate)
                    {
                        count++;
                    }

                    if (i % 50 == 0)
                    {
                        await Go.Yield();
                    }
                }
            })).ToList();

            foreach (var handle in handles)
            {
                await handle;
            }

            Assert.Equal(Goroutines * Rounds, count);
        },
        new GoRuntimeOptions { MaxProcs = 2 });

    private static GoroutineStatus? StatusOf(long id) => Go.Snapshot().FirstOrDefault(info => info.Id == id)?.Status;

    private static (Action Wait, Action Release) Make(Wait kind) => kind switch
    {
        Wait.LockOnObject => OnMonitor(new object()),
        Wait.LockOnLock => OnLock(new Lock()),
        Wait.TaskWait => OnTask(new TaskCompletionSource()),
        Wait.TaskResult => OnResult(new TaskCompletionSource<int>()),
        Wait.SemaphoreSlim => OnSemaphore(new SemaphoreSlim(0)),
        Wait.ManualResetEventSlim => OnEvent(new ManualResetEventSlim()),
        Wait.WaitHandle => OnHandle(new AutoResetEvent(false)),
        Wait.WaitAny => OnHandles(new ManualResetEvent(false), new ManualResetEvent(false)),
        Wait.MonitorWait => OnPulse(new object()),
        Wait.ThreadJoin => OnThread(new ManualResetEventSlim()),
        Wait.BlockingCollection => OnCollection([]),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static (Action Wait, Action Release) OnMonitor(object gate) => HeldByAThread(() => Monitor.Enter(gate), () => Monitor.Exit(gate));

    private static (Action Wait, Action Release) OnLock(Lock gate) => HeldByAThread(gate.Enter, gate.Exit);

    private static (Action Wait, Action Release) OnTask(TaskCompletionSource task) => (task.Task.Wait, task.SetResult);

    private static (Action Wait, Action Release) OnResult(TaskCompletionSource<int> task) =>
        (() => Assert.Equal(3, task.Task.Result), () => task.SetResult(3));

    private static (Action Wait, Action Release) OnSemaphore(SemaphoreSlim semaphore) => (semaphore.Wait, () => semaphore.Release());

    private static (Action Wait, Action Release) OnEvent(ManualResetEventSlim done) => (done.Wait, done.Set);

    private static (Action Wait, Action Release) OnHandle(AutoResetEvent done) => (() => Assert.True(done.WaitOne()), () => done.Set());

    private static (Action Wait, Action Release) OnHandles(ManualResetEvent never, ManualResetEvent done) =>
        (() => Assert.Equal(1, WaitHandle.WaitAny([never, done])), () => done.Set());

    private static (Action Wait, Action Release) OnCollection(BlockingCollection<int> items) =>
        (() => Assert.Equal(5, items.Take()), () => items.Add(5));

    private static (Action Wait, Action Release) OnThread(ManualResetEventSlim done)
    {
        var thread = new Thread(done.Wait) { IsBackground = true };
        thread.Start();
        return (thread.Join, done.Set);
    }

    private static (Action Wait, Action Release) OnPulse(object gate)
    {
        bool done = false;
        return (WaitForPulse, Pulse);

        void WaitForPulse()
        {
            lock (gate)
            {
                while (!done)
                {
                    Monitor.Wait(gate);
                }
            }
        }

        void Pulse()
        {
            lock (gate)
            {
                done = true;
                Monitor.PulseAll(gate);
            }
        }
    }

    /// <summary>A lock that a plain thread holds until <c>Release</c> is called.</summary>
    private static (Action Wait, Action Release) HeldByAThread(Action enter, Action exit)
    {
        var held = new ManualResetEventSlim();
        var release = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            enter();
            held.Set();
            release.Wait();
            exit();
        });
        thread.IsBackground = true;
        thread.Start();
        held.Wait();
        return (
            () =>
            {
                enter();
                exit();
            },
            release.Set);
    }
}
