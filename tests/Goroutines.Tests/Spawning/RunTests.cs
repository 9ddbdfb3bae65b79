using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Spawning;

/// <summary>Results and exceptions of <c>Go.Run</c>: both belong to the handle.</summary>
public class RunTests
{
    [Fact]
    public Task Run_ValueTaskOfT_GivesItsResult() => Isolated.GoAsync(async () =>
    {
        Func<ValueTask<string>> body = async () =>
        {
            await Go.Yield();
            return "value task";
        };

        Assert.Equal("value task", await Go.Run(body));
    });

    [Fact]
    public Task Run_TaskOfT_GivesItsResult() => Isolated.GoAsync(async () =>
    {
        Func<Task<string>> body = async () =>
        {
            await Go.Yield();
            return "task";
        };

        Assert.Equal("task", await Go.Run(body));
    });

    [Fact]
    public Task Run_CompletesSynchronously_GivesItsResult() => Isolated.GoAsync(async () =>
    {
        Assert.Equal(1, await Go.Run(() => new ValueTask<int>(1)));
        Assert.Equal(2, await Go.Run(() => Task.FromResult(2)));
        await Go.Run(() => ValueTask.CompletedTask);
        await Go.Run(() => Task.CompletedTask);
    });

    [Fact]
    public Task Run_HandleId_IsTheIdInsideTheBody() => Isolated.GoAsync(async () =>
    {
        var ids = new Chan<long>(2);

        var plain = Go.Run(async () => await ids.SendAsync(Go.CurrentId));
        var typed = Go.Run(() => new ValueTask<long>(Go.CurrentId));

        Assert.Equal(plain.Id, (await ids.ReceiveAsync()).Value);
        Assert.Equal(typed.Id, await typed);
        Assert.NotEqual(plain.Id, typed.Id);
    });

    [Theory]
    [InlineData(BodyKind.ValueTask, false)]
    [InlineData(BodyKind.ValueTask, true)]
    [InlineData(BodyKind.Task, false)]
    [InlineData(BodyKind.Task, true)]
    [InlineData(BodyKind.ValueTaskOfT, false)]
    [InlineData(BodyKind.ValueTaskOfT, true)]
    [InlineData(BodyKind.TaskOfT, false)]
    [InlineData(BodyKind.TaskOfT, true)]
    public Task Run_BodyThrows_TheHandleRethrowsItAsItIs(BodyKind kind, bool late)
    {
        int panics = 0;
        return Isolated.GoAsync(
            async () =>
            {
                var expected = new FormatException("mine");

                var caught = await Assert.ThrowsAsync<FormatException>(() => JoinThrowing(kind, late, expected));

                Assert.Same(expected, caught);
                Assert.Contains(nameof(ThrowIt), caught.StackTrace);
                Assert.Equal(0, Volatile.Read(ref panics));
            },
            new GoRuntimeOptions { PanicHandler = _ => Interlocked.Increment(ref panics) });
    }

    [Fact]
    public Task Run_BodyThrowsWhileItsHandleLives_IsNoPanic()
    {
        int panics = 0;
        return Isolated.RunAsync(
            async runtime =>
            {
                var handles = new List<Goroutine>();
                for (int i = 0; i < 100; i++)
                {
                    handles.Add(runtime.Run(async () =>
                    {
                        await Go.Yield();
                        throw new FormatException("joined late");
                    }));
                }

                await Poll.UntilAsync(() => runtime.Count == 0, "all hundred goroutines to end");
                GC.Collect();
                GC.WaitForPendingFinalizers();
                foreach (var handle in handles)
                {
                    await Assert.ThrowsAsync<FormatException>(async () => await handle.JoinAsync());
                }

                Assert.Equal(0, Volatile.Read(ref panics));
            },
            new GoRuntimeOptions { PanicHandler = _ => Interlocked.Increment(ref panics) });
    }

    [Fact]
    public Task Run_BodyThrowsAndTheHandleIsDropped_TheFailureIsNotLost()
    {
        var panics = new Chan<PanicInfo>(1);
        return Isolated.RunAsync(
            async runtime =>
            {
                long id = DropFailing(runtime);
                await Poll.UntilAsync(
                    () =>
                    {
                        GC.Collect();
                        GC.WaitForPendingFinalizers();
                        return panics.Count > 0;
                    },
                    "the unjoined failure to reach the panic handler");

                var (panic, _) = await panics.ReceiveAsync();
                Assert.Equal(id, panic.GoroutineId);
                Assert.Equal("nobody joins", Assert.IsType<FormatException>(panic.Exception).Message);
            },
            new GoRuntimeOptions { PanicHandler = panic => panics.TrySend(panic) });

        [MethodImpl(MethodImplOptions.NoInlining)]
        static long DropFailing(GoRuntime runtime) => runtime.Run(async () =>
        {
            await Go.Yield();
            throw new FormatException("nobody joins");
        }).Id;
    }

    [Fact]
    public Task Run_BodyIsCancelled_TheHandleThrowsThat() => Isolated.GoAsync(async () =>
    {
        using var cts = new CancellationTokenSource();
        var never = new Chan<int>();
        var handle = Go.Run(async () => (await never.ReceiveAsync(cts.Token)).Value);

        await cts.CancelAsync();

        var caught = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await handle);
        Assert.Equal(cts.Token, caught.CancellationToken);
    });

    [Fact]
    public Task Run_ReturnsACancelledTask_TheHandleThrowsThat() => Isolated.GoAsync(async () =>
    {
        var token = new CancellationToken(true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Go.Run(() => Task.FromCanceled(token)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Go.Run(() => Task.FromCanceled<int>(token)));
    });

    [Fact]
    public Task Run_Nested_ResultsComeBackThroughEveryLevel() => Isolated.GoAsync(async () =>
    {
        Assert.Equal(1 << 10, await Count(10));

        static async ValueTask<int> Count(int depth)
        {
            if (depth == 0)
            {
                return 1;
            }

            var left = Go.Run(() => Count(depth - 1));
            var right = Go.Run(() => Count(depth - 1));
            return await left + await right;
        }
    });

    public enum BodyKind
    {
        ValueTask,
        Task,
        ValueTaskOfT,
        TaskOfT,
    }

    private static Task JoinThrowing(BodyKind kind, bool late, Exception exception)
    {
        return kind switch
        {
            BodyKind.ValueTask => Go.Run(new Func<ValueTask>(() => new ValueTask(ThrowLater()))).JoinAsync().AsTask(),
            BodyKind.Task => Go.Run(new Func<Task>(() => ThrowLater())).JoinAsync().AsTask(),
            BodyKind.ValueTaskOfT => Go.Run(new Func<ValueTask<int>>(() => new ValueTask<int>(ThrowLater()))).JoinAsync().AsTask(),
            BodyKind.TaskOfT => Go.Run(new Func<Task<int>>(() => ThrowLater())).JoinAsync().AsTask(),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

        Task<int> ThrowLater()
        {
            if (!late)
            {
                ThrowIt(exception);
            }

            return AfterYield();
        }

        async Task<int> AfterYield()
        {
            await Go.Yield();
            ThrowIt(exception);
            return 0;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowIt(Exception exception) => throw exception;
}
