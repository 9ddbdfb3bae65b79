using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Spawning;

/// <summary>The four forms of <c>Go.Wait</c>: wait for an operation without <c>await</c>.</summary>
public class AwaitTests
{
    [Fact]
    public Task Await_InsideAGoroutine_WaitsWhileTheOthersRun() => Isolated.GoAsync(
        async () =>
        {
            await Go.Yield();
            long me = Go.CurrentId;

            // One P only: each wait has to give it to the goroutine that ends it.
            Go.Wait(ValueTaskOf(1, Go.Run(async () => await Go.Yield())));
            Assert.Equal(2, Go.Wait(new ValueTask<int>(TaskOf(2, Go.Run(async () => await Go.Yield())))));
            Go.Wait((Task)TaskOf(3, Go.Run(async () => await Go.Yield())));
            Assert.Equal(4, Go.Wait(TaskOf(4, Go.Run(async () => await Go.Yield()))));

            Assert.Equal(me, Go.CurrentId);
        },
        new GoRuntimeOptions { MaxProcs = 1 });

    [Fact]
    public Task Await_ChannelOperations_InsideAGoroutine() => Isolated.GoAsync(
        async () =>
        {
            var numbers = new Chan<int>();
            Go.Spawn(async () =>
            {
                for (int i = 0; i < 100; i++)
                {
                    await numbers.SendAsync(i);
                }

                numbers.Close();
            });
            await Go.Yield();

            int sum = 0;
            while (Go.Wait(numbers.ReceiveAsync()) is { Ok: true } received)
            {
                sum += received.Value;
            }

            Assert.Equal(4950, sum);
        },
        new GoRuntimeOptions { MaxProcs = 1 });

    [Fact]
    public Task Await_OnAPlainThread_BlocksIt() => Isolated.RunAsync(async runtime =>
    {
        var gate = new Chan<int>();
        var thread = PlainThread.Run(() =>
        {
            Go.Wait(gate.SendAsync(1));
            int first = Go.Wait(gate.ReceiveAsync()).Value;
            Go.Wait(gate.SendAsync(1).AsTask());
            return first + Go.Wait(gate.ReceiveAsync().AsTask()).Value;
        });
        Assert.False(thread.IsCompleted);

        await runtime.Run(async () =>
        {
            await gate.ReceiveAsync();
            await gate.SendAsync(10);
            await gate.ReceiveAsync();
            await gate.SendAsync(20);
        }).JoinAsync();

        Assert.Equal(30, await thread);
    });

    [Fact]
    public Task Await_CompletedOperations_GiveTheirResult() => Isolated.GoAsync(() =>
    {
        Go.Wait(default(ValueTask));
        Go.Wait(Task.CompletedTask);
        Assert.Equal(1, Go.Wait(new ValueTask<int>(1)));
        Assert.Equal(2, Go.Wait(Task.FromResult(2)));
        return Task.CompletedTask;
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Await_FailedOperation_RethrowsItAsItIs(bool late) => Isolated.GoAsync(async () =>
    {
        await Go.Yield();
        var expected = new FormatException("mine");

        Check(() => Go.Wait(new ValueTask(FailAsync())));
        Check(() => _ = Go.Wait(new ValueTask<int>(FailAsync())));
        Check(() => Go.Wait((Task)FailAsync()));
        Check(() => _ = Go.Wait(FailAsync()));

        void Check(Action call)
        {
            var caught = Assert.Throws<FormatException>(call);
            Assert.Same(expected, caught);
            Assert.Contains(nameof(ThrowIt), caught.StackTrace);
        }

        async Task<int> FailAsync()
        {
            if (late)
            {
                // A continuation that wants this goroutine back can't have it while the goroutine waits here.
                await Task.Delay(1).ConfigureAwait(false);
            }

            ThrowIt(expected);
            return 0;
        }
    });

    [Fact]
    public Task Await_CancelledOperation_ThrowsTheCancellation() => Isolated.GoAsync(async () =>
    {
        using var cts = new CancellationTokenSource(TimeSpan.FromMilliseconds(5));
        await Go.Yield();

        var caught = Assert.ThrowsAny<OperationCanceledException>(() => Go.Wait(Go.SleepAsync(TimeSpan.FromHours(1), cts.Token)));

        Assert.Equal(cts.Token, caught.CancellationToken);
    });

    [Fact]
    public void Await_NullTask_Throws()
    {
        Assert.Throws<ArgumentNullException>("operation", () => Go.Wait((Task)null!));
        Assert.Throws<ArgumentNullException>("operation", () => Go.Wait((Task<int>)null!));
    }

    private static async ValueTask ValueTaskOf(int result, Goroutine after) => Assert.Equal(result, await TaskOf(result, after).ConfigureAwait(false));

    private static async Task<int> TaskOf(int result, Goroutine after)
    {
        await after.JoinAsync().ConfigureAwait(false);
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowIt(Exception exception) => throw exception;
}
