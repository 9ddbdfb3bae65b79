using System.Collections.Concurrent;
using System.Globalization;
using Goroutines.Tests.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Spawning;

/// <summary>Goroutines with synchronous bodies: what they share with the others.</summary>
[Collection(AloneCollection.Name)]
public class StackfulTests
{
    [ThreadStatic]
    private static int t_value;

    private static readonly AsyncLocal<string?> s_flowing = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task SendAndReceive_BetweenSynchronousBodies_PassEveryValueInOrder(int maxProcs) => Isolated.RunAsync(maxProcs, async runtime =>
    {
        Chan<int> channel = new();
        runtime.Spawn(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                channel.Send(i);
            }

            channel.Close();
        });

        int received = await runtime.Run(() =>
        {
            int next = 0;
            while (channel.Receive() is { Ok: true } item)
            {
                Assert.Equal(next++, item.Value);
            }

            return next;
        });
        Assert.Equal(1000, received);
    });

    [Fact]
    public Task Channel_BetweenBothKinds_PassesEveryValue() => Isolated.RunAsync(2, async runtime =>
    {
        Chan<int> there = new();
        Chan<int> back = new(4);
        runtime.Spawn(() =>
        {
            while (there.Receive() is { Ok: true } item)
            {
                back.Send(item.Value * 2);
            }

            back.Close();
        });
        runtime.Spawn(async () =>
        {
            for (int i = 1; i <= 500; i++)
            {
                await there.SendAsync(i);
            }

            there.Close();
        });

        long sum = await runtime.Run(async () =>
        {
            long sum = 0;
            await foreach (int value in back)
            {
                sum += value;
            }

            return sum;
        });
        Assert.Equal(500L * 501, sum);
    });

    [Fact]
    public Task Select_InASynchronousBody_Parks() => Isolated.RunAsync(1, async runtime =>
    {
        Chan<int> values = new();
        Goroutine<(int, int)> waiting = runtime.Run(() =>
        {
            Select select = new();
            select.Timeout(TimeSpan.FromHours(1));
            ReceiveCase<int> received = select.Receive(values);
            return (select.Wait(), received.Value);
        });
        await Poll.UntilAsync(() => runtime.Snapshot() is [{ WaitReason: "select", Status: GoroutineStatus.Waiting }], "the select to park");
        Assert.True(values.TrySend(7));
        Assert.Equal((1, 7), await waiting);
    });

    [Fact]
    public Task ParkedBodies_HoldNoP() => Isolated.RunAsync(1, async runtime =>
    {
        Chan<int> never = new();
        Goroutine[] parked = [.. Enumerable.Range(0, 20).Select(_ => runtime.Run(() => { never.Receive(); }))];
        await Poll.UntilAsync(() => runtime.Snapshot().Count(info => info.WaitReason == "chan receive") == 20, "all to park");

        Assert.Equal(3, await runtime.Run(async () =>
        {
            await Go.Yield();
            return 3;
        }));
        never.Close();
        foreach (Goroutine goroutine in parked)
        {
            await goroutine;
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public Task RunningBodies_AreAtMostMaxProcs(int maxProcs) => Isolated.GoAsync(
        maxProcs,
        async () => await Concurrency.AssertAtMost(maxProcs, 24, static () => { }, synchronous: 12));

    [Fact]
    public Task Await_OfAForeignTask_ParksAndRethrows() => Isolated.RunAsync(1, async runtime =>
    {
        TaskCompletionSource<int> gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Goroutine<int> waiting = runtime.Run(() => Go.Wait(gate.Task) + 1);
        Goroutine failing = runtime.Run(() => Go.Wait(Task.FromException(new FormatException("foreign"))));
        await Assert.ThrowsAsync<FormatException>(async () => await failing);
        await Poll.UntilAsync(() => runtime.Snapshot() is [{ WaitReason: "task" }], "the wait for the task");
        gate.SetResult(41);
        Assert.Equal(42, await waiting);
    });

    [Fact]
    public Task Lock_HeldAcrossAPark_StaysHeldByTheGoroutine() => Isolated.RunAsync(1, async runtime =>
    {
        object gate = new();
        Chan<int> go = new();
        List<string> order = [];
        Goroutine first = runtime.Run(() =>
        {
            lock (gate)
            {
                order.Add("in");
                go.Receive();
                Assert.True(Monitor.IsEntered(gate));
                order.Add("out");
            }
        });
        await Poll.UntilAsync(() => runtime.Snapshot() is [{ WaitReason: "chan receive" }], "the first to park inside its lock");
        Goroutine second = runtime.Run(() =>
        {
            lock (gate)
            {
                order.Add("second");
            }
        });
        await go.SendAsync(1);
        await first;
        await second;
        Assert.Equal(["in", "out", "second"], order);
    });

    [Fact]
    public Task ThreadStatics_StayTheGoroutinesOwnAcrossParks() => Isolated.RunAsync(2, async runtime =>
    {
        Goroutine[] all = [.. Enumerable.Range(1, 16).Select(number => runtime.Run(() =>
        {
            t_value = number;
            for (int i = 0; i < 20; i++)
            {
                Go.Wait(Go.Yield());
                Assert.Equal(number, t_value);
            }
        }))];
        foreach (Goroutine goroutine in all)
        {
            await goroutine;
        }
    });

    [Fact]
    public Task ExecutionContext_FlowsIn_AndChangesStayInside() => Isolated.RunAsync(1, async runtime =>
    {
        s_flowing.Value = "outside";
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo own = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        CultureInfo.CurrentCulture = own;
        string? seen = await runtime.Run(() =>
        {
            string? came = s_flowing.Value;
            Assert.Same(own, CultureInfo.CurrentCulture);
            s_flowing.Value = "inside";
            Go.Wait(Go.Yield());
            Assert.Equal("inside", s_flowing.Value);
            return came;
        });
        CultureInfo.CurrentCulture = before;
        Assert.Equal("outside", seen);
        Assert.Equal("outside", s_flowing.Value);
        s_flowing.Value = null;
        Assert.Null(await runtime.Run(() => s_flowing.Value));
    });

    [Fact]
    public Task Exceptions_BelongToTheHandleOrThePanicHandler_WithTheirStack()
    {
        ConcurrentQueue<PanicInfo> panics = [];
        return Isolated.RunAsync(
            async runtime =>
            {
                FormatException thrown = await Assert.ThrowsAsync<FormatException>(async () => await runtime.Run(ThrowDeep));
                Assert.Contains(nameof(ThrowDeep), thrown.StackTrace, StringComparison.Ordinal);
                runtime.Spawn(ThrowDeep);
                await Poll.UntilAsync(() => !panics.IsEmpty, "the panic");
                Assert.IsType<FormatException>(Assert.Single(panics).Exception);
                Assert.Equal(1, await runtime.Run(() => 1));
            },
            new GoRuntimeOptions { PanicHandler = panics.Enqueue });

        static void ThrowDeep() => throw new FormatException("deep");
    }

    [Fact]
    public Task Identity_ShowsInCurrentIdAndTheThreadsName() => Isolated.RunAsync(1, async runtime =>
    {
        long inside = 0;
        string? name = null;
        Goroutine goroutine = runtime.Run(() =>
        {
            Go.Wait(Go.Yield());
            inside = Go.CurrentId;
            name = Thread.CurrentThread.Name;
        });
        await goroutine;
        Assert.Equal(goroutine.Id, inside);
        Assert.Equal($"goroutine {goroutine.Id}", name);
    });

    [Fact]
    public Task AsyncCodeStartedInside_ContinuesElsewhere_AndDoesNotHang() => Isolated.RunAsync(1, async runtime =>
    {
        // Sync over async: the continuation may not need this goroutine, whose thread waits for it.
        int result = await runtime.Run(() => Go.Wait(Twice()) + Twice().Result);
        Assert.Equal(84, result);

        static async Task<int> Twice()
        {
            await Task.Yield();
            await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            return 42;
        }
    });

    [Fact]
    public Task BlockingRegion_InASynchronousBody_FreesItsP() => Isolated.RunAsync(1, async runtime =>
    {
        using ManualResetEventSlim gate = new();
        Goroutine blocked = runtime.Run(() => Go.Blocking(() => gate.Wait()));
        await Poll.UntilAsync(() => runtime.Snapshot() is [{ Status: GoroutineStatus.Blocking }], "the region");
        Assert.Equal(1, await runtime.Run(() => 1));
        gate.Set();
        await blocked;
    });

    [Fact]
    public Task Main_Synchronous_ReturnsAndRethrows() => Isolated.RunAsync(1, runtime => PlainThread.Run(() =>
    {
        Assert.Equal(5, runtime.Main(() => 5));
        Assert.Throws<FormatException>(() => runtime.Main(new Action(() => throw new FormatException())));
    }));

    [Fact]
    public Task DeepRecursion_WithALargerStack_Works() => Isolated.RunAsync(
        async runtime =>
        {
            Assert.Equal(100_000, await runtime.Run(() => Depth(100_000)));

            static int Depth(int left) => left == 0 ? 0 : 1 + Depth(left - 1);
        },
        new GoRuntimeOptions { StackSize = 64 << 20 });
}
