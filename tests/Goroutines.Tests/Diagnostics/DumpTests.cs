using System.Text.RegularExpressions;
using Goroutines.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Goroutines.Tests.Diagnostics;

/// <summary><c>Go.Dump</c> in the form of a Go traceback.</summary>
public class DumpTests
{
    [Fact]
    public Task Dump_OfWaitingGoroutines_HasGosForm() => Isolated.RunAsync(async runtime =>
    {
        var gate = new Chan<int>();
        var receiver = runtime.Run(async () => await gate.ReceiveAsync());
        var selecting = runtime.Run(async () => await new Select().Receive(gate, out _).WaitAsync());
        await Poll.UntilAsync(() => runtime.Snapshot().Count(info => info.Status == GoroutineStatus.Waiting) == 2, "both to wait");

        string dump = Dump(runtime);

        Assert.Matches($@"(?m)^goroutine {receiver.Id} \[chan receive\]:\r?$", dump);
        Assert.Matches($@"(?m)^goroutine {selecting.Id} \[select\]:\r?$", dump);
        Assert.Equal(2, Regex.Count(dump, @"^created by .*", RegexOptions.Multiline));
        Assert.Equal(2, Regex.Count(dump, @"DumpTests\.cs:\d+", RegexOptions.Multiline));
        Assert.Matches(@"\n\r?\n", dump);
        GC.KeepAlive(gate);
    });

    [Fact]
    public async Task Dump_OfALongWait_SaysForHowManyMinutes()
    {
        var clock = new FakeTimeProvider();
        await Isolated.RunAsync(
            async runtime =>
            {
                var gate = new Chan<int>();
                var handle = runtime.Run(async () => await gate.ReceiveAsync());
                await Poll.UntilAsync(() => runtime.Snapshot().Any(info => info.Status == GoroutineStatus.Waiting), "it to wait");
                Assert.Contains($"goroutine {handle.Id} [chan receive]:", Dump(runtime));

                clock.Advance(TimeSpan.FromSeconds(150));

                await Poll.UntilAsync(
                    () => Dump(runtime).Contains($"goroutine {handle.Id} [chan receive, 2 minutes]:", StringComparison.Ordinal),
                    "the two minutes to show");
                GC.KeepAlive(gate);
            },
            new GoRuntimeOptions { TimeProvider = clock });
    }

    [Fact]
    public Task Dump_NamesTheMethodTheBodyIsSuspendedIn() => Isolated.RunAsync(async runtime =>
    {
        var gate = new Chan<int>();
        runtime.Spawn(async () => await OuterHelperAsync(gate));
        await Poll.UntilAsync(() => runtime.Snapshot().Any(info => info.Status == GoroutineStatus.Waiting), "it to wait");

        string dump = Dump(runtime);

        // The whole chain of calls, innermost first, as a traceback has it.
        int inner = dump.IndexOf(nameof(InnerHelperAsync), StringComparison.Ordinal);
        int outer = dump.IndexOf(nameof(OuterHelperAsync), StringComparison.Ordinal);
        int body = dump.IndexOf(nameof(Dump_NamesTheMethodTheBodyIsSuspendedIn), StringComparison.Ordinal);
        Assert.True(inner >= 0, dump);
        Assert.True(outer > inner, dump);
        Assert.True(body > outer, dump);
        Assert.DoesNotContain("MoveNext", dump);
        GC.KeepAlive(gate);
    });

    [Fact]
    public Task Dump_FromInsideAGoroutine_HasItAsRunning() => Isolated.GoAsync(async () =>
    {
        var gate = new Chan<int>();
        var parked = Go.Run(async () => await gate.ReceiveAsync());
        while (!Go.Snapshot().Any(info => info.Id == parked.Id && info.Status == GoroutineStatus.Waiting))
        {
            await Go.Yield();
        }

        using var writer = new StringWriter();
        Go.Dump(writer);

        Assert.Contains($"goroutine {Go.CurrentId} [running]:", writer.ToString());
        Assert.Contains($"goroutine {parked.Id} [chan receive]:", writer.ToString());
        GC.KeepAlive(gate);
    });

    [Fact]
    public Task Dump_OfQueuedGoroutines_SaysRunnable() => Isolated.OneAtATimeAsync(async () =>
    {
        var queued = Go.Run(async () => await Go.Yield());
        Assert.Contains($"goroutine {queued.Id} [runnable]:", Dump(GoRuntime.Current));
        await queued;
    });

    [Fact]
    public Task Dump_OfABlockingGoroutine_SaysSyscall() => Isolated.RunAsync(async runtime =>
    {
        using var release = new ManualResetEventSlim();
        var handle = runtime.Run(() =>
        {
            Go.Blocking(release.Wait);
            return default(ValueTask);
        });
        await Poll.UntilAsync(() => runtime.Snapshot().Any(info => info.Status == GoroutineStatus.Blocking), "it to block");
        Assert.Contains($"goroutine {handle.Id} [syscall]:", Dump(runtime));
        release.Set();
        await handle.JoinAsync();
    });

    [Fact]
    public Task Dump_OfOneRuntime_HasNobodyElse() => Isolated.RunAsync(async runtime =>
    {
        await using var other = new GoRuntime();
        var gate = new Chan<int>();
        runtime.Spawn(async () => await gate.ReceiveAsync());
        other.Spawn(async () => await new Select().Receive(gate, out _).WaitAsync());
        await Poll.UntilAsync(
            () => runtime.Snapshot().Concat(other.Snapshot()).Count(info => info.Status == GoroutineStatus.Waiting) == 2, "both to wait");

        Assert.DoesNotContain("[select]", Dump(runtime));
        Assert.DoesNotContain("[chan receive]", Dump(other));
        GC.KeepAlive(gate);
    });

    [Fact]
    public Task Dump_UnderLoad_HasAllThatHaveEverParked() => Isolated.RunAsync(
        async runtime =>
        {
            bool stop = false;
            bool[] parked = new bool[4];
            var load = Enumerable.Range(0, 4).Select(i => runtime.Run(async () =>
            {
                var values = new Chan<int>();
                while (!Volatile.Read(ref stop))
                {
                    Go.Spawn(static async values => await values.SendAsync(1), values);
                    await Nested(values, 3);
                    Go.Blocking(static () => Thread.SpinWait(10));
                    await Go.SleepAsync(TimeSpan.FromMicroseconds(10));
                    Volatile.Write(ref parked[i], true);
                }
            })).ToList();

            // One that has never parked may be missed while it moves from a queue to a worker.
            await Poll.UntilAsync(() => parked.All(static parked => parked), "all to have parked");
            for (int i = 0; i < 100; i++)
            {
                string dump = Dump(runtime);
                Assert.All(load, goroutine => Assert.Contains($"goroutine {goroutine.Id} [", dump));
            }

            Volatile.Write(ref stop, true);
            foreach (var goroutine in load)
            {
                await goroutine.JoinAsync();
            }

            static async ValueTask Nested(Chan<int> values, int depth)
            {
                if (depth > 0)
                {
                    await Nested(values, depth - 1);
                    return;
                }

                await values.ReceiveAsync();
            }
        },
        new GoRuntimeOptions { MaxProcs = 4 });

    [Fact]
    public void Dump_NullWriter_Throws() => Assert.Throws<ArgumentNullException>("writer", () => Go.Dump(null!));

    private static string Dump(GoRuntime runtime)
    {
        using var writer = new StringWriter();
        runtime.Dump(writer);
        return writer.ToString();
    }

    private static async Task OuterHelperAsync(Chan<int> gate)
    {
        await InnerHelperAsync(gate);
        await Go.Yield();
    }

    private static async ValueTask<int> InnerHelperAsync(Chan<int> gate)
    {
        var (value, _) = await gate.ReceiveAsync();
        return value;
    }
}
