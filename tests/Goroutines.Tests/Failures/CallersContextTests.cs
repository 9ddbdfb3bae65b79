using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Failures;

/// <summary>The library's own code neither takes along nor waits for what belongs to its callers: execution contexts, schedulers, contexts.</summary>
public class CallersContextTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    [Theory]
    [InlineData(null)]
    [InlineData("registrant")]
    public async Task AfterFunc_OfAContext_RunsInTheContextItWasRegisteredIn(string? registered)
    {
        using CancelContext context = GoContext.Background.WithCancel();
        var seen = new TaskCompletionSource<string?>();
        s_local.Value = registered;
        context.AfterFunc(() => seen.SetResult(s_local.Value));
        s_local.Value = "canceller";
        context.Cancel();
        Assert.Equal(registered, await seen.Task.WaitAsync(Limits.Wait));
    }

    [Fact]
    public async Task AfterFunc_WithSuppressedFlow_RunsInTheEmptyContext()
    {
        using CancelContext context = GoContext.Background.WithCancel();
        var seen = new TaskCompletionSource<string?>();
        s_local.Value = "registrant";
        using (ExecutionContext.SuppressFlow())
        {
            context.AfterFunc(() => seen.SetResult(s_local.Value));
        }

        s_local.Value = "canceller";
        context.Cancel();
        Assert.Null(await seen.Task.WaitAsync(Limits.Wait));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("registrant")]
    public async Task AfterFunc_OfATimer_RunsInTheContextItWasMadeIn(string? made)
    {
        var seen = new Chan<string?>(1);
        s_local.Value = made;
        GoTimer timer = GoTimer.AfterFunc(Timeout.InfiniteTimeSpan, () => seen.TrySend(s_local.Value));
        s_local.Value = "resetter";
        timer.Reset(TimeSpan.Zero);
        Assert.Equal(made, (await seen.ReceiveAsync()).Value);
    }

    [Fact]
    public async Task AfterFunc_OfAnEndedContext_RunsInTheContextItWasRegisteredIn()
    {
        using CancelContext context = GoContext.Background.WithCancel();
        context.Cancel();
        var seen = new TaskCompletionSource<string?>();
        s_local.Value = "registrant";
        context.AfterFunc(() => seen.SetResult(s_local.Value));
        Assert.Equal("registrant", await seen.Task.WaitAsync(Limits.Wait));
    }

    public static TheoryData<string> Blocking => [.. s_blocking.Keys];

    private static readonly Dictionary<string, Action> s_blocking = new()
    {
        ["OnceValue.Get"] = static () => new OnceValue<int>(DelayedAsync).Get(),
        ["OnceValue.GetAsync"] = static () => Go.Wait(new OnceValue<int>(DelayedAsync).GetAsync()),
        ["Once.DoAsync"] = static () => Go.Wait(new Once().DoAsync(async () => await DelayedAsync().ConfigureAwait(false))),
        ["SingleFlight.DoAsync"] = static () => Go.Wait(new SingleFlight<int, int>().DoAsync(1, DelayedAsync)),
        ["SingleFlight.DoAsync with token"] = static () => Go.Wait(new SingleFlight<int, int>().DoAsync(1, DelayedAsync, new CancellationTokenSource().Token)),
        ["ErrGroup.WaitAsync"] = static () =>
        {
            var group = new ErrGroup();
            group.Spawn(async () => await DelayedAsync());
            Go.Wait(group.WaitAsync());
        },
        ["ErrGroup.SpawnAsync"] = static () =>
        {
            var group = new ErrGroup { Limit = 1 };
            group.Spawn(async () => await DelayedAsync());
            Go.Wait(group.SpawnAsync(async () => await DelayedAsync()));
            Go.Wait(group.WaitAsync());
        },
        ["ScopeAsync"] = static () => Go.Wait(Go.ScopeAsync(async scope =>
        {
            scope.Spawn(async () => await DelayedAsync());
            await DelayedAsync().ConfigureAwait(false);
        })),
        ["ScopeAsync with result"] = static () => Go.Wait(Go.ScopeAsync<int>(async _ => await DelayedAsync().ConfigureAwait(false))),
        ["Yield"] = static () => Go.Wait(Go.Yield()),
        ["SleepAsync"] = static () => Go.Wait(Go.SleepAsync(TimeSpan.FromMilliseconds(1))),
        ["SleepAsync zero"] = static () => Go.Wait(Go.SleepAsync(TimeSpan.Zero)),
        ["reader"] = static () =>
        {
            var channel = new Chan<int>();
            Go.Spawn(async () =>
            {
                await channel.SendAsync(1);
                await channel.SendAsync(2);
            });
            System.Threading.Channels.ChannelReader<int> reader = channel.Receiver.ToChannelReader();
            Go.Wait(reader.WaitToReadAsync());
            Go.Wait(reader.ReadAsync());
            Go.Wait(reader.ReadAsync());
        },
        ["writer"] = static () =>
        {
            var channel = new Chan<int>();
            Go.Spawn(async () =>
            {
                await channel.ReceiveAsync();
                await channel.ReceiveAsync();
            });
            System.Threading.Channels.ChannelWriter<int> writer = channel.Sender.ToChannelWriter();
            Go.Wait(writer.WaitToWriteAsync());
            Go.Wait(writer.WriteAsync(1));
            Go.Wait(writer.WriteAsync(2));
        },
    };

    [Theory]
    [MemberData(nameof(Blocking))]
    public async Task BlockingCall_UnderASchedulerWithOneThread_Returns(string call)
    {
        var one = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, 1).ExclusiveScheduler;
        await Task.Factory.StartNew(() => s_blocking[call](), CancellationToken.None, TaskCreationOptions.LongRunning, one).WaitAsync(Limits.Wait);
    }

    [Theory]
    [MemberData(nameof(Blocking))]
    public async Task BlockingCall_UnderAContextWithOneThread_Returns(string call)
    {
        var context = new RecordingContext();
        Task run = context.RunNext(() => s_blocking[call]());
        await run.WaitAsync(Limits.Wait);
        context.Dispose();
    }

    private static async ValueTask<int> DelayedAsync()
    {
        await Task.Delay(20).ConfigureAwait(false);
        return 1;
    }
}
