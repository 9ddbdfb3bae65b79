using Goroutines.Tests.Support;
using Goroutines.Tests.Time;
using Xunit;

namespace Goroutines.Tests.Scope;

/// <summary>Failures and cancellation of scopes. Every test has a panic handler that must not be called.</summary>
public class GoScopeFailureTests
{
    [Fact]
    public Task BodyThrows_ChildrenEndFirstAndItIsRethrownAsItIs() => Quiet(async () =>
    {
        bool ended = false;
        var failure = new InvalidOperationException("body");
        InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () => await Go.ScopeAsync(async scope =>
        {
            scope.Spawn(async () =>
            {
                try
                {
                    await Go.SleepAsync(Timeout.InfiniteTimeSpan, scope.CancellationToken);
                }
                finally
                {
                    await Go.Yield();
                    ended = true;
                }
            });
            await Go.Yield();
            throw failure;
        }));
        Assert.Same(failure, thrown);
        Assert.Contains(nameof(BodyThrows_ChildrenEndFirstAndItIsRethrownAsItIs), thrown.StackTrace, StringComparison.Ordinal);
        Assert.True(ended);
    });

    [Fact]
    public Task BodyThrowsAtOnce_TheTaskFails() => Quiet(async () =>
    {
        ValueTask scope = Go.ScopeAsync(static ValueTask (_) => throw new InvalidOperationException("at once"));
        Assert.Equal("at once", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await scope)).Message);
    });

    public static TheoryData<string> Kinds => ["spawn", "spawn task", "spawn action", "run", "run task", "run action", "run result", "run task result", "run function"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task ChildThrows_CancelsTheSiblingsAndIsRethrownAsItIs(string kind) => Quiet(async () =>
    {
        var failure = new InvalidOperationException(kind);
        int cancelled = 0;
        InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () => await Go.ScopeAsync(async scope =>
        {
            for (int i = 0; i < 5; i++)
            {
                scope.Spawn(async () =>
                {
                    try
                    {
                        await Go.SleepAsync(Timeout.InfiniteTimeSpan, scope.CancellationToken);
                    }
                    catch (OperationCanceledException)
                    {
                        Interlocked.Increment(ref cancelled);
                        throw;
                    }
                });
            }

            Start(kind, scope, failure);
            await Go.SleepAsync(Timeout.InfiniteTimeSpan, scope.CancellationToken);
        }));
        Assert.Same(failure, thrown);
        Assert.Equal(5, cancelled);
    });

    [Fact]
    public Task ChildOfRunThrows_TheHandleThrowsItToo() => Quiet(async () =>
    {
        Goroutine<int> handle = null!;
        var failure = new InvalidOperationException("once");
        InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () => await Go.ScopeAsync(async scope =>
        {
            handle = scope.Run<int>(async () =>
            {
                await Go.Yield();
                throw failure;
            });
            await handle;
        }));
        Assert.Same(failure, thrown);
        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(async () => await handle));
    });

    [Fact]
    public Task ChildOfRunThrows_CaughtByTheBody_FailsTheScopeAllTheSame() => Quiet(async () =>
    {
        Exception thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () => await Go.ScopeAsync(async scope =>
        {
            Goroutine handle = scope.Run(async () =>
            {
                await Go.Yield();
                throw new InvalidOperationException("caught");
            });
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await handle);
            Assert.True(scope.CancellationToken.IsCancellationRequested);
            return 1;
        }));
        Assert.Equal("caught", thrown.Message);
    });

    [Fact]
    public Task SeveralThrow_AreThrownTogether() => Quiet(async () =>
    {
        AggregateException thrown = await Assert.ThrowsAsync<AggregateException>(async () => await Go.ScopeAsync(async scope =>
        {
            for (int i = 0; i < 3; i++)
            {
                scope.Spawn(async () =>
                {
                    try
                    {
                        await Go.SleepAsync(Timeout.InfiniteTimeSpan, scope.CancellationToken);
                    }
                    catch (OperationCanceledException)
                    {
                        throw new InvalidOperationException("child");
                    }
                });
            }

            await Go.Yield();
            throw new InvalidOperationException("body");
        }));
        Assert.Equal(4, thrown.InnerExceptions.Count);
        Assert.Equal("body", thrown.InnerExceptions[0].Message);
        Assert.All(thrown.InnerExceptions, static inner => Assert.IsType<InvalidOperationException>(inner));
    });

    [Fact]
    public Task ChildThrowsAnAggregate_IsRethrownAsItIs() => Quiet(async () =>
    {
        var failure = new AggregateException(new InvalidOperationException("a"), new InvalidOperationException("b"));
        Assert.Same(failure, await Assert.ThrowsAsync<AggregateException>(async () => await Go.ScopeAsync(scope =>
        {
            scope.Spawn(async () =>
            {
                await Go.Yield();
                throw failure;
            });
            return default;
        })));
    });

    [Fact]
    public Task ChildIsCancelledByItself_IsAFailure() => Quiet(async () =>
    {
        using var own = new CancellationTokenSource();
        await own.CancelAsync();
        bool siblingEnded = false;
        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Go.ScopeAsync(scope =>
        {
            scope.Spawn(async () =>
            {
                await Go.Yield();
                own.Token.ThrowIfCancellationRequested();
            });
            scope.Spawn(async () =>
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Go.SleepAsync(Timeout.InfiniteTimeSpan, scope.CancellationToken));
                siblingEnded = true;
            });
            return default;
        }));
        Assert.Equal(own.Token, thrown.CancellationToken);
        Assert.True(siblingEnded);
    });

    [Fact]
    public Task CallerCancels_ChildrenAreCancelledAndTheCallersTokenIsNamed() => Quiet(async () =>
    {
        using var source = new CancellationTokenSource();
        int ended = 0;
        Goroutine scope = Go.Run(async () => await Go.ScopeAsync(
            scope =>
            {
                for (int i = 0; i < 3; i++)
                {
                    scope.Spawn(async () =>
                    {
                        try
                        {
                            await Go.SleepAsync(Timeout.InfiniteTimeSpan, scope.CancellationToken);
                        }
                        finally
                        {
                            Interlocked.Increment(ref ended);
                        }
                    });
                }

                return default;
            },
            source.Token));
        await VirtualTime.ParkedAsync(scope.Id, "scope");
        await source.CancelAsync();
        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await scope);
        Assert.Equal(source.Token, thrown.CancellationToken);
        Assert.Equal(3, ended);
    });

    [Fact]
    public Task CallerCancels_NobodyMinds_TheScopeSucceeds() => Quiet(async () =>
    {
        using var source = new CancellationTokenSource();
        Assert.Equal(1, await Go.ScopeAsync(
            async scope =>
            {
                scope.Spawn(static async () => await Go.Yield());
                await source.CancelAsync();
                Assert.True(scope.CancellationToken.IsCancellationRequested);
                return 1;
            },
            source.Token));
    });

    [Fact]
    public Task CallerCancels_AFailureGoesFirst() => Quiet(async () =>
    {
        using var source = new CancellationTokenSource();
        Exception thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () => await Go.ScopeAsync(
            async scope =>
            {
                scope.Spawn(async () =>
                {
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Go.SleepAsync(Timeout.InfiniteTimeSpan, source.Token));
                    throw new InvalidOperationException("while cleaning up");
                });
                await source.CancelAsync();
                scope.CancellationToken.ThrowIfCancellationRequested();
            },
            source.Token));
        Assert.Equal("while cleaning up", thrown.Message);
    });

    [Fact]
    public Task CallerHasCancelled_TheBodyIsNotCalled() => Quiet(async () =>
    {
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Go.ScopeAsync(static ValueTask (_) => throw new InvalidOperationException(), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Go.ScopeAsync(static ValueTask<int> (_) => throw new InvalidOperationException(), cancelled));
    });

    [Fact]
    public Task InnerScopeFails_TheOuterFailsWithTheSame() => Quiet(async () =>
    {
        var failure = new InvalidOperationException("inner");
        var cousinRuns = new Chan<Unit>();
        bool cousinEnded = false;
        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(async () => await Go.ScopeAsync(outer =>
        {
            outer.Spawn(async () => await Go.ScopeAsync(
                inner =>
                {
                    inner.Spawn(async () =>
                    {
                        await cousinRuns.ReceiveAsync();
                        throw failure;
                    });
                    return default;
                },
                outer.CancellationToken));
            outer.Spawn(async () => await Go.ScopeAsync(
                inner =>
                {
                    inner.Spawn(async () =>
                    {
                        await using (new Ended(() => cousinEnded = true))
                        {
                            await cousinRuns.SendAsync(default);
                            await Go.SleepAsync(Timeout.InfiniteTimeSpan, inner.CancellationToken);
                        }
                    });
                    return default;
                },
                outer.CancellationToken));
            return default;
        })));
        Assert.True(cousinEnded);
    });

    [Fact]
    public Task TokenCallbackThrows_IsAnotherFailure() => Quiet(async () =>
    {
        AggregateException thrown = await Assert.ThrowsAsync<AggregateException>(async () => await Go.ScopeAsync(static scope =>
        {
            scope.CancellationToken.Register(static () => throw new InvalidOperationException("callback"));
            scope.Spawn(static async () =>
            {
                await Go.Yield();
                throw new InvalidOperationException("child");
            });
            return default;
        }));
        Assert.Equal(["callback", "child"], thrown.Flatten().InnerExceptions.Select(static inner => inner.Message).Order());
    });

    [Fact]
    public Task Cause_OfTheScopesToken_CanBeFollowedByContexts() => Quiet(async () =>
    {
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Go.ScopeAsync(async scope =>
        {
            using CancelContext context = GoContext.From(scope.CancellationToken).WithTimeout(TimeSpan.FromHours(1));
            scope.Spawn(static async () =>
            {
                await Go.Yield();
                throw new InvalidOperationException("child");
            });
            await context.Done.ReceiveAsync();
            Assert.IsType<OperationCanceledException>(context.Err);
        }));
    });

    /// <summary>Runs in a runtime of its own; nothing may be reported as a panic, also when the handles are collected.</summary>
    private static async Task Quiet(Func<Task> body)
    {
        int panics = 0;
        await Isolated.GoAsync(body, new GoRuntimeOptions { PanicHandler = _ => Interlocked.Increment(ref panics) });
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(0, panics);
    }

    private static void Start(string kind, GoScope scope, Exception failure)
    {
        switch (kind)
        {
            case "spawn":
                scope.Spawn(async () =>
                {
                    await Go.Yield();
                    throw failure;
                });
                break;
            case "spawn task":
                scope.Spawn(Fail);
                break;
            case "spawn action":
                scope.Spawn(FailNow);
                break;
            case "run":
                scope.Run(async () =>
                {
                    await Go.Yield();
                    throw failure;
                });
                break;
            case "run task":
                scope.Run(Fail);
                break;
            case "run action":
                scope.Run(FailNow);
                break;
            case "run result":
                scope.Run(async ValueTask<int> () => await FailResult());
                break;
            case "run task result":
                scope.Run(FailResult);
                break;
            default:
                scope.Run(int () => throw failure);
                break;
        }

        async Task Fail()
        {
            await Go.Yield();
            throw failure;
        }

        async Task<int> FailResult()
        {
            await Fail();
            return 1;
        }

        void FailNow() => throw failure;
    }

    private sealed class Ended(Action ended) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            ended();
            return default;
        }
    }
}
