using System.Runtime.CompilerServices;
using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Ends;

/// <summary>StopAsync waits for the goroutines that there are, for no others, and never for ever.</summary>
public class DrainTests
{
    private static CancellationToken Cancelled => new(canceled: true);

    [Fact]
    public async Task StopAsync_NothingRuns_ReturnsZero()
    {
        Assert.Equal(0, await StopAsync(new GoRuntime()));
        var used = new GoRuntime();
        await used.Run(() => default(ValueTask));
        Assert.Equal(0, await StopAsync(used));
    }

    [Fact]
    public async Task StopAsync_GoroutinesRun_WaitsForThem()
    {
        var runtime = new GoRuntime();
        var go = new Chan<Unit>();
        int ended = 0;
        for (int i = 0; i < 10; i++)
        {
            runtime.Spawn(async () =>
            {
                await go.ReceiveAsync();
                Interlocked.Increment(ref ended);
            });
            runtime.Spawn(() =>
            {
                go.Receive();
                Interlocked.Increment(ref ended);
            });
        }

        Task<int> stopping = runtime.StopAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.Throws<ObjectDisposedException>(() => runtime.Spawn(() => default(ValueTask)));
        Assert.Throws<ObjectDisposedException>(() => runtime.Spawn(() => { }));
        Assert.False(stopping.IsCompleted);
        go.Close();
        Assert.Equal(0, await stopping.WaitAsync(Limits.Wait));
        Assert.Equal(20, ended);
    }

    [Fact]
    public async Task StopAsync_Cancelled_ReturnsHowManyWereLeft()
    {
        var runtime = new GoRuntime();
        var never = new Chan<int>();
        for (int i = 0; i < 7; i++)
        {
            runtime.Spawn(async () => await never.ReceiveAsync());
        }

        await Ended.ParkedAsync(runtime, "chan receive", 7);
        using var time = new CancellationTokenSource();
        Task<int> stopping = runtime.StopAsync(time.Token).AsTask();
        await time.CancelAsync();
        Assert.Equal(7, await stopping.WaitAsync(Limits.Wait));
        GC.KeepAlive(never);
    }

    [Fact]
    public async Task StopAsync_CancelledBefore_ReturnsHowManyThereAre()
    {
        Assert.Equal(0, await new GoRuntime().StopAsync(Cancelled));
        var runtime = new GoRuntime();
        var never = new Chan<int>();
        runtime.Spawn(async () => await never.ReceiveAsync());
        await Ended.ParkedAsync(runtime, "chan receive");
        Assert.Equal(1, await runtime.StopAsync(Cancelled));
        GC.KeepAlive(never);
    }

    [Fact]
    public async Task StopAsync_AfterTheEnd_ReturnsAtOnce()
    {
        var stopped = new GoRuntime();
        Assert.Equal(0, await StopAsync(stopped));
        Assert.Equal(0, await StopAsync(stopped));
        await Ended.DisposeAsync(stopped);

        var disposed = new GoRuntime();
        var never = new Chan<int>();
        disposed.Spawn(async () => await never.ReceiveAsync());
        await Ended.ParkedAsync(disposed, "chan receive");
        await Ended.DisposeAsync(disposed);
        Assert.Equal(1, await StopAsync(disposed));
        Assert.Throws<ObjectDisposedException>(() => disposed.Spawn(() => default(ValueTask)));
        GC.KeepAlive(never);
    }

    /// <summary>What the end of the runtime abandons is not drained, even if the drain finds nothing left before it is told of that end.</summary>
    [Fact]
    public async Task StopAsync_WhileTheRuntimeIsDisposed_ReturnsHowManyWereLeft()
    {
        var runtime = new GoRuntime(new GoRuntimeOptions { MaxProcs = 1 });
        var never = new Chan<int>();
        using var busy = new ManualResetEventSlim();
        using var goes = new ManualResetEventSlim();
        runtime.Spawn(async () => await never.ReceiveAsync());
        await Ended.ParkedAsync(runtime, "chan receive");
        runtime.Spawn(async () =>
        {
            busy.Set();
            while (!goes.IsSet)
            {
                Thread.Yield(); // a turn that lasts: its worker ends when the runtime is stopped, and abandons what is left
            }

            await Go.Yield();
        });
        Assert.True(busy.Wait(Limits.Wait));
        Task<int> stopping = StopAsync(runtime);
        RuntimeEvents.Stopped += AbandonAndDrain;
        try
        {
            await Ended.DisposeAsync(runtime);
        }
        finally
        {
            RuntimeEvents.Stopped -= AbandonAndDrain;
        }

        Assert.Equal(2, await stopping);
        GC.KeepAlive(never);

        void AbandonAndDrain(Scheduler stopped)
        {
            if (ReferenceEquals(stopped, runtime.Scheduler))
            {
                goes.Set();
                SpinWait.SpinUntil(() => runtime.Count == 0, Limits.Wait);
                stopped.GoroutineEnded();
            }
        }
    }

    [Fact]
    public async Task StopAsync_SeveralAtOnce_AllEnd()
    {
        var runtime = new GoRuntime();
        var go = new Chan<Unit>();
        runtime.Spawn(async () => await go.ReceiveAsync());
        Task<int>[] stopping = [.. Enumerable.Range(0, 4).Select(_ => runtime.StopAsync(TestContext.Current.CancellationToken).AsTask())];
        go.Close();
        Assert.All(await Task.WhenAll(stopping).WaitAsync(Limits.Wait), left => Assert.Equal(0, left));
    }

    [Fact]
    public async Task StopAsync_DisposedMeanwhile_ReturnsHowManyWereLeft()
    {
        var runtime = new GoRuntime();
        var never = new Chan<int>();
        runtime.Spawn(async () => await never.ReceiveAsync());
        await Ended.ParkedAsync(runtime, "chan receive");
        Task<int> stopping = runtime.StopAsync(TestContext.Current.CancellationToken).AsTask();
        await Ended.DisposeAsync(runtime);
        Assert.Equal(1, await stopping.WaitAsync(Limits.Wait));
        GC.KeepAlive(never);
    }

    [Fact]
    public async Task StopAsync_GoroutineThatNothingCanWake_IsNotWaitedFor()
    {
        var runtime = new GoRuntime();
        ParkOnDroppedChannel(runtime);

        // A collection may take it as soon as it has parked.
        await Poll.UntilAsync(() => runtime.Count == 0 || runtime.Snapshot() is [{ WaitReason: "chan receive" }], "the goroutine to park, or to be collected");
        Assert.Equal(0, await StopAsync(runtime));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void ParkOnDroppedChannel(GoRuntime runtime)
        {
            var dropped = new Chan<int>();
            runtime.Spawn(async () => await dropped.ReceiveAsync());
        }
    }

    [Fact]
    public async Task StopAsync_InsideTheRuntime_Throws()
    {
        var runtime = new GoRuntime();
        var other = new GoRuntime();
        await runtime.Run(async () =>
        {
            InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => { _ = runtime.StopAsync(); });
            Assert.Contains("inside goroutine", thrown.Message, StringComparison.Ordinal);
            Assert.Throws<InvalidOperationException>(() => { _ = runtime.StopAsync(Cancelled); });
            Go.Blocking(() => { Assert.Throws<InvalidOperationException>(() => { _ = runtime.StopAsync(); }); });
            await runtime.Run(() => default(ValueTask)); // it goes on as before
            Assert.Equal(0, await other.StopAsync());
        });
        await runtime.Run(() => { Assert.Throws<InvalidOperationException>(() => { _ = runtime.StopAsync(); }); });
        Assert.Equal(0, await StopAsync(runtime));
    }

    [Fact]
    public async Task StopAsync_StartedFromInside_EndsWithTheCaller()
    {
        var runtime = new GoRuntime();
        Task<int> stopping = await runtime.Run(() => new ValueTask<Task<int>>(Task.Run(() => runtime.StopAsync().AsTask())));
        Assert.Equal(0, await stopping.WaitAsync(Limits.Wait));
    }

    [Fact]
    public async Task DisposeAsync_InsideTheRuntime_GoesOnToTheNextPark()
    {
        var runtime = new GoRuntime();
        var reached = new TaskCompletionSource();
        var never = new Chan<int>();
        Goroutine goroutine = runtime.Run(async () =>
        {
            await runtime.DisposeAsync();
            reached.SetResult();
            await never.ReceiveAsync();
        });
        await reached.Task.WaitAsync(Limits.Wait);
        await Ended.ToldAsync(goroutine.JoinAsync());
        GC.KeepAlive(never);
    }

    private static Task<int> StopAsync(GoRuntime runtime)
        => runtime.StopAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limits.Wait);
}
