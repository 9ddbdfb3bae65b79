using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Spawning;

/// <summary>Joining a goroutine: from goroutines, tasks and plain threads, by one or many, before and after it ended.</summary>
public class HandleTests
{
    [Fact]
    public Task Await_FromAGoroutine_WaitsForTheEnd() => Isolated.GoAsync(async () =>
    {
        var gate = new Chan<int>();
        int id = 0;
        var plain = Go.Run(async () => id = (await gate.ReceiveAsync()).Value);
        var typed = Go.Run(async () => (await gate.ReceiveAsync()).Value);
        Go.Spawn(async () =>
        {
            await gate.SendAsync(5);
            await gate.SendAsync(5);
        });

        await plain;

        Assert.Equal(5, id);
        Assert.Equal(5, await typed);
    });

    [Fact]
    public Task Await_FromAGoroutine_ResumesOnTheSameGoroutine() => Isolated.GoAsync(async () =>
    {
        long me = Go.CurrentId;

        await Go.Run(async () => await Go.Yield());
        Assert.Equal(me, Go.CurrentId);
        await Go.Run(async () => await Go.Yield()).JoinAsync();
        Assert.Equal(me, Go.CurrentId);
        await Go.Run(async () =>
        {
            await Go.Yield();
            return 1;
        });
        Assert.Equal(me, Go.CurrentId);
    });

    [Fact]
    public Task Await_FromATask_WaitsForTheEnd() => Isolated.RunAsync(async runtime =>
    {
        var gate = new Chan<int>();
        var plain = runtime.Run(async () => await gate.ReceiveAsync());
        var typed = runtime.Run(async () => (await gate.ReceiveAsync()).Value);

        var joins = Task.Run(async () =>
        {
            await plain;
            return await typed;
        });
        Assert.False(joins.IsCompleted);
        await gate.SendAsync(5);
        await gate.SendAsync(5);

        Assert.Equal(5, await joins);
        Assert.Equal(0, Go.CurrentId);
    });

    [Fact]
    public Task Join_FromAThread_BlocksItUntilTheEnd() => Isolated.RunAsync(async runtime =>
    {
        var gate = new Chan<int>();
        var plain = runtime.Run(async () => await gate.ReceiveAsync());
        var typed = runtime.Run(async () => (await gate.ReceiveAsync()).Value);

        var joined = PlainThread.Run(() =>
        {
            plain.Join();
            return typed.Join();
        });
        Assert.False(joined.IsCompleted);
        await gate.SendAsync(5);
        await gate.SendAsync(5);

        Assert.Equal(5, await joined);
    });

    [Fact]
    public Task Join_InsideAnAsyncBody_LetsTheOthersRun() => Isolated.GoAsync(
        async () =>
        {
            await Go.Yield();

            // One P only: if this wait kept it, the joined goroutine could never run.
            Assert.Equal(9, Go.Run(async () =>
            {
                await Go.Yield();
                return 9;
            }).Join());
            Go.Run(async () => await Go.Yield()).Join();
        },
        new GoRuntimeOptions { MaxProcs = 1 });

    [Fact]
    public Task Join_AfterTheEnd_ReturnsAtOnceAsOftenAsAsked() => Isolated.RunAsync(async runtime =>
    {
        var plain = runtime.Run(async () => await Go.Yield());
        var typed = runtime.Run(() => new ValueTask<int>(3));
        await plain;
        await typed;

        for (int i = 0; i < 3; i++)
        {
            plain.Join();
            Assert.True(plain.JoinAsync().AsTask().IsCompletedSuccessfully);
            await plain;
            Assert.Equal(3, typed.Join());
            Assert.Equal(3, await typed.JoinAsync());
            Assert.Equal(3, await typed);
        }
    });

    [Fact]
    public Task Join_AfterTheRuntimeIsDisposed_StillGivesTheResult() => Isolated.RunAsync(async outer =>
    {
        Goroutine<int> handle;
        await using (var runtime = new GoRuntime())
        {
            handle = runtime.Run(() => new ValueTask<int>(3));
            await handle;
        }

        Assert.Equal(3, handle.Join());
    });

    [Fact]
    public Task Join_SeveralJoiners_AllGetTheResult() => Isolated.RunAsync(async runtime =>
    {
        var gate = new Chan<int>();
        var plain = runtime.Run(async () => await gate.ReceiveAsync());
        var handle = runtime.Run(async () =>
        {
            await plain;
            return "result";
        });

        var joiners = new List<Task<string>>();
        for (int i = 0; i < 8; i++)
        {
            joiners.Add(runtime.Run(async () =>
            {
                await plain;
                return await handle;
            }).JoinAsync().AsTask());
            joiners.Add(Task.Run(async () =>
            {
                await plain.JoinAsync();
                return await handle.JoinAsync();
            }));
        }

        for (int i = 0; i < 3; i++)
        {
            joiners.Add(PlainThread.Run(() =>
            {
                plain.Join();
                return handle.Join();
            }));
        }

        await gate.SendAsync(1);

        Assert.All(await Task.WhenAll(joiners), result => Assert.Equal("result", result));
    });

    [Fact]
    public Task Join_SeveralJoinersOfAFailure_AllGetTheException() => Isolated.RunAsync(async runtime =>
    {
        var gate = new Chan<int>();
        var expected = new FormatException("shared");
        var plain = runtime.Run(async () =>
        {
            await gate.ReceiveAsync();
            throw expected;
        });
        var typed = runtime.Run(async () =>
        {
            await plain;
            return 1;
        });

        var joiners = new List<Task>();
        for (int i = 0; i < 4; i++)
        {
            joiners.Add(runtime.Run(async () => await plain).JoinAsync().AsTask());
            joiners.Add(Task.Run(async () => await typed));
            joiners.Add(PlainThread.Run<object?>(() =>
            {
                plain.Join();
                return null;
            }));
            joiners.Add(PlainThread.Run<object?>(() => typed.Join()));
        }

        await gate.SendAsync(1);

        foreach (var joiner in joiners)
        {
            Assert.Same(expected, await Assert.ThrowsAsync<FormatException>(() => joiner));
        }

        // And those who come late.
        Assert.Same(expected, Assert.Throws<FormatException>(plain.Join));
        Assert.Same(expected, Assert.Throws<FormatException>(() => typed.Join()));
    });

    [Fact]
    public Task JoinAsync_Cancelled_ThrowsAndLeavesTheGoroutineAlone() => Isolated.RunAsync(async runtime =>
    {
        using var cts = new CancellationTokenSource();
        var gate = new Chan<int>();
        var plain = runtime.Run(async () => await gate.ReceiveAsync());
        var typed = runtime.Run(async () => (await gate.ReceiveAsync()).Value);
        var cancelledPlain = plain.JoinAsync(cts.Token).AsTask();
        var cancelledTyped = typed.JoinAsync(cts.Token).AsTask();
        var other = typed.JoinAsync().AsTask();

        await cts.CancelAsync();

        var first = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelledPlain);
        var second = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelledTyped);
        Assert.Equal(cts.Token, first.CancellationToken);
        Assert.Equal(cts.Token, second.CancellationToken);
        Assert.False(other.IsCompleted);

        await gate.SendAsync(4);
        await gate.SendAsync(4);
        await plain.JoinAsync(TestContext.Current.CancellationToken);
        Assert.Equal(4, await other);
    });

    [Fact]
    public Task JoinAsync_CancelledInsideAGoroutine_ResumesThere() => Isolated.GoAsync(async () =>
    {
        using var cts = new CancellationTokenSource();
        var never = new Chan<int>();
        long me = Go.CurrentId;
        var handle = Go.Run(async () => await never.ReceiveAsync());
        Go.Spawn(async () =>
        {
            await Go.Yield();
            await cts.CancelAsync();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await handle.JoinAsync(cts.Token));

        Assert.Equal(me, Go.CurrentId);
    });

    [Fact]
    public Task JoinAsync_TokenAlreadyCancelled_ThrowsWithoutWaiting() => Isolated.RunAsync(async runtime =>
    {
        var never = new Chan<int>();
        var plain = runtime.Run(async () => await never.ReceiveAsync());
        var typed = runtime.Run(async () => (await never.ReceiveAsync()).Value);
        var token = new CancellationToken(true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await plain.JoinAsync(token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await typed.JoinAsync(token));
    });

    [Fact]
    public Task JoinAsync_CancellationRacesWithTheEnd_OneOfThemWins() => Isolated.RunAsync(async runtime =>
    {
        int results = 0;
        int cancellations = 0;
        for (int i = 0; i < 2000; i++)
        {
            using var cts = new CancellationTokenSource();
            var gate = new Chan<int>(1);
            var handle = runtime.Run(async () => (await gate.ReceiveAsync()).Value);
            var join = handle.JoinAsync(cts.Token).AsTask();
            var cancelling = Task.Run(cts.Cancel);
            gate.TrySend(i);
            try
            {
                Assert.Equal(i, await join);
                results++;
            }
            catch (OperationCanceledException)
            {
                cancellations++;
            }

            await cancelling;
            Assert.Equal(i, await handle);
        }

        Assert.Equal(2000, results + cancellations);
    });
}
