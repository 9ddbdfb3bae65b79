using Goroutines.Tests.Support;
using Goroutines.Tests.Time;
using Xunit;

namespace Goroutines.Tests.Scope;

/// <summary>Scopes whose goroutines all succeed, and what belongs to a scope.</summary>
public class GoScopeTests
{
    [Fact]
    public Task ScopeAsync_ReturnsOnlyWhenTheChildrenHaveEnded() => Isolated.GoAsync(async () =>
    {
        var hold = new Chan<Unit>();
        int ended = 0;
        bool returned = false;
        Goroutine scope = Go.Run(async () =>
        {
            await Go.ScopeAsync(scope =>
            {
                for (int i = 0; i < 10; i++)
                {
                    scope.Spawn(async () =>
                    {
                        await hold.ReceiveAsync();
                        Interlocked.Increment(ref ended);
                    });
                }

                return default;
            });
            returned = true;
        });
        await VirtualTime.ParkedAsync(scope.Id, "scope");
        for (int i = 0; i < 9; i++)
        {
            await hold.SendAsync(default);
        }

        await VirtualTime.ParkedAsync(scope.Id, "scope");
        Assert.False(returned);
        hold.Close();
        await scope;
        Assert.Equal(10, ended);
        Assert.True(returned);
    });

    [Fact]
    public Task ScopeAsync_WithoutChildren_GivesTheBodysResult() => Isolated.GoAsync(async () =>
    {
        Assert.Equal(5, await Go.ScopeAsync(static _ => ValueTask.FromResult(5)));
        Assert.Equal(6, await Go.ScopeAsync(static async _ =>
        {
            await Go.Yield();
            return 6;
        }));
    });

    [Fact]
    public Task Spawn_EveryForm_RunsInTheScope() => Isolated.GoAsync(async () =>
    {
        int ran = 0;
        int sum = await Go.ScopeAsync(async scope =>
        {
            scope.Spawn(async () =>
            {
                await Go.Yield();
                Interlocked.Increment(ref ran);
            });
            scope.Spawn(TaskBody);
            scope.Spawn(ActionBody);
            Goroutine[] handles = [scope.Run(async () => await TaskBody()), scope.Run(TaskBody), scope.Run(ActionBody)];
            foreach (Goroutine handle in handles)
            {
                await handle;
            }

            Goroutine<int>[] results = [scope.Run(async () => await TaskResult()), scope.Run(TaskResult), scope.Run(static () => 4)];
            int sum = 0;
            foreach (Goroutine<int> result in results)
            {
                sum += await result;
            }

            return sum;
        });
        Assert.Equal(6, ran);
        Assert.Equal(8, sum);

        async Task TaskBody()
        {
            await Go.Yield();
            Interlocked.Increment(ref ran);
        }

        void ActionBody() => Interlocked.Increment(ref ran);

        static async Task<int> TaskResult()
        {
            await Go.Yield();
            return 2;
        }
    });

    [Fact]
    public Task Spawn_ByAChild_BelongsToTheScope() => Isolated.GoAsync(async () =>
    {
        int ran = 0;
        await Go.ScopeAsync(scope =>
        {
            Grow(scope, 6);
            return default;
        });
        Assert.Equal(127, ran);

        void Grow(GoScope scope, int depth)
        {
            Interlocked.Increment(ref ran);
            for (int i = 0; depth > 0 && i < 2; i++)
            {
                scope.Spawn(async () =>
                {
                    await Go.Yield();
                    Grow(scope, depth - 1);
                });
            }
        }
    });

    [Fact]
    public Task Spawn_IntoAnEndedScope_Throws() => Isolated.GoAsync(async () =>
    {
        GoScope ended = null!;
        await Go.ScopeAsync(scope =>
        {
            ended = scope;
            return default;
        });
        bool ran = false;
        Assert.Throws<InvalidOperationException>(() => ended.Spawn(Body));
        Assert.Throws<InvalidOperationException>(() => ended.Spawn(async () => await Body()));
        Assert.Throws<InvalidOperationException>(() => ended.Spawn(() => { ran = true; }));
        Assert.Throws<InvalidOperationException>(() => ended.Run(Body));
        Assert.Throws<InvalidOperationException>(() => ended.Run(() => { ran = true; }));
        Assert.Throws<InvalidOperationException>(() => ended.Run(static () => Task.FromResult(1)));
        Assert.Throws<InvalidOperationException>(() => ended.Run(() => ran = true));
        await Go.Yield();
        Assert.False(ran);

        ValueTask Body()
        {
            ran = true;
            return default;
        }
    });

    [Fact]
    public Task Spawn_NoBody_Throws() => Isolated.GoAsync(async () =>
    {
        await Go.ScopeAsync(scope =>
        {
            Assert.Throws<ArgumentNullException>("body", () => scope.Spawn((Func<ValueTask>)null!));
            Assert.Throws<ArgumentNullException>("body", () => scope.Spawn((Func<Task>)null!));
            Assert.Throws<ArgumentNullException>("body", () => scope.Spawn((Action)null!));
            Assert.Throws<ArgumentNullException>("body", () => scope.Run((Func<ValueTask>)null!));
            Assert.Throws<ArgumentNullException>("body", () => scope.Run((Func<Task>)null!));
            Assert.Throws<ArgumentNullException>("body", () => scope.Run((Action)null!));
            Assert.Throws<ArgumentNullException>("body", () => scope.Run((Func<ValueTask<int>>)null!));
            Assert.Throws<ArgumentNullException>("body", () => scope.Run((Func<Task<int>>)null!));
            Assert.Throws<ArgumentNullException>("body", () => scope.Run((Func<int>)null!));
            return default;
        });
        Assert.Throws<ArgumentNullException>("body", () => _ = Go.ScopeAsync(null!));
        Assert.Throws<ArgumentNullException>("body", () => _ = Go.ScopeAsync<int>(null!));
    });

    [Fact]
    public Task ScopeAsync_Nested_InnerEndsBeforeOuter() => Isolated.GoAsync(async () =>
    {
        List<string> order = [];
        await Go.ScopeAsync(async outer =>
        {
            outer.Spawn(async () =>
            {
                await Go.ScopeAsync(
                    inner =>
                    {
                        inner.Spawn(async () =>
                        {
                            await Go.Yield();
                            order.Add("innermost");
                        });
                        return default;
                    },
                    outer.CancellationToken);
                order.Add("inner");
            });
            await Go.Yield();
        });
        order.Add("outer");
        Assert.Equal(["innermost", "inner", "outer"], order);
    });

    [Fact]
    public async Task ScopeAsync_OutsideOfGoroutines_Works()
    {
        await Isolated.RunAsync(2, async runtime =>
        {
            int sum = await runtime.ScopeAsync(async scope =>
            {
                Goroutine<int>[] results = [.. Enumerable.Range(0, 10).Select(i => scope.Run(async () =>
                {
                    Assert.Same(runtime, GoRuntime.Current);
                    await Go.Yield();
                    return i;
                }))];
                int sum = 0;
                foreach (Goroutine<int> result in results)
                {
                    sum += await result;
                }

                return sum;
            });
            Assert.Equal(45, sum);
            await PlainThread.Run(() => Go.Wait(runtime.ScopeAsync(scope =>
            {
                scope.Spawn(async () => await Go.SleepAsync(TimeSpan.FromMilliseconds(5)));
                return default;
            })));
        });
    }

    [Fact]
    public Task CancellationToken_AfterSuccess_IsNotCancelled() => Isolated.GoAsync(async () =>
    {
        using var source = new CancellationTokenSource();
        CancellationToken token = await Go.ScopeAsync(static scope => ValueTask.FromResult(scope.CancellationToken), source.Token);
        Assert.False(token.IsCancellationRequested);
        await source.CancelAsync();
        Assert.False(token.IsCancellationRequested);
    });

    [Fact]
    public async Task Spawn_RuntimeStopped_ThrowsAndTheScopeEnds()
    {
        await using var runtime = new GoRuntime();
        await runtime.StopAsync();
        await runtime.ScopeAsync(scope =>
        {
            Assert.Throws<ObjectDisposedException>(() => scope.Spawn(static () => default(ValueTask)));
            Assert.Throws<ObjectDisposedException>(() => scope.Run(static () => { }));
            return default;
        });
    }

    [Fact]
    [Trait("Size", "Large")]
    public Task Spawn_AHundredThousand_AllEnd() => Isolated.GoAsync(async () =>
    {
        int ran = 0;
        await Go.ScopeAsync(scope =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                scope.Spawn(async () =>
                {
                    await Go.Yield();
                    Interlocked.Increment(ref ran);
                });
            }

            return default;
        });
        Assert.Equal(100_000, ran);
    });
}
