using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>A system that has no thread to give: a caller that just then needs one goes on, nothing queued is lost, and only a spawner that nobody could serve is told.</summary>
[Collection(AloneCollection.Name)]
public class RefusedThreadTests
{
    /// <summary>For children: the collector reserves address space in proportion to its limit, and 256 GB without one.</summary>
    private static readonly (string Name, string Value)[] s_littleMemory = [("DOTNET_GCHeapHardLimit", "20000000")];

    private static readonly Action<M> s_refuse = static _ => throw new OutOfMemoryException("no more threads");

    [Fact]
    public Task FirstWorkerRefused_TheSpawnerIsTold_AndTheGoroutineIsNotThere() => Isolated.RunAsync(1, async runtime =>
    {
        Action<M> start = runtime.Scheduler.Threads.Start;
        runtime.Scheduler.Threads.Start = s_refuse;
        bool ran = false;
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => runtime.Spawn(() =>
        {
            ran = true;
            return default(ValueTask);
        }));
        Assert.Contains("first worker thread", refused.Message, StringComparison.Ordinal);
        Assert.Contains("vm.max_map_count", refused.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => runtime.Spawn(() => { ran = true; }));
        Assert.Equal(0, runtime.Count);
        Assert.Equal(0, runtime.Scheduler.Queued);

        runtime.Scheduler.Threads.Start = start;
        await Poll.UntilAsync(() => TrySpawn(runtime), "a worker");
        Assert.False(Volatile.Read(ref ran));
        Assert.Equal(3, await runtime.Run(() => 3)); // the thread of the synchronous one that was refused is used again
    });

    /// <summary>All workers there are sit in blocking regions; what is queued is done by them when they come back.</summary>
    [Fact]
    public Task LaterWorkersRefused_WorkIsDoneByThoseThereAre() => Isolated.RunAsync(2, async runtime =>
    {
        using ManualResetEventSlim gate = new();
        await runtime.Run(static () => default(ValueTask));
        runtime.Scheduler.Threads.Start = s_refuse;
        Goroutine[] blocked = await BlockAllAsync(runtime, gate);
        Goroutine[] queued = [.. Enumerable.Range(0, 100).Select(_ => runtime.Run(static async () => await Go.Yield()))];
        gate.Set();
        foreach (Goroutine one in blocked.Concat(queued))
        {
            await one;
        }
    });

    /// <summary>Nothing else happens that could make any worker look again: sysmon asks until it gets a thread.</summary>
    [Fact]
    public Task RefusedForAWhile_WorkIsDoneOnceThereAreThreads() => Isolated.RunAsync(1, async runtime =>
    {
        using ManualResetEventSlim gate = new();
        await runtime.Run(static () => default(ValueTask));
        Action<M> start = runtime.Scheduler.Threads.Start;
        runtime.Scheduler.Threads.Start = s_refuse;
        Goroutine[] blocked = await BlockAllAsync(runtime, gate);
        Goroutine queued = runtime.Run(static () => default(ValueTask));
        runtime.Scheduler.Threads.Start = start;
        await queued; // behind all those that block
        gate.Set();
        foreach (Goroutine one in blocked)
        {
            await one;
        }
    });

    /// <summary>In a child with room for some hundred threads: more would slow down every collection of the tests that come after this one.</summary>
    [Fact]
    public async Task FarMoreSynchronousBodiesThanThreads_AllEnd()
    {
        Child.Result child = await Child.RunAsync(
            this,
            static () =>
            {
                const int Bodies = 20_000;
                LeaveRoomForSomeThreads();
                int ran = 0;
                Go.Main(async () =>
                {
                    var gate = new Chan<int>();
                    var ended = new WaitGroup();
                    ended.Add(Bodies);
                    for (int i = 0; i < Bodies; i++)
                    {
                        Go.Spawn(() =>
                        {
                            gate.Receive();
                            Interlocked.Increment(ref ran);
                            ended.Done();
                        });
                    }

                    gate.Close();
                    await ended.WaitAsync();
                });
                Console.WriteLine($"{ran} of {Bodies} ended");
                return 0;
            },
            s_littleMemory);
        Assert.True(child.ExitCode == 0, child.ToString());
        Assert.Contains("20000 of 20000 ended", child.Output, StringComparison.Ordinal);
    }

    /// <summary>A bound above what the system allows: some are refused by an exception, and all the others end.</summary>
    [Fact]
    public async Task MoreThreadsThanTheSystemAllows_SomeAreRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The room for threads is limited as on Linux.");
        Child.Result child = await Child.RunAsync(
            this,
            static () =>
            {
                LeaveRoomForSomeThreads();
                GoRuntime runtime = new(new GoRuntimeOptions { MaxThreads = 1_000_000 });
                Console.WriteLine(runtime.Run(UntilRefusedAsync).JoinAsync().AsTask().GetAwaiter().GetResult());
                return 0;
            },
            s_littleMemory);
        Assert.True(child.ExitCode == 0, child.ToString());
        Assert.Contains("MaxThreads (now 1000000)", child.Output, StringComparison.Ordinal);
        Assert.Contains("ulimit -v", child.Output, StringComparison.Ordinal);
    }

    /// <summary>Spawns goroutines that keep their threads until one is refused; then they all end.</summary>
    /// <returns>The message of the refusal.</returns>
    private static async ValueTask<string> UntilRefusedAsync()
    {
        var gate = new Chan<int>();
        var ended = new WaitGroup();
        string? refused = null;
        for (int i = 0; i < 200_000 && refused is null; i++)
        {
            ended.Add(1);
            try
            {
                Go.Spawn(() =>
                {
                    gate.Receive();
                    ended.Done();
                });
            }
            catch (InvalidOperationException exception)
            {
                refused = exception.Message;
                ended.Done();
            }

            await Go.Yield(); // to those spawned, whose threads are taken at their first turn
        }

        gate.Close();
        await ended.WaitAsync();
        return refused ?? "none was refused";
    }

    /// <summary>Limits the address space: half of it is for stacks, of 8 MB each by the usual limit.</summary>
    private static void LeaveRoomForSomeThreads()
    {
        if (OperatingSystem.IsLinux())
        {
            ResourceLimit.AddressSpace.Set(16L << 30);
        }
    }

    /// <summary>Starts more goroutines that block than there are workers, and waits until one more worker was asked for in vain.</summary>
    private static async Task<Goroutine[]> BlockAllAsync(GoRuntime runtime, ManualResetEventSlim gate)
    {
        Goroutine[] blocked = [.. Enumerable.Range(0, 8).Select(_ => runtime.Run(() =>
        {
            Go.Blocking(gate.Wait);
            return default(ValueTask);
        }))];
        await Poll.UntilAsync(() => runtime.Scheduler.Threads.Refusals != 0, "a thread to be refused");
        return blocked;
    }

    private static bool TrySpawn(GoRuntime runtime)
    {
        try
        {
            runtime.Spawn(static () => default(ValueTask));
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
