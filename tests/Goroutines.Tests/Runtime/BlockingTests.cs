using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary><c>Go.Blocking</c> and <c>Go.EnterBlocking</c>: the P is handed on while the thread is in the region.</summary>
public class BlockingTests
{
    private static GoRuntimeOptions OneP => new() { MaxProcs = 1 };

    [Fact]
    public Task Blocking_RunsTheCallOnTheSameThreadAndGoroutine() => Isolated.GoAsync(async () =>
    {
        await Go.Yield();
        long me = Go.CurrentId;
        int thread = Environment.CurrentManagedThreadId;
        var context = SynchronizationContext.Current;

        Assert.Equal((me, thread), Go.Blocking(() => (Go.CurrentId, Environment.CurrentManagedThreadId)));
        Assert.Equal(me, Go.CurrentId);
        Assert.Equal(thread, Environment.CurrentManagedThreadId);

        bool called = false;
        Go.Blocking(() => { called = true; });
        Assert.True(called);

        using (Go.EnterBlocking())
        {
            Assert.Equal(me, Go.CurrentId);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }

        Assert.Equal(me, Go.CurrentId);
        Assert.Same(context, SynchronizationContext.Current);
        await Go.Yield();
        Assert.Equal(me, Go.CurrentId);
        Assert.Same(context, SynchronizationContext.Current);
    });

    [Fact]
    public Task Blocking_CallThrows_TheExceptionComesOutAsItIs() => Isolated.GoAsync(
        async () =>
        {
            var expected = new FormatException("mine");

            Assert.Same(expected, Assert.Throws<FormatException>(() => Go.Blocking(() => throw expected)));
            Assert.Same(expected, Assert.Throws<FormatException>(() => _ = Go.Blocking<int>(() => throw expected)));
            Assert.Same(expected, Assert.Throws<FormatException>((Action)ThrowInARegion));

            // The region has been left: this goroutine holds its P and yields it as any other.
            int turns = 0;
            var other = Go.Run(async () =>
            {
                for (; turns < 10; turns++)
                {
                    await Go.Yield();
                }
            });
            Assert.Equal(GoroutineStatus.Running, StatusOf(Go.CurrentId));
            await other;
            Assert.Equal(10, turns);

            void ThrowInARegion()
            {
                using (Go.EnterBlocking())
                {
                    throw expected;
                }
            }
        },
        OneP);

    [Fact]
    public Task Blocking_WithOneP_TheOthersRunMeanwhile() => Isolated.GoAsync(
        async () =>
        {
            bool release = false;
            long id = 0;
            var blocker = Go.Run(async () =>
            {
                await Go.Yield();
                id = Go.CurrentId;

                // A call the runtime can't see into: only the region says that it blocks.
                Go.Blocking(() => SpinUntil(ref release));
            });

            while (id == 0 || StatusOf(id) != GoroutineStatus.Blocking)
            {
                await Go.Yield();
            }

            for (int i = 0; i < 1000; i++)
            {
                await Go.Yield();
            }

            Volatile.Write(ref release, true);
            await blocker;
        },
        OneP);

    [Fact]
    public Task EnterBlocking_WithOneP_TheOthersRunMeanwhile() => Isolated.GoAsync(
        async () =>
        {
            bool release = false;
            long id = 0;
            var blocker = Go.Run(async () =>
            {
                await Go.Yield();
                id = Go.CurrentId;
                using (Go.EnterBlocking())
                {
                    SpinUntil(ref release);
                }

                Assert.Equal(GoroutineStatus.Running, StatusOf(id));
            });

            while (id == 0 || StatusOf(id) != GoroutineStatus.Blocking)
            {
                await Go.Yield();
            }

            Volatile.Write(ref release, true);
            await blocker;
        },
        OneP);

    /// <summary>No region lasts long enough to lose its P; but the turn that they are part of does.</summary>
    [Fact]
    public Task Blocking_OneShortCallAfterAnother_WithOneP_TheOthersGetTurns() => Isolated.GoAsync(
        async () =>
        {
            for (int attempt = 0; attempt < 30; attempt++)
            {
                bool stop = false;
                int calls = 0;
                Goroutine[] blockers = [.. Enumerable.Range(0, 2).Select(_ => Go.Run(() =>
                {
                    while (!Volatile.Read(ref stop))
                    {
                        Go.Blocking(static () => Thread.Yield());
                        Interlocked.Increment(ref calls);
                    }

                    return default(ValueTask);
                }))];
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1));

                Volatile.Write(ref stop, true);
                await blockers[0];
                await blockers[1];

                // A time slice is good for some ten thousand.
                Assert.True(calls < 1_000_000, $"{calls} calls were made before anyone else had a turn");
            }
        },
        OneP);

    [Fact]
    public Task Blocking_ManyAtOnce_EachHandsItsPOn() => Isolated.GoAsync(
        async () =>
        {
            const int Blockers = 64;
            int inside = 0;
            var handles = new List<Goroutine>();
            for (int i = 0; i < Blockers; i++)
            {
                handles.Add(Go.Run(async () =>
                {
                    await Go.Yield();
                    Go.Blocking(() =>
                    {
                        // Ends only when all of them are inside at the same time.
                        Interlocked.Increment(ref inside);
                        while (Volatile.Read(ref inside) < Blockers)
                        {
                            Thread.Sleep(1);
                        }
                    });
                }));
            }

            foreach (var handle in handles)
            {
                await handle;
            }
        },
        OneP);

    [Fact]
    public Task Blocking_Nested_EndsWithTheOutermost() => Isolated.GoAsync(
        async () =>
        {
            bool inner = false;
            bool outer = false;
            long id = 0;
            var blocker = Go.Run(async () =>
            {
                await Go.Yield();
                id = Go.CurrentId;
                int result = Go.Blocking(() =>
                {
                    int value = Go.Blocking(() =>
                    {
                        using (Go.EnterBlocking())
                        {
                            SpinUntil(ref inner);
                        }

                        return 20;
                    });

                    // Still inside the outer region.
                    SpinUntil(ref outer);
                    return value + 1;
                });
                Assert.Equal(21, result);
                Assert.Equal(id, Go.CurrentId);
                Assert.Equal(GoroutineStatus.Running, StatusOf(id));
            });

            while (id == 0 || StatusOf(id) != GoroutineStatus.Blocking)
            {
                await Go.Yield();
            }

            Volatile.Write(ref inner, true);
            for (int i = 0; i < 1000; i++)
            {
                await Go.Yield();
                Assert.Equal(GoroutineStatus.Blocking, StatusOf(id));
            }

            Volatile.Write(ref outer, true);
            await blocker;
        },
        OneP);

    [Fact]
    public async Task Blocking_OutsideAGoroutine_JustRuns()
    {
        await PlainThread.Run(() =>
        {
            int thread = Environment.CurrentManagedThreadId;
            Assert.Equal(thread, Go.Blocking(() => Environment.CurrentManagedThreadId));
            int called = 0;
            Go.Blocking(() => called = Environment.CurrentManagedThreadId);
            Assert.Equal(thread, called);
            using (Go.EnterBlocking())
            using (Go.EnterBlocking())
            {
                Assert.Equal(0, Go.CurrentId);
            }

            var expected = new FormatException();
            Assert.Same(expected, Assert.Throws<FormatException>(() => Go.Blocking(() => throw expected)));
        });
    }

    [Fact]
    public Task Blocking_SpawnsAndSendsInsideTheRegion_Work() => Isolated.GoAsync(
        async () =>
        {
            var values = new Chan<int>(4);
            Go.Blocking(() =>
            {
                Assert.True(values.TrySend(1));
                Go.Spawn(async () => await values.SendAsync(2));
                Go.Run(async () => await values.SendAsync(3)).Join();
            });

            int sum = 0;
            for (int i = 0; i < 3; i++)
            {
                sum += (await values.ReceiveAsync()).Value;
            }

            Assert.Equal(6, sum);
        },
        OneP);

    [Fact]
    public Task Blocking_ShortCallsUnderLoad_NothingIsLost() => Isolated.GoAsync(
        async () =>
        {
            const int Goroutines = 16;
            const int Calls = 500;
            int calls = 0;
            var handles = Enumerable.Range(0, Goroutines).Select(_ => Go.Run(async () =>
            {
                for (int i = 0; i < Calls; i++)
                {
                    Go.Blocking(() => Interlocked.Increment(ref calls));
                    if (i % 16 == 0)
                    {
                        await Go.Yield();
                    }
                }
            })).ToList();

            foreach (var handle in handles)
            {
                await handle;
            }

            Assert.Equal(Goroutines * Calls, calls);
        },
        new GoRuntimeOptions { MaxProcs = 2 });

    [Fact]
    public void Blocking_NullCall_Throws()
    {
        Assert.Throws<ArgumentNullException>("call", () => Go.Blocking(null!));
        Assert.Throws<ArgumentNullException>("call", () => Go.Blocking((Func<int>)null!));
    }

    private static GoroutineStatus? StatusOf(long id) => Go.Snapshot().FirstOrDefault(info => info.Id == id)?.Status;

    private static void SpinUntil(ref bool flag)
    {
        while (!Volatile.Read(ref flag))
        {
            Thread.Sleep(1);
        }
    }
}
