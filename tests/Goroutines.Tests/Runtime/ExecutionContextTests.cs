using System.Diagnostics;
using System.Globalization;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary><c>ExecutionContext</c> flows into a spawned goroutine as into <c>Task.Run</c>, and nothing flows back.</summary>
public class ExecutionContextTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    private static GoRuntimeOptions OneP => new() { MaxProcs = 1 };

    [Fact]
    public Task AsyncLocal_FlowsIntoASpawnedGoroutine() => Isolated.RunAsync(async runtime =>
    {
        s_local.Value = "outside";
        Assert.Equal("outside", await runtime.Run(() => new ValueTask<string?>(s_local.Value)).JoinAsync());
        Assert.Equal("outside", await runtime.Run(() => Task.FromResult(s_local.Value)).JoinAsync());

        var values = new Chan<string?>(3);
        runtime.Spawn(async () => await values.SendAsync(s_local.Value));
        runtime.Spawn(new Func<Task>(async () => await values.SendAsync(s_local.Value)));
        runtime.Spawn(static async values => await values.SendAsync(s_local.Value), values);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("outside", (await values.ReceiveAsync()).Value);
        }
    });

    [Fact]
    public Task AsyncLocal_IsTakenWhenSpawnedNotWhenStarted() => Isolated.GoAsync(
        async () =>
        {
            s_local.Value = "at the spawn";
            var handle = Go.Run(() => new ValueTask<string?>(s_local.Value));
            s_local.Value = "later";

            Assert.Equal("at the spawn", await handle);
            Assert.Equal("later", s_local.Value);
        },
        OneP);

    [Fact]
    public Task AsyncLocal_ChangesDoNotFlowBack() => Isolated.GoAsync(
        async () =>
        {
            s_local.Value = "parent";
            await Go.Run(async () =>
            {
                s_local.Value = "child, before its first await";
                await Go.Yield();
                s_local.Value = "child";
            });
            Assert.Equal("parent", s_local.Value);

            // A body that is no async method changes the context of the worker itself, if nothing guards it.
            await Go.Run(() =>
            {
                s_local.Value = "synchronous child";
                return default(ValueTask);
            });
            Assert.Equal("parent", s_local.Value);
        },
        OneP);

    [Fact]
    public Task AsyncLocal_OfOneGoroutine_IsUnseenByTheOthersOnItsWorker() => Isolated.RunAsync(
        async runtime =>
        {
            s_local.Value = null;
            var handles = Enumerable.Range(0, 20).Select(n => runtime.Run(async () =>
            {
                Assert.Null(s_local.Value);
                string mine = "goroutine " + n;
                s_local.Value = mine;
                for (int i = 0; i < 50; i++)
                {
                    await Go.Yield();
                    Assert.Equal(mine, s_local.Value);
                    if (i % 10 == 0)
                    {
                        await Go.SleepAsync(TimeSpan.FromMicroseconds(100));
                        Assert.Equal(mine, s_local.Value);
                    }
                }
            })).ToList();
            var synchronous = Enumerable.Range(0, 20).Select(n => runtime.Run(() =>
            {
                Assert.Null(s_local.Value);
                s_local.Value = "synchronous " + n;
                return default(ValueTask);
            })).ToList();

            foreach (var handle in handles.Concat(synchronous))
            {
                await handle.JoinAsync();
            }

            Assert.Null(s_local.Value);
        },
        OneP);

    [Fact]
    public Task AsyncLocal_SurvivesEveryKindOfWait() => Isolated.GoAsync(async () =>
    {
        s_local.Value = "kept";
        var values = new Chan<int>();
        Go.Spawn(async () =>
        {
            s_local.Value = "the sender's";
            await values.SendAsync(1);
            await values.SendAsync(2);
        });

        await Go.Yield();
        Assert.Equal("kept", s_local.Value);
        await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
        Assert.Equal("kept", s_local.Value);
        await values.ReceiveAsync();
        Assert.Equal("kept", s_local.Value);
        await new Select().Receive(values, out _).WaitAsync();
        Assert.Equal("kept", s_local.Value);
        await Task.Delay(1);
        Assert.Equal("kept", s_local.Value);
        await Go.Run(async () => await Go.Yield());
        Assert.Equal("kept", s_local.Value);
        Go.Blocking(() => Assert.Equal("kept", s_local.Value));
        Assert.Equal("kept", s_local.Value);
    });

    [Fact]
    public Task SuppressFlow_IsRespected() => Isolated.RunAsync(async runtime =>
    {
        s_local.Value = "suppressed";
        Goroutine<string?> handle;
        using (ExecutionContext.SuppressFlow())
        {
            handle = runtime.Run(async ValueTask<string?> () =>
            {
                string? first = s_local.Value;
                await Go.Yield();
                return first ?? s_local.Value;
            });
        }

        Assert.Null(await handle.JoinAsync());
        Assert.Equal("suppressed", s_local.Value);
        Assert.Equal("suppressed", await runtime.Run(() => new ValueTask<string?>(s_local.Value)).JoinAsync());
    });

    [Fact]
    public Task Activity_Current_Flows() => Isolated.RunAsync(async runtime =>
    {
        using var activity = new Activity("request").Start();

        var seen = await runtime.Run(async () =>
        {
            await Go.Yield();
            using var child = new Activity("child").Start();
            await Go.Yield();
            return (Activity.Current, child.Parent);
        }).JoinAsync();

        Assert.Equal("child", seen.Current!.OperationName);
        Assert.Same(activity, seen.Parent);
        Assert.Same(activity, Activity.Current);
    });

    [Fact]
    public Task Culture_FlowsAndDoesNotLeak() => Isolated.RunAsync(
        async runtime =>
        {
            var before = CultureInfo.CurrentCulture;
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            try
            {
                Assert.Equal("1,5", await runtime.Run(async () =>
                {
                    await Go.Yield();
                    return 1.5.ToString(CultureInfo.CurrentCulture);
                }).JoinAsync());

                await runtime.Run(() =>
                {
                    var semicolon = (CultureInfo)CultureInfo.InvariantCulture.Clone();
                    semicolon.NumberFormat.NumberDecimalSeparator = ";";
                    CultureInfo.CurrentCulture = semicolon;
                    return default(ValueTask);
                }).JoinAsync();

                Assert.Same(comma, CultureInfo.CurrentCulture);
                Assert.Equal("1,5", await runtime.Run(() => new ValueTask<string>(1.5.ToString(CultureInfo.CurrentCulture))).JoinAsync());
            }
            finally
            {
                CultureInfo.CurrentCulture = before;
            }
        },
        OneP);
}
