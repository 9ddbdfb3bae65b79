using System.IO.Compression;
using System.Text.Json;
using Goroutines.Diagnostics.Tests.Pprof;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.Diagnostics.Tests;

public sealed class GoProfileTests
{
    [Fact]
    public async Task Collect_Goroutines_GroupsByWhereTheyWait()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        Chan<int> never = new();
        for (int i = 0; i < 5; i++)
        {
            runtime.Spawn(() => Outer(never));
        }

        WaitUntil(() => runtime.Snapshot().Count(static info => info.WaitReason == "chan receive") == 5);
        GoProfile profile = GoProfile.Collect("goroutine", new GoProfileOptions { Runtime = runtime });

        GoProfileSample sample = Assert.Single(profile.Samples);
        Assert.Equal(5, sample.Count);
        Assert.Equal(["GoProfileTests.Inner", "GoProfileTests.Outer", "GoProfileTests.Collect_Goroutines_GroupsByWhereTheyWait.lambda"], sample.Stack.Select(static frame => Short(frame.Method)));
        Assert.Equal("GoProfileTests.cs", sample.Stack[^1].File);
        Assert.Contains(new KeyValuePair<string, string>("reason", "chan receive"), sample.Labels);

        Profile written = Read(profile);
        Assert.Equal("", written.StringTable[0]);
        Assert.Equal(5, Assert.Single(written.Sample).Value[0]);
        Assert.Equal("goroutine", written.StringTable[(int)written.DefaultSampleType]);

        string top = GoTool.Pprof(profile, "-top");
        Assert.Contains("Type: goroutine", top);
        Assert.Matches(@"5\s+100%.*GoProfileTests\.Inner", top);
        string raw = GoTool.Pprof(profile, "-raw");
        Assert.Contains("GoProfileTests.cs:" + sample.Stack[^1].Line, raw);
        Assert.Contains("reason:[chan receive]", raw);
        never.Close();
    }

    [Fact]
    public async Task Collect_EachGoroutine_HasItsId()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        Chan<int> never = new();
        for (int i = 0; i < 3; i++)
        {
            runtime.Spawn(() => Inner(never));
        }

        WaitUntil(() => runtime.Snapshot().Count(static info => info.WaitReason == "chan receive") == 3);
        GoProfile profile = GoProfile.Collect("goroutine", new GoProfileOptions { Runtime = runtime, EachGoroutine = true });

        Assert.Equal(3, profile.Samples.Count);
        Assert.Equal(
            runtime.Snapshot().Select(static info => info.Id).Order(),
            Read(profile).Sample.Select(static sample => sample.Label.Max(static label => label.Num)).Order());
        Assert.Equal(3, Occurrences(GoTool.Pprof(profile, "-raw"), "goroutine:["));
        never.Close();
    }

    [Fact]
    public async Task Collect_Block_TellsWhoWaitedAndWhoWoke()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        using GoProfiling profiling = GoProfiling.Start(new GoProfilingOptions { Runtime = runtime, BlockRate = TimeSpan.FromTicks(1) });
        runtime.Main(WaitForSlow);

        GoProfile profile = GoProfile.Collect("block", new GoProfileOptions { Runtime = runtime });

        GoProfileSample sample = Assert.Single(profile.Samples, static sample => sample.Labels.Contains(new("reason", "chan receive")));
        Assert.Equal(1, sample.Count);
        Assert.InRange(sample.Delay.TotalMilliseconds, 2, 60_000);
        Assert.Equal("GoProfileTests.WaitForSlow", Short(sample.Stack[0].Method));
        Assert.Contains("WaitForSlow.lambda", sample.Labels.Single(static label => label.Key == "waker").Value);
        string top = GoTool.Pprof(profile, "-top");
        Assert.Contains("Type: delay", top);
        Assert.Matches(@"GoProfileTests\.WaitForSlow", top);
    }

    [Fact]
    public async Task Collect_Mutex_BlamesTheHolder()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        using GoProfiling profiling = GoProfiling.Start(new GoProfilingOptions { Runtime = runtime, BlockRate = TimeSpan.FromTicks(1) });
        runtime.Main(Contend);

        GoProfile profile = GoProfile.Collect("mutex", new GoProfileOptions { Runtime = runtime });

        GoProfileSample sample = Assert.Single(profile.Samples);
        Assert.Equal("GoProfileTests.Contend", Short(sample.Stack[0].Method));
        Assert.Contains("Contend.lambda", sample.Labels.Single(static label => label.Key == "waiter").Value);
        Assert.InRange(sample.Delay.TotalMilliseconds, 5, 60_000);
        Assert.Contains("contentions/count delay/nanoseconds", GoTool.Pprof(profile, "-raw"));
    }

    [Fact]
    public async Task Collect_Spawn_CountsBySite()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        using GoProfiling profiling = GoProfiling.Start(new GoProfilingOptions { Runtime = runtime });
        runtime.Main(static async () =>
        {
            WaitGroup group = new();
            for (int i = 0; i < 100; i++)
            {
                group.Spawn(static () => default(ValueTask));
            }

            await group.WaitAsync();
        });

        GoProfile first = GoProfile.Collect("spawn", new GoProfileOptions { Runtime = runtime });
        runtime.Main(static () => default(ValueTask));
        GoProfile second = GoProfile.Collect("spawn", new GoProfileOptions { Runtime = runtime });

        Assert.Equal(100, first.Samples[0].Count);
        Assert.Equal(101, first.Samples.Sum(static sample => sample.Count));
        Assert.Equal(1, Assert.Single(second.Since(first).Samples).Count);
        Assert.Matches(@"100\s+99\.\d+%", GoTool.Pprof(first, "-top", "-lines"));
    }

    [Fact]
    public async Task Collect_Leak_CountsWhatIsCollected()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        using GoProfiling profiling = GoProfiling.Start(new GoProfilingOptions { Runtime = runtime });
        Leak(runtime);
        WaitUntil(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return GoProfile.Collect("leak", new GoProfileOptions { Runtime = runtime }).Samples.Sum(static sample => sample.Count) == 3;
        });

        GoProfile profile = GoProfile.Collect("leak", new GoProfileOptions { Runtime = runtime });

        GoProfileSample sample = Assert.Single(profile.Samples);
        Assert.Equal("GoProfileTests.Leak.lambda", Short(sample.Stack[0].Method));
        Assert.Equal("GoProfileTests.cs", sample.Stack[0].File);
        Assert.Contains("reason:[chan send]", GoTool.Pprof(profile, "-raw"));
    }

    [Theory]
    [InlineData("block")]
    [InlineData("mutex")]
    [InlineData("spawn")]
    [InlineData("leak")]
    public async Task Collect_WhileOff_ThrowsRatherThanBeingEmpty(string name)
    {
        await using GoRuntime runtime = new();
        Assert.Throws<InvalidOperationException>(() => GoProfile.Collect(name, new GoProfileOptions { Runtime = runtime }));
    }

    [Fact]
    public void Collect_UnknownName_Throws() => Assert.Throws<ArgumentException>(static () => GoProfile.Collect("heap"));

    [Fact]
    public async Task WriteFlame_Goroutines_AddsUp()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        Chan<int> never = new();
        runtime.Spawn(() => Outer(never));
        runtime.Spawn(() => Outer(never));
        WaitUntil(() => runtime.Snapshot().Count(static info => info.WaitReason == "chan receive") == 2);
        GoProfile profile = GoProfile.Collect("goroutine", new GoProfileOptions { Runtime = runtime });
        using MemoryStream flame = new();
        profile.WriteFlame(flame);
        using MemoryStream speedscope = new();
        profile.WriteSpeedscope(speedscope);

        JsonElement root = JsonDocument.Parse(flame.ToArray()).RootElement;
        Assert.Equal(2, root.GetProperty("value").GetInt64());
        Assert.All(root.GetProperty("children").EnumerateArray(), static child => Assert.Equal(
            child.GetProperty("value").GetInt64(), child.GetProperty("children").EnumerateArray().Sum(static inner => inner.GetProperty("value").GetInt64())));
        JsonElement sampled = JsonDocument.Parse(speedscope.ToArray()).RootElement.GetProperty("profiles")[0];
        Assert.Equal(sampled.GetProperty("samples").GetArrayLength(), sampled.GetProperty("weights").GetArrayLength());
        Assert.Equal(2, sampled.GetProperty("endValue").GetInt64());
        never.Close();
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(50_000)]
    [InlineData(3_000_000)]
    public void DelaySampler_WaitsOfAnyLength_SumsAreUnbiased(long wait)
    {
        const int Waits = 200_000;
        DelaySampler sampler = new(rate: 100_000, seed: 12345);
        for (int i = 0; i < Waits; i++)
        {
            sampler.Add(wait, new DelayKey(1, 2, WaitReason.Select));
        }

        Dictionary<DelayKey, DelayTotal> sums = [];
        sampler.AddTo(sums);
        DelayTotal total = Assert.Single(sums).Value;
        Assert.InRange(total.Count / Waits, 0.9, 1.1);
        Assert.InRange(total.Nanoseconds / ((double)Waits * wait), 0.9, 1.1);
    }

    private static async ValueTask Outer(Chan<int> channel) => await Inner(channel);

    private static async ValueTask Inner(Chan<int> channel) => await channel.ReceiveAsync();

    private static async ValueTask WaitForSlow()
    {
        Chan<int> channel = new();
        Go.Spawn(async () =>
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(20));
            await channel.SendAsync(1);
        });
        await channel.ReceiveAsync();
    }

    private static async ValueTask Contend()
    {
        GoMutex mutex = new();
        await mutex.LockAsync();
        Goroutine waiter = Go.Run(async () =>
        {
            await mutex.LockAsync();
            mutex.Unlock();
        });
        while (!Go.Snapshot().Any(static info => info.WaitReason == "sync.Mutex.Lock"))
        {
            await Go.Yield();
        }

        await Go.SleepAsync(TimeSpan.FromMilliseconds(10));
        mutex.Unlock();
        await waiter;
    }

    private static void Leak(GoRuntime runtime)
    {
        for (int i = 0; i < 3; i++)
        {
            Chan<int> channel = new();
            runtime.Spawn(async () => await channel.SendAsync(1));
        }
    }

    private static Profile Read(GoProfile profile)
    {
        using MemoryStream file = new();
        profile.WritePprof(file);
        file.Position = 0;
        using GZipStream gzip = new(file, CompressionMode.Decompress);
        return Profile.Parser.ParseFrom(gzip);
    }

    private static string Short(string method) => method.Replace("Goroutines.Diagnostics.Tests.", "", StringComparison.Ordinal);

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;

    private static void WaitUntil(Func<bool> condition)
        => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(20)), "It did not happen within 20 seconds.");
}
