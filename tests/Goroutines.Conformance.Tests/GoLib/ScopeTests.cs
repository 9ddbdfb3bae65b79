using Xunit;

namespace Goroutines.Conformance.Tests.GoLib;

/// <summary>go-lib's tests/integration.rs: scopes, and thousands of goroutines in them.</summary>
public class ScopeTests
{
    [Fact(DisplayName = "go: go-lib/tests/integration.rs scope_parallel_reduction")]
    public Task Scope_TwoHalves_AddUp() => Entry.RunAsync(static async () =>
    {
        long[] data = [.. Enumerable.Range(1, 100).Select(static n => (long)n)];
        long sum = await Go.ScopeAsync(async scope =>
        {
            Goroutine<long> low = scope.Run(() => new ValueTask<long>(data[..50].Sum()));
            Goroutine<long> high = scope.Run(() => new ValueTask<long>(data[50..].Sum()));
            return await low + await high;
        });
        Assert.Equal(5050, sum);
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs scope_goroutine_panic_surfaces_via_join")]
    public Task Scope_AGoroutineThrows_ItsHandleAndTheScopeTell() => Entry.RunAsync(static async () =>
    {
        var failure = new InvalidOperationException("intentional scope panic");
        bool joined = false;
        Exception? ofTheScope = await Record.ExceptionAsync(async () => await Go.ScopeAsync(async scope =>
        {
            Goroutine<int> child = scope.Run(ValueTask<int> () => throw failure);
            Assert.Same(failure, await Record.ExceptionAsync(async () => await child));
            joined = true;
        }));
        Assert.True(joined);
        Assert.Same(failure, ofTheScope);
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs scope_channel_producer_consumer")]
    public Task Scope_ProducerAndConsumer_BothEndWithIt() => Entry.RunAsync(static async () =>
    {
        var channel = new Chan<int>();
        int sum = await Go.ScopeAsync(async scope =>
        {
            scope.Spawn(async () =>
            {
                for (int i = 0; i < 10; i++)
                {
                    await channel.SendAsync(i);
                }

                channel.Close();
            });
            return await scope.Run(async () =>
            {
                int total = 0;
                await foreach (int value in channel)
                {
                    total += value;
                }

                return total;
            });
        });
        Assert.Equal(45, sum);
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs many_goroutines")]
    [Trait("Size", "Large")]
    public Task Scope_ManyMoreGoroutinesThanThreads_AllGiveTheirResult() => Entry.RunAsync(static async () =>
    {
        const int Goroutines = 75_000;
        await Go.ScopeAsync(async scope =>
        {
            Goroutine<long>[] all = new Goroutine<long>[Goroutines];
            for (int i = 0; i < all.Length; i++)
            {
                int number = i % 1000;
                all[i] = scope.Run(() => new ValueTask<long>(Triangle(number)));
            }

            for (int i = 0; i < all.Length; i++)
            {
                long number = i % 1000;
                Assert.Equal(number * (number + 1) / 2, await all[i]);
            }
        });
    });

    /// <summary>Both compute before they meet, so that which of them waits for the other varies.</summary>
    [Fact(DisplayName = "go: go-lib/tests/integration.rs select_preemption_storm")]
    public Task Select_ThousandsOfPairsThatCompute_NoWakeUpIsLost() => Entry.RunAsync(static async () =>
    {
        const int Pairs = 5_000;
        int done = 0;
        await Go.ScopeAsync(scope =>
        {
            for (int i = 0; i < Pairs; i++)
            {
                int number = i;
                var channel = new Chan<long>();
                var idle = new Chan<long>();
                scope.Spawn(async () => await channel.SendAsync(Triangle(number)));
                scope.Spawn(async () =>
                {
                    long expected = Triangle(number);
                    int index = await new Select().Receive(channel, out ReceiveCase<long> got).Receive(idle, out _).WaitAsync();
                    Assert.Equal((0, true, expected), (index, got.Ok, got.Value));
                    Interlocked.Increment(ref done);
                });
            }

            return default;
        });
        Assert.Equal(Pairs, done);
    });

    /// <summary>One signal for each that waits: were one lost, the scope would not end.</summary>
    [Fact(DisplayName = "go: go-lib/tests/integration.rs cond_preemption_storm")]
    public Task Cond_ThousandsOfPairsThatCompute_NoWakeUpIsLost() => Entry.RunAsync(static async () =>
    {
        const int Pairs = 5_000;
        int woken = 0;
        await Go.ScopeAsync(scope =>
        {
            for (int i = 0; i < Pairs; i++)
            {
                int number = i % 512;
                var mutex = new GoMutex();
                var cond = new GoCond(mutex);
                bool ready = false;
                scope.Spawn(async () =>
                {
                    Triangle(number);
                    using (await mutex.LockAsync())
                    {
                        while (!ready)
                        {
                            await cond.WaitAsync();
                        }
                    }

                    Interlocked.Increment(ref woken);
                });
                scope.Spawn(async () =>
                {
                    Triangle(number);
                    using (await mutex.LockAsync())
                    {
                        ready = true;
                    }

                    cond.Signal();
                });
            }

            return default;
        });
        Assert.Equal(Pairs, woken);
    });

    private static long Triangle(int n)
    {
        long sum = 0;
        for (int i = 0; i <= n; i++)
        {
            sum += i;
        }

        return sum;
    }
}
