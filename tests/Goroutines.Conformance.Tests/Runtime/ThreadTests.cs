using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Runtime;

/// <summary>
/// From Go's <c>runtime/proc_test.go</c>: goroutines and their threads. Go's <c>LockOSThread</c> is here a synchronous body: it has
/// its thread from beginning to end.
/// </summary>
public class ThreadTests
{
    [Fact(DisplayName = "go: runtime/proc_test.go TestLockOSThreadExit")]
    public Task ThreadOfAGoroutine_RunsNoOther() => Isolated.GoAsync(1, async () =>
    {
        var proceed = new Chan<Unit>();
        int taken = 0;
        Goroutine owner = Go.Run(() =>
        {
            taken = Environment.CurrentManagedThreadId;
            proceed.Receive();
            Assert.Equal(taken, Environment.CurrentManagedThreadId);
        });
        await Parked.UntilAsync(owner.Id, "chan receive");

        for (int i = 0; i < 100; i++)
        {
            Assert.NotEqual(taken, await Go.Run(static async () =>
            {
                await Go.Yield();
                return Environment.CurrentManagedThreadId;
            }));
            Assert.NotEqual(taken, await Go.Run(static () => Environment.CurrentManagedThreadId));
        }

        await proceed.SendAsync(default);
        await owner;

        // Nor does a worker ever take it over; only the next synchronous body may get it.
        for (int i = 0; i < 100; i++)
        {
            Assert.NotEqual(taken, await Go.Run(static () => new ValueTask<int>(Environment.CurrentManagedThreadId)));
        }
    });

    /// <summary>Go ends a thread whose goroutine has ended while it was locked to it; here it is cleaned and used again.</summary>
    [Fact(DisplayName = "go: runtime/proc_test.go TestLockOSThreadAvoidsStatePropagation")]
    public Task StateLeftOnAThread_IsNotSeenByTheNextBody() => Isolated.GoAsync(1, async () =>
    {
        AsyncLocal<int> local = new();
        HashSet<int> threads = [];
        for (bool again = false; !again;)
        {
            var before = await Go.Run(() =>
            {
                again = !threads.Add(Environment.CurrentManagedThreadId);
                Thread thread = Thread.CurrentThread;
                var found = (thread.Priority, thread.IsBackground, local.Value);
                thread.Priority = ThreadPriority.Lowest;
                thread.IsBackground = false;
                local.Value = 1;
                return found;
            });
            Assert.Equal((ThreadPriority.Normal, true, 0), before);
        }
    });

    /// <summary>
    /// A goroutine that goes on while the thread it ran on is blocked goes on on another one, and there is itself all the same.
    /// (In Go a compiler must not keep the goroutine's address beyond a switch of threads.)
    /// </summary>
    [Fact(DisplayName = "go: runtime/proc_test.go TestGetgThreadSwitch")]
    public Task SwitchOfThreads_GoroutineStaysItself() => Isolated.GoAsync(1, async () =>
    {
        for (int switches = 0; switches < 10;)
        {
            var wake = new Chan<Unit>();
            using ManualResetEventSlim moved = new();
            var moving = Go.Run(async () =>
            {
                var before = (Go.CurrentId, GoRuntime.Current, SynchronizationContext.Current);
                int thread = Environment.CurrentManagedThreadId;
                await wake.ReceiveAsync();
                Assert.Equal(before, (Go.CurrentId, GoRuntime.Current, SynchronizationContext.Current));
                moved.Set();
                return Environment.CurrentManagedThreadId != thread;
            });
            await Parked.UntilAsync(moving.Id, "chan receive");
            Goroutine blocking = Go.Run(() =>
            {
                Assert.True(wake.TrySend(default));
                Go.Blocking(() => Assert.True(moved.Wait(Limits.Wait), "The goroutine that was woken never ran."));
                return default(ValueTask);
            });
            switches += await moving ? 1 : 0;
            await blocking;
        }
    });
}
