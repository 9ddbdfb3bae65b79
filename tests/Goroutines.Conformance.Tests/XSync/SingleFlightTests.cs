using Goroutines.Conformance.Tests.Sync;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.XSync;

/// <summary>singleflight/singleflight_test.go of golang.org/x/sync, and its example.</summary>
public class SingleFlightTests
{
    [Theory(DisplayName = "go: x/sync/singleflight/singleflight_test.go TestPanicErrorUnwrap")]
    [InlineData(false)]
    [InlineData(true)]
    public void Do_CallThrows_TheExceptionIsThrownAsItIs(bool withInner)
    {
        Exception inner = new TimeoutException("inner");
        Exception failure = new InvalidOperationException("outer", withInner ? inner : null);
        var flights = new SingleFlight<string, int>();
        Exception thrown = Assert.Throws<InvalidOperationException>(() => { flights.Do("key", () => throw failure); });
        Assert.Same(failure, thrown);
        Assert.Same(withInner ? inner : null, thrown.InnerException);
    }

    [Fact(DisplayName = "go: x/sync/singleflight/singleflight_test.go TestDo")]
    public void Do_GivesTheResult() => Assert.Equal(("bar", false), new SingleFlight<string, string>().Do("key", static () => "bar"));

    [Fact(DisplayName = "go: x/sync/singleflight/singleflight_test.go TestDoErr")]
    public void Do_CallFails_FailsWithTheSame()
    {
        Exception failure = new InvalidOperationException("some error");
        Assert.Same(failure, Record.Exception(() => { new SingleFlight<string, string>().Do("key", () => throw failure); }));
    }

    [Theory(DisplayName = "go: x/sync/singleflight/singleflight_test.go TestDoDupSuppress")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Do_TenAtOnce_ShareOneCall(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        const int Callers = 10;
        var flights = new SingleFlight<string, string>();
        var answer = new Chan<string>();
        int calls = 0;
        Goroutine[] callers = OnStacks.Start(Callers, _ =>
        {
            (string value, bool shared) = flights.Do("key", () =>
            {
                Interlocked.Increment(ref calls);
                return answer.Receive().Value;
            });
            Assert.Equal("bar", value);
            Assert.True(shared);
        });
        UntilWaiting(Callers - 1);
        answer.Send("bar");
        OnStacks.Join(callers);
        Assert.Equal(1, calls);
    });

    [Theory(DisplayName = "go: x/sync/singleflight/singleflight_test.go TestForget")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Forget_LaterCallersShareTheSecondCall(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        var flights = new SingleFlight<string, int>();
        var started = new Chan<Unit>();
        var unblockFirst = new Chan<Unit>();
        var unblockSecond = new Chan<Unit>();
        Goroutine<int> first = Start(() =>
        {
            started.Send(default);
            unblockFirst.Receive();
            return 1;
        });
        started.Receive();
        flights.Forget("key");
        Goroutine<int> second = Start(() =>
        {
            started.Send(default);
            unblockSecond.Receive();
            return 2;
        });
        started.Receive();
        unblockFirst.Close();
        Assert.Equal(1, first.Join());

        Goroutine<int> third = Start(static () => 3);
        UntilWaiting(1);
        unblockSecond.Close();
        Assert.Equal(2, second.Join());
        Assert.Equal(2, third.Join());

        Goroutine<int> Start(Func<int> call) => Go.Run(() => flights.Do("key", call).Value);
    });

    [Fact(DisplayName = "go: x/sync/singleflight/singleflight_test.go TestDoChan")]
    public Task DoAsync_OnItsOwnGoroutine_GivesTheResult() => Isolated.GoAsync(static async () =>
    {
        var flights = new SingleFlight<string, string>();
        using CancelContext context = GoContext.Background.WithCancel();
        Assert.Equal(("bar", false), await flights.DoAsync("key", static () => new ValueTask<string>("bar"), context));
    });

    [Theory(DisplayName = "go: x/sync/singleflight/singleflight_test.go TestPanicDo")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Do_CallThrows_AllCallersThrowAndNoneHangs(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        const int Callers = 5;
        var flights = new SingleFlight<string, int>();
        Exception failure = new InvalidOperationException("invalid memory address or nil pointer dereference");
        int thrown = 0;
        OnStacks.Join(OnStacks.Start(Callers, _ =>
        {
            Assert.Same(failure, Record.Exception(() => { flights.Do("key", () => throw failure); }));
            Interlocked.Increment(ref thrown);
        }));
        Assert.Equal(Callers, thrown);
    });

    [Fact(DisplayName = "go: x/sync/singleflight/singleflight_test.go TestPanicDoChan")]
    public async Task DoAsync_CallThrowsInItsOwnGoroutine_IsThrownWhereItIsAwaited()
    {
        List<PanicInfo> panics = [];
        await Isolated.GoAsync(
            static async () =>
            {
                var flights = new SingleFlight<string, int>();
                using CancelContext context = GoContext.Background.WithCancel();
                Exception failure = new InvalidOperationException("Panicking in DoChan");
                Assert.Same(failure, await Record.ExceptionAsync(async () => await flights.DoAsync("", () => throw failure, context)));
            },
            new GoRuntimeOptions { PanicHandler = panics.Add });
        Assert.Empty(panics);
    }

    [Fact(DisplayName = "go: x/sync/singleflight/singleflight_test.go TestPanicDoSharedByDoChan")]
    public async Task DoAsync_SharedCallThrows_IsThrownForBoth()
    {
        List<PanicInfo> panics = [];
        await Isolated.GoAsync(
            static async () =>
            {
                var flights = new SingleFlight<string, int>();
                using CancelContext context = GoContext.Background.WithCancel();
                Exception failure = new InvalidOperationException("Panicking in Do");
                var blocked = new Chan<Unit>();
                var unblock = new Chan<Unit>();
                Goroutine leader = Go.Run(async () => Assert.Same(failure, await Record.ExceptionAsync(async () => await flights.DoAsync("", async () =>
                {
                    blocked.Close();
                    await unblock.ReceiveAsync();
                    throw failure;
                }))));
                await blocked.ReceiveAsync();
                Task shared = flights.DoAsync("", static () => throw new InvalidOperationException("The second call was made, too."), context).AsTask();
                unblock.Close();
                Assert.Same(failure, await Record.ExceptionAsync(() => shared));
                await leader;
            },
            new GoRuntimeOptions { PanicHandler = panics.Add });
        Assert.Empty(panics);
    }

    [Fact(DisplayName = "go: x/sync/singleflight/singleflight_test.go ExampleGroup")]
    public Task DoAsync_Twice_SharesTheFirstCallsResult() => Isolated.GoAsync(static async () =>
    {
        var flights = new SingleFlight<string, string>();
        using CancelContext context = GoContext.Background.WithCancel();
        var block = new Chan<Unit>();
        Task<(string Value, bool Shared)> first = Start("call 1");
        Task<(string Value, bool Shared)> second = Start("call 2");
        block.Close();
        Assert.Equal(("call 1", true), await first);
        Assert.Equal(("call 1", true), await second);

        Task<(string Value, bool Shared)> Start(string result) => flights.DoAsync(
            "key",
            async () =>
            {
                await block.ReceiveAsync();
                return result;
            },
            context).AsTask();
    });

    private static void UntilWaiting(int callers)
    {
        while (Go.Snapshot().Count(static info => info.WaitReason == "singleflight.Group.Do") != callers)
        {
            Go.Wait(Go.Yield());
        }
    }
}
