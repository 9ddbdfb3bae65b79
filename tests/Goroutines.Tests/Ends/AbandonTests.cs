using Goroutines.Runtime;
using Goroutines.Sync;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Ends;

/// <summary>The searches for goroutines that a stopped runtime has left.</summary>
public class AbandonTests
{
    /// <summary>Two threads search: the last worker, and one of the pool, which has taken a goroutine and is still removing it from its queue.</summary>
    [Fact]
    public async Task Stop_WhileAThreadAbandonsAGoroutine_IsNotOver()
    {
        await using var runtime = new GoRuntime(new GoRuntimeOptions { MaxProcs = 1 });
        var owner = new SlowOwner();
        using var busy = new ManualResetEventSlim();
        using var goes = new ManualResetEventSlim();
        runtime.Spawn(async () => await SyncWaiter.Rent(owner, WaitReason.SemaphoreAcquire).AsTask(CancellationToken.None));
        await Poll.UntilAsync(() => runtime.Snapshot() is [{ Status: GoroutineStatus.Waiting }], "the goroutine to park");
        runtime.Spawn(async () =>
        {
            busy.Set();
            while (!goes.IsSet)
            {
                Thread.Yield(); // a turn that lasts keeps its worker from the search
            }

            await Go.Yield();
        });
        Assert.True(busy.Wait(Limits.Wait));
        Task stopping = runtime.Scheduler.StopWorkersAsync();
        Assert.True(owner.Entered.Wait(Limits.Wait));
        goes.Set();
        await Poll.UntilAsync(() => runtime.Scheduler.Workers == 0, "the worker to end");
        runtime.Scheduler.TellIfAllGone();
        Assert.False(stopping.IsCompleted);
        owner.Goes.Set();
        await stopping.WaitAsync(Limits.Wait);
        Assert.True(owner.IsOver);
    }

    private sealed class SlowOwner : ISyncOwner
    {
        private SyncCore _core;

        internal ManualResetEventSlim Entered { get; } = new();

        internal ManualResetEventSlim Goes { get; } = new();

        internal bool IsOver { get; private set; }

        ref SyncCore ISyncOwner.Core => ref _core;

        WaitableState IWaitable.Inspect() => new("slow", nameof(SlowOwner));

        void ISyncOwner.Abandon(SyncWaiter waiter)
        {
            Entered.Set();
            Goes.Wait(Limits.Wait);
            IsOver = true;
        }
    }
}
