using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Goroutines.Tests.Diagnostics;

public class SnapshotTests
{
    [Fact]
    public Task Snapshot_OfARuntimeWithoutGoroutines_IsEmpty() => Isolated.RunAsync(static runtime =>
    {
        Assert.Empty(runtime.Snapshot());
        return Task.CompletedTask;
    });

    public enum Waiting
    {
        Receive,
        Send,
        ReceiveNil,
        SendNil,
        Select,
        SelectNoCases,
        Sleep,
        SleepForever,
        Join,
        ForeignTask,
    }

    [Theory]
    [InlineData(Waiting.Receive, "chan receive")]
    [InlineData(Waiting.Send, "chan send")]
    [InlineData(Waiting.ReceiveNil, "chan receive (nil chan)")]
    [InlineData(Waiting.SendNil, "chan send (nil chan)")]
    [InlineData(Waiting.Select, "select")]
    [InlineData(Waiting.SelectNoCases, "select (no cases)")]
    [InlineData(Waiting.Sleep, "sleep")]
    [InlineData(Waiting.SleepForever, "sleep")]
    [InlineData(Waiting.Join, "join")]
    [InlineData(Waiting.ForeignTask, "task")]
    public async Task Snapshot_OfAWaitingGoroutine_NamesItsReasonInGosWords(Waiting kind, string reason)
    {
        var clock = new FakeTimeProvider();
        await Isolated.RunAsync(
            async runtime =>
            {
                var channel = new Chan<int>();
                var foreign = new TaskCompletionSource();
                var other = runtime.Run(async () => (await channel.ReceiveAsync()).Value);
                var handle = runtime.Run(() => WaitAsync(kind, channel, foreign.Task, other));
                await Poll.UntilAsync(() => Find(runtime, handle.Id) is { Status: GoroutineStatus.Waiting }, "the goroutine to wait");

                var info = Find(runtime, handle.Id)!;
                Assert.Equal(reason, info.WaitReason);

                clock.Advance(TimeSpan.FromMinutes(3));
                await Poll.UntilAsync(
                    () => Find(runtime, handle.Id) is not { Status: GoroutineStatus.Waiting } later || later.WaitingFor >= TimeSpan.FromMinutes(2.9),
                    "three minutes of waiting to show");
                GC.KeepAlive(channel);
                GC.KeepAlive(foreign);
            },
            new GoRuntimeOptions { TimeProvider = clock });
    }

    [Fact]
    public Task Snapshot_OfTheRunningGoroutine_SaysRunning() => Isolated.GoAsync(async () =>
    {
        await Go.Yield();

        var me = Assert.Single(Go.Snapshot(), info => info.Id == Go.CurrentId);
        Assert.Equal(GoroutineStatus.Running, me.Status);
        Assert.Equal("", me.WaitReason);
        Assert.Equal(TimeSpan.Zero, me.WaitingFor);
    });

    [Fact]
    public Task Snapshot_OfQueuedGoroutines_SaysRunnableOrIdle() => Isolated.OneAtATimeAsync(async () =>
    {
        var started = Go.Run(async () => await Go.Yield());
        var notStarted = Go.Run(() => default(ValueTask));
        foreach (var handle in (Goroutine[])[started, notStarted])
        {
            var info = Assert.Single(Go.Snapshot(), info => info.Id == handle.Id);
            Assert.True(info.Status is GoroutineStatus.Runnable or GoroutineStatus.Idle, info.Status.ToString());
            Assert.Equal("", info.WaitReason);
            Assert.Equal(TimeSpan.Zero, info.WaitingFor);
        }

        await started;
        await notStarted;
    });

    [Fact]
    public Task Snapshot_OfABlockingGoroutine_SaysBlocking() => Isolated.RunAsync(async runtime =>
    {
        using var release = new ManualResetEventSlim();
        var handle = runtime.Run(() =>
        {
            Go.Blocking(release.Wait);
            return default(ValueTask);
        });
        await Poll.UntilAsync(() => Find(runtime, handle.Id) is { Status: GoroutineStatus.Blocking }, "the goroutine to block");
        release.Set();
        await handle.JoinAsync();
    });

    [Fact]
    public Task Snapshot_EndedGoroutines_AreNotInIt() => Isolated.RunAsync(async runtime =>
    {
        var handle = runtime.Run(async () => await Go.Yield());
        await handle.JoinAsync();
        await Poll.UntilAsync(() => Find(runtime, handle.Id) is null, "the ended goroutine to leave");
        Assert.Empty(runtime.Snapshot());
    });

    [Fact]
    public Task Snapshot_HasEveryGoroutineOnce() => Isolated.RunAsync(async runtime =>
    {
        var gate = new Chan<int>();
        var handles = Enumerable.Range(0, 100).Select(_ => runtime.Run(async () => await gate.ReceiveAsync())).ToList();
        await Poll.UntilAsync(() => runtime.Snapshot().Count(info => info.Status == GoroutineStatus.Waiting) == 100, "all to wait");

        Assert.Equal(handles.Select(handle => handle.Id).Order(), runtime.Snapshot().Select(info => info.Id).Order());
        GC.KeepAlive(gate);
    });

    [Fact]
    public Task Snapshot_NameAndCreationSite_LeadToTheSource() => Isolated.RunAsync(async runtime =>
    {
        var gate = new Chan<int>();
        int line = Line() + 1;
        var named = runtime.Run(NamedBodyAsync);
        var lambda = runtime.Run(async () => await gate.ReceiveAsync());
        runtime.Spawn(static async gate => await gate.ReceiveAsync(), gate);
        await Poll.UntilAsync(() => runtime.Snapshot().Count(info => info.Status == GoroutineStatus.Waiting) == 3, "all to wait");

        var ofNamed = Find(runtime, named.Id)!;
        Assert.Contains(nameof(NamedBodyAsync), ofNamed.Name);
        Assert.EndsWith($"SnapshotTests.cs:{line}", ofNamed.CreatedAt);

        var ofLambda = Find(runtime, lambda.Id)!;
        Assert.Contains(nameof(Snapshot_NameAndCreationSite_LeadToTheSource), ofLambda.Name);
        Assert.DoesNotContain("<", ofLambda.Name);
        Assert.EndsWith($"SnapshotTests.cs:{line + 1}", ofLambda.CreatedAt);

        Assert.Single(runtime.Snapshot(), info => info.CreatedAt.EndsWith($"SnapshotTests.cs:{line + 2}", StringComparison.Ordinal));

        async ValueTask NamedBodyAsync() => await gate.ReceiveAsync();
    });

    [Fact]
    public Task Snapshot_WhileGoroutinesComeAndGo_NeverThrows() => Isolated.RunAsync(
        async runtime =>
        {
            bool stop = false;
            var load = Enumerable.Range(0, 4).Select(_ => runtime.Run(async () =>
            {
                var values = new Chan<int>(1);
                while (!Volatile.Read(ref stop))
                {
                    Go.Spawn(static async values => await values.SendAsync(1), values);
                    await values.ReceiveAsync();
                    await Go.SleepAsync(TimeSpan.FromMicroseconds(10));
                }
            })).ToList();

            for (int i = 0; i < 300; i++)
            {
                foreach (var info in runtime.Snapshot())
                {
                    Assert.True(info.Id > 0);
                    Assert.True(info.WaitingFor >= TimeSpan.Zero);
                    Assert.NotEqual("", info.Name);
                    Assert.NotEqual("", info.CreatedAt);
                    Assert.NotNull(info.WaitReason);
                }
            }

            Volatile.Write(ref stop, true);
            foreach (var goroutine in load)
            {
                await goroutine.JoinAsync();
            }
        },
        new GoRuntimeOptions { MaxProcs = 4 });

    private static int Line([CallerLineNumber] int line = 0) => line;

    private static GoroutineInfo? Find(GoRuntime runtime, long id) => runtime.Snapshot().FirstOrDefault(info => info.Id == id);

    private static async ValueTask WaitAsync(Waiting kind, Chan<int> channel, Task foreign, Goroutine<int> other)
    {
        switch (kind)
        {
            case Waiting.Receive:
                await channel.ReceiveAsync();
                break;
            case Waiting.Send:
                // Its own channel: on the shared one a receiver waits.
                await new Chan<int>().SendAsync(1);
                break;
            case Waiting.ReceiveNil:
                await default(Receiver<int>).ReceiveAsync();
                break;
            case Waiting.SendNil:
                await default(Sender<int>).SendAsync(1);
                break;
            case Waiting.Select:
                await new Select().Receive(channel, out _).Timeout(TimeSpan.FromHours(1), out _).WaitAsync();
                break;
            case Waiting.SelectNoCases:
                await new Select().WaitAsync();
                break;
            case Waiting.Sleep:
                await Go.SleepAsync(TimeSpan.FromHours(1));
                break;
            case Waiting.SleepForever:
                await Go.SleepAsync(Timeout.InfiniteTimeSpan);
                break;
            case Waiting.Join:
                await other;
                break;
            case Waiting.ForeignTask:
                await foreign;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind));
        }
    }
}
