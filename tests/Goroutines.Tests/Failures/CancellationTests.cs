using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Failures;

/// <summary>A body that ends because its token told it to has ended as it should; one that only says so has failed.</summary>
public class CancellationTests
{
    public static TheoryData<string> Ways => ["Spawn", "Spawn Task", "Spawn Action", "Spawn with state", "WaitGroup.Spawn", "GoTimer.AfterFunc", "GoContext.AfterFunc", "Run, dropped", "Run with result, dropped", "async void"];

    [Theory]
    [MemberData(nameof(Ways))]
    public Task Cancellation_OfATokenThatWasCancelled_IsAnOrdinaryEnd(string way) => WithHandler(async (runtime, panics) =>
    {
        using CancelContext scope = GoContext.Background.WithCancel();
        scope.Cancel();
        await EndWith(runtime, way, () => throw new OperationCanceledException(scope.Token));
        await EndWith(runtime, way, () => throw new TaskCanceledException(null, null, scope.Token));
        await EndWith(runtime, way, () => throw new FormatException("the end"));
        Assert.Equal("the end", Assert.IsType<FormatException>((await NextAsync(panics)).Exception).Message);
        Assert.Equal(0, panics.Count);
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task Cancellation_OfNoTokenOrALiveOne_IsAPanic(string way) => WithHandler(async (runtime, panics) =>
    {
        using var live = new CancellationTokenSource();
        await EndWith(runtime, way, static () => throw new OperationCanceledException("none"));
        Assert.Equal("none", (await NextAsync(panics)).Exception.Message);
        await EndWith(runtime, way, () => throw new OperationCanceledException("live", live.Token));
        Assert.Equal("live", (await NextAsync(panics)).Exception.Message);
    });

    [Fact]
    public Task Cancellation_ThatIsATimeOutOfALibrary_IsAPanic() => WithHandler(async (runtime, panics) =>
    {
        // As HttpClient says that its time is over.
        await EndWith(runtime, "Spawn", static () => throw new TaskCanceledException("slow", new TimeoutException(), new CancellationToken(true)));
        Assert.Equal("slow", (await NextAsync(panics)).Exception.Message);
    });

    [Fact]
    public Task Cancellation_OfWhatLosesARace_IsAnOrdinaryEnd() => WithHandler(async (runtime, panics) =>
    {
        await runtime.Run(async () =>
        {
            var answers = new Chan<int>();
            var ended = new WaitGroup();
            using (CancelContext context = GoContext.Background.WithTimeout(TimeSpan.FromMinutes(1)))
            {
                for (int i = 0; i < 5; i++)
                {
                    int replica = i;
                    ended.Add(1);
                    Go.Spawn(async () =>
                    {
                        try
                        {
                            await answers.SendAsync(replica, context);
                        }
                        finally
                        {
                            ended.Done();
                        }
                    });
                }

                await answers.ReceiveAsync();
            }

            await ended.WaitAsync();
            await Go.Yield();
        });
        runtime.Main(static () => default(ValueTask)); // nothing is on its way to the handler any more
        Assert.Equal(0, panics.Count);
    });

    private static async Task<PanicInfo> NextAsync(Chan<PanicInfo> panics)
    {
        await Poll.UntilAsync(
            () =>
            {
                GC.Collect();
                return panics.Count != 0;
            },
            "a panic");
        return (await panics.ReceiveAsync()).Value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task EndWith(GoRuntime runtime, string way, Action fail)
    {
        Func<ValueTask> body = async () =>
        {
            await Go.Yield();
            fail();
        };
        switch (way)
        {
            case "Spawn":
                runtime.Spawn(body);
                break;
            case "Spawn Task":
                runtime.Spawn(new Func<Task>(async () => await body()));
                break;
            case "Spawn Action":
                runtime.Spawn(fail);
                break;
            case "Spawn with state":
                runtime.Spawn(static body => body(), body);
                break;
            case "WaitGroup.Spawn":
                await runtime.Run(async () =>
                {
                    var group = new WaitGroup();
                    group.Spawn(body);
                    await group.WaitAsync();
                });
                break;
            case "GoTimer.AfterFunc":
                await runtime.Run(() =>
                {
                    GoTimer.AfterFunc(TimeSpan.Zero, body);
                    return default(ValueTask);
                });
                break;
            case "GoContext.AfterFunc":
                await runtime.Run(() =>
                {
                    using CancelContext context = GoContext.Background.WithCancel();
                    context.AfterFunc(body);
                    return default(ValueTask);
                });
                break;
            case "Run, dropped":
                _ = runtime.Run(body);
                break;
            case "Run with result, dropped":
                _ = runtime.Run(new Func<ValueTask<int>>(async () =>
                {
                    await body();
                    return 1;
                }));
                break;
            default:
                runtime.Spawn(async () =>
                {
                    Later();
                    await Go.Yield();
                });
                break;
        }

        await Poll.UntilAsync(() => runtime.Count == 0, "it to end");

        async void Later() => await body();
    }

    private static async Task WithHandler(Func<GoRuntime, Chan<PanicInfo>, Task> body)
    {
        var panics = new Chan<PanicInfo>(1000);
        await Isolated.RunAsync(runtime => body(runtime, panics), new GoRuntimeOptions { MaxProcs = 2, PanicHandler = panic => panics.TrySend(panic) });
    }
}
