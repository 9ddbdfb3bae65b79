using Xunit;

namespace Goroutines.Testing.Tests;

/// <summary>How a test in virtual time ends, and what it may call.</summary>
public sealed class RunTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    [Fact]
    public void Run_BodyThatThrows_ThrowsTheSame()
    {
        var thrown = new InvalidOperationException("mine");
        Assert.Same(thrown, Assert.Throws<InvalidOperationException>(() => GoTest.Run(async () =>
        {
            await Go.Yield();
            throw thrown;
        })));
        Assert.Same(thrown, Assert.Throws<InvalidOperationException>(() => GoTest.Run((Action)(() => throw thrown))));
    }

    [Fact]
    public void Run_Overloads_RunTheBody()
    {
        int ran = 0;
        GoTest.Run(async () => ran += await Task.FromResult(1));
        GoTest.Run((Func<Task>)(() =>
        {
            ran++;
            return Task.CompletedTask;
        }));
        GoTest.Run(() =>
        {
            ran++;
        });
        Assert.Equal(3, ran);
    }

    [Fact]
    public void Run_Deadlock_FailsWithDump()
    {
        var failure = Assert.Throws<DeadlockException>(() => GoTest.Run(async () => await new Chan<int>().ReceiveAsync()));
        Assert.StartsWith("all goroutines are asleep - deadlock!", failure.Message, StringComparison.Ordinal);
        Assert.Contains("goroutine 1 [chan receive]", failure.Dump, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_DeadlockOnLiveToken_IsADeadlockToo()
    {
        using var source = new CancellationTokenSource();
        Assert.Throws<DeadlockException>(() => GoTest.Run(async () => await new Chan<int>().ReceiveAsync(source.Token)));
    }

    [Fact]
    public void Run_GoroutinesLeft_FailsWithWhereTheyWait()
    {
        var failure = Assert.Throws<GoroutineLeakException>(() => GoTest.Run(async () =>
        {
            var never = new Chan<int>();
#pragma warning disable GOR215 // it is to be left behind
            Go.Spawn(async () => await never.ReceiveAsync());
#pragma warning restore GOR215
            Go.Spawn(async () => await Go.SleepAsync(TimeSpan.FromSeconds(1)));
            await Go.Yield();
        }));
        Assert.Equal(["chan receive", "sleep"], failure.Goroutines.Select(static g => g.WaitReason).Order(StringComparer.Ordinal));
        Assert.All(failure.Goroutines, static g => Assert.Contains(nameof(RunTests) + ".cs:", g.CreatedAt, StringComparison.Ordinal));
        Assert.Contains("[chan receive]", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_GoroutinesThatCanStillRun_DoSoAfterTheBody()
    {
        bool ran = false;
        GoTest.Run(() =>
        {
            Go.Spawn(async () =>
            {
                await Go.Yield();
                await Go.Yield();
                ran = true;
            });
            return ValueTask.CompletedTask;
        });
        Assert.True(ran);
    }

    [Fact]
    public void Run_SynchronousGoroutineLeft_IsUnwound()
    {
        bool unwound = false;
        Assert.Throws<GoroutineLeakException>(() => GoTest.Run(async () =>
        {
            Go.Spawn(() =>
            {
                try
                {
                    new Chan<int>().Receive();
                }
                finally
                {
                    unwound = true;
                }
            });
            await GoTest.WaitAsync();
        }));
        Assert.True(unwound);
    }

    [Fact]
    public void Run_Panic_FailsAtOnce()
    {
        var failure = Assert.Throws<GoroutinePanicException>(() => GoTest.Run(async () =>
        {
            Go.Spawn(static () => throw new InvalidOperationException("lost"));
            await new Chan<int>().ReceiveAsync();
        }));
        Assert.Equal("lost", Assert.IsType<InvalidOperationException>(failure.InnerException).Message);
        Assert.Contains(nameof(RunTests) + ".cs:", failure.Info!.CreatedAt, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_FailureNobodyJoined_Fails()
    {
        var failure = Assert.Throws<GoroutinePanicException>(() => GoTest.Run(async () =>
        {
            _ = Go.Run(static async () =>
            {
                await Go.Yield();
                throw new InvalidOperationException("lost");
            });
            await Go.SleepAsync(TimeSpan.FromSeconds(1));
        }));
        Assert.IsType<InvalidOperationException>(failure.InnerException);
    }

    [Fact]
    public void Run_PanicHandlerOfTheTest_TakesOver() => GoTest.Run(async () =>
    {
        var seen = new Chan<string>(1);
        Go.PanicHandler = info => seen.TrySend(info.Exception.Message);
        Go.Spawn(static () => throw new InvalidOperationException("expected"));
        Assert.Equal("expected", (await seen.ReceiveAsync()).Value);
    });

    [Fact]
    public void WaitAsync_ReturnsWhenOthersAreBlocked() => GoTest.Run(async () =>
    {
        int done = 0;
        for (int i = 0; i < 10; i++)
        {
            Go.Spawn(async () =>
            {
                for (int k = 0; k < 10; k++)
                {
                    await Go.Yield();
                    done++;
                }

                await Go.SleepAsync(TimeSpan.FromSeconds(1));
                done++;
            });
        }

        DateTimeOffset begun = GoTest.TimeProvider.GetUtcNow();
        await GoTest.WaitAsync();
        Assert.Equal(100, done);
        Assert.Equal(begun, GoTest.TimeProvider.GetUtcNow());
        await Go.SleepAsync(TimeSpan.FromSeconds(1));
        await GoTest.WaitAsync();
        Assert.Equal(110, done);
    });

    [Fact]
    public void Wait_InSynchronousBody_ReturnsWhenOthersAreBlocked() => GoTest.Run(() =>
    {
        int done = 0;
        Go.Spawn(async () =>
        {
            await Go.Yield();
            done++;
        });
        GoTest.Wait();
        Assert.Equal(1, done);
    });

    [Fact]
    public void WaitAsync_Twice_Throws() => GoTest.Run(async () =>
    {
        Goroutine other = Go.Run(async () => await GoTest.WaitAsync());
        while (!Go.Snapshot().Any(static g => g.WaitReason == "synctest.Wait"))
        {
            await Go.Yield(); // another worker may have taken it
        }

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await GoTest.WaitAsync());
        await other;
    });

    [Fact]
    public void Wait_InAsynchronousBody_Throws() => GoTest.Run(async () =>
    {
        await Go.Yield();
        Assert.Throws<InvalidOperationException>(GoTest.Wait);
    });

    [Fact]
    public async Task Members_OutsideOfATest_Throw()
    {
        Assert.Throws<InvalidOperationException>(() => GoTest.TimeProvider);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await GoTest.WaitAsync());
        Assert.Throws<ArgumentNullException>(() => GoTest.Run((Func<ValueTask>)null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => GoTest.Run(static () => { }, new GoTestOptions { MaxProcs = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => GoTest.Run(static () => { }, new GoTestOptions { OutsideLimit = TimeSpan.FromSeconds(-2) }));
    }

    [Fact]
    public void Run_InsideGoroutine_Throws() => GoTest.Run(async () =>
    {
        await Go.Yield();
        Assert.Throws<InvalidOperationException>(() => GoTest.Run(static () => { }));
        Assert.Throws<InvalidOperationException>(() => GoTest.Explore(static () => { }));
    });

    [Fact]
    public void Run_ExecutionContext_FlowsIntoTheBody()
    {
        s_local.Value = "outer";
        GoTest.Run(async () =>
        {
            await Go.Yield();
            Assert.Equal("outer", s_local.Value);
            await Go.Run(static async () =>
            {
                await Go.SleepAsync(TimeSpan.FromSeconds(1));
                Assert.Equal("outer", s_local.Value);
            });
        });
    }
}
