using System.Diagnostics;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Diagnostics;

/// <summary>What a snapshot tells beyond the wait reason: the object waited for, its name, labels.</summary>
public class WaitObjectTests
{
    [Fact]
    public Task WaitsFor_TwoOnOneChannel_NamesOneObject() => Isolated.RunAsync(async runtime =>
    {
        var jobs = new Chan<int>();
        var others = new Chan<List<string>>();
        GoNames.Set(jobs, "jobs");
        runtime.Spawn(async () => await jobs.ReceiveAsync());
        runtime.Spawn(async () => await jobs.ReceiveAsync());
        runtime.Spawn(async () => await others.ReceiveAsync());
        WaitObjectInfo[] objects = [.. (await Parked(runtime, 3)).Select(static info => info.WaitsFor!)];

        Assert.Equal(objects[0].Id, objects[1].Id);
        Assert.NotEqual(objects[0].Id, objects[2].Id);
        Assert.Equal(("channel", "jobs", "Chan<int>"), (objects[0].Kind, objects[0].Name, objects[0].Type));
        Assert.Equal(("channel", null, "Chan<List<string>>"), (objects[2].Kind, objects[2].Name, objects[2].Type));
        jobs.Close();
        others.Close();
    });

    [Fact]
    public Task WaitsFor_Once_NamesTheGoroutineThatRunsTheAction() => Isolated.RunAsync(async runtime =>
    {
        var once = new Once();
        var gate = new Chan<int>();
        runtime.Spawn(async () => await once.DoAsync(async () => await gate.ReceiveAsync()));
        GoroutineInfo runs = (await Parked(runtime, 1))[0];
        runtime.Spawn(async () => await once.DoAsync(static () => { }));

        Assert.Equal([runs.Id], (await Parked(runtime, 2))[1].WaitsFor!.Holders);
        gate.Close();
    });

    [Fact]
    public void Name_OfNothingThatIsWaitedFor_Throws()
        => Assert.Throws<ArgumentException>(static () => GoNames.Set("text", "name"));

    [Fact]
    public void Name_TakenAway_IsGone()
    {
        var mutex = new GoMutex();
        GoNames.Set(mutex, "m");
        Assert.Equal("m", GoNames.Get(mutex));
        GoNames.Set(mutex, null);
        Assert.Null(GoNames.Get(mutex));
    }

    [Fact]
    public Task Labels_GoToGoroutinesStartedInTheBodyAndEndWithIt() => Isolated.RunAsync(async runtime =>
    {
        var gate = new Chan<int>();
        var inside = new Chan<int>();
        runtime.Spawn(async () =>
        {
            await GoLabels.DoAsync("route", "/pay", async () =>
            {
                await GoLabels.DoAsync("route", "/refund", async () =>
                {
                    Go.Spawn(async () => await gate.ReceiveAsync());
                    await inside.ReceiveAsync();
                });
                Assert.Equal("/pay", Assert.Single(GoLabels.Current).Value);
            });
            Assert.Empty(GoLabels.Current);
            await gate.ReceiveAsync();
        });
        Assert.All(await Parked(runtime, 2), static info => Assert.Equal(new KeyValuePair<string, string>("route", "/refund"), Assert.Single(info.Labels)));

        await inside.SendAsync(1);
        await Poll.UntilAsync(() => runtime.Snapshot().All(static info => info.WaitReason == "chan receive" && info.WaitsFor is not null) && runtime.Snapshot()[0].Labels.Count == 0, "the body to end");
        Assert.Single(runtime.Snapshot()[1].Labels);
        gate.Close();
    });

    [Fact]
    public Task Labels_OfAnActivity_AreItsNameAndTrace() => Isolated.RunAsync(async runtime =>
    {
        var gate = new Chan<int>();
        using Activity activity = new Activity("pay").SetIdFormat(ActivityIdFormat.W3C).Start();
        runtime.Spawn(async () => await GoLabels.DoAsync(activity, async () => await gate.ReceiveAsync()));

        GoroutineInfo info = (await Parked(runtime, 1))[0];
        Assert.Equal([new("activity", "pay"), new("trace_id", activity.TraceId.ToHexString())], info.Labels);
        gate.Close();
    });

    [Fact]
    public Task LeakHandler_OfTheRuntime_IsTheOneOfItsGoroutines() => Isolated.RunAsync(async runtime =>
    {
        Action<GoroutineInfo> handler = static _ => { };
        await runtime.Run(() =>
        {
            Go.LeakHandler = handler;
            return default(ValueTask);
        });
        Assert.Same(handler, runtime.LeakHandler);
        runtime.LeakHandler = null;
        Assert.Null(runtime.LeakHandler);
    });

    private static async Task<GoroutineInfo[]> Parked(GoRuntime runtime, int count)
    {
        await Poll.UntilAsync(() => runtime.Snapshot().Count(static info => info.WaitsFor is not null) == count, $"{count} goroutines to be parked");
        return [.. runtime.Snapshot()];
    }
}
