using Goroutines.Net;
using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>Async methods under each other that all say <c>ConfigureAwait(false)</c>, as the framework's readers and writers are.</summary>
public class AsideTests
{
    [Fact]
    public Task Chain_OfThree_RunsOnWorkersUpToTheCallerThatCapturedTheGoroutine() => Isolated.GoAsync(2, async () =>
    {
        var ch = new Chan<int>();
        Go.Spawn(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await ch.SendAsync(i);
                await Go.Yield();
            }
        });
        long id = Go.CurrentId;
        int sum = 0;
        var places = new Places();
        for (int i = 0; i < 50; i++)
        {
            sum += await Third(ch, places);
            Assert.Equal(id, Go.CurrentId);
            Assert.NotNull(SynchronizationContext.Current);
        }

        Assert.Equal(4950, sum);
        places.AssertWorkers();
    });

    [Fact]
    public Task Chain_AwaitedByManyGoroutines_GivesEachItsOwn() => Isolated.GoAsync(4, async () =>
    {
        List<Task> receivers = [];
        var places = new Places();
        for (int i = 0; i < 20; i++)
        {
            var ch = new Chan<int>();
            int mine = i;
            Go.Spawn(async () =>
            {
                for (int k = 0; k < 200; k++)
                {
                    await ch.SendAsync(mine);
                }
            });
            receivers.Add(Go.Run(async () =>
            {
                for (int k = 0; k < 100; k++)
                {
                    Assert.Equal(2 * mine, await Third(ch, places));
                }
            }).AsTask());
        }

        await Task.WhenAll(receivers).WaitAsync(Limits.Wait);
        places.AssertWorkers();
    });

    [Fact]
    public Task Chain_TheBodySpinsOnIt_SeesItEnd() => Isolated.GoAsync(1, async () =>
    {
        await Go.Yield();
        var ch = new Chan<int>();
        Task<int> third = ThirdAnywhere(ch);
        Go.Spawn(async () =>
        {
            await ch.SendAsync(3);
            await ch.SendAsync(4);
        });
        Assert.True(SpinWait.SpinUntil(() => third.IsCompleted, Limits.Wait));
        Assert.Equal(7, await third);
    });

    [Fact]
    public Task Chain_TheBodyIsWokenWithItAndThenSpins_SeesItEnd() => Isolated.GoAsync(1, async () =>
    {
        await Go.Yield();
        var ch = new Chan<int>();
        Task<int> third = ThirdAnywhere(ch);
        TaskCompletionSource go = new();
        Go.Spawn(async () =>
        {
            await ch.SendAsync(3);
            await ch.SendAsync(4);
            go.SetResult();
        });
        await go.Task; // posted, in the same turn as the rest of the chain
        Assert.True(SpinWait.SpinUntil(() => third.IsCompleted, Limits.Wait));
        Assert.Equal(7, await third);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Chain_BlocksOnWhatItsGoroutineDoesNext_GoesOn(bool fromSlot) => Isolated.GoAsync(1, async () =>
    {
        await Go.Yield();
        var ch = new Chan<int>();
        var second = new Chan<int>();
        TaskCompletionSource done = new();
        Task blocks = Outer();
        if (fromSlot)
        {
            await Go.Yield(); // the chain keeps the slot
        }
        else
        {
            Go.Spawn(async () => await second.SendAsync(1));
            await second.ReceiveAsync(); // the body takes it
        }

        Go.Spawn(async () => await ch.SendAsync(1));
        await blocks.ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(Limits.Wait);
        await blocks;

        async Task Outer()
        {
            Task ours = Ours(); // captures the goroutine
            await Inner().ConfigureAwait(false);
            done.SetResult();
            Assert.True(ours.Wait(Limits.Wait));
        }

        async Task Inner() => await ch.ReceiveAsync().ConfigureAwait(false);

        async Task Ours()
        {
            await done.Task;
            await Go.Yield();
        }
    });

    [Fact]
    public Task Chain_UsesTheSynchronousForms_BlocksItsThreadOnly() => Isolated.GoAsync(1, async () =>
    {
        var ch = new Chan<int>();
        var other = new Chan<int>();
        Go.Spawn(async () =>
        {
            await ch.SendAsync(1);
            await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            await other.SendAsync(5);
        });
        Assert.Equal(5, await Outer());

        async Task<int> Outer()
        {
            await Inner().ConfigureAwait(false);
            using (Go.EnterBlocking())
            {
                return other.Receive().Value;
            }
        }

        async Task Inner() => await ch.ReceiveAsync().ConfigureAwait(false);
    });

    [Fact]
    public Task Posted_ToATurnThatHasJustBegun_RunsThoughTheBodySpins() => Isolated.GoAsync(1, async () =>
    {
        await Go.Yield();
        G me = M.Current!.CurrentG!;
        bool ran = false;
        bool ordered = false;
        me.Post(_ => ordered = true, null);
        me.PostToQueued(ForeignContinuation.Anywhere(_ => Volatile.Write(ref ran, true), null, me, 0));
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref ran), Limits.Wait));
        Assert.False(ordered);
        await Task.Yield(); // posted after it
        Assert.True(ordered);
    });

    [Fact]
    public Task Chain_Fails_TheCallerGetsTheException() => Isolated.GoAsync(1, async () =>
    {
        var ch = new Chan<int>();
        Go.Spawn(async () =>
        {
            await Go.Yield();
            ch.Close();
        });
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Outer());

        async Task Outer() => await Inner().ConfigureAwait(false);

        async Task Inner()
        {
            if (!(await ch.ReceiveAsync().ConfigureAwait(false)).Ok)
            {
                throw new InvalidOperationException("closed");
            }
        }
    });

    [Fact]
    public Task Chain_OutlivesItsGoroutine_GoesOn() => Isolated.RunAsync(1, async runtime =>
    {
        var ch = new Chan<int>();
        Task<int> third = await runtime.Run(() => new ValueTask<Task<int>>(ThirdAnywhere(ch)));
        await ch.SendAsync(8);
        await ch.SendAsync(9);
        Assert.Equal(17, await third.WaitAsync(Limits.Wait));
    });

    [Fact]
    public Task Chain_ChangesAnAsyncLocal_TheNextGoroutineDoesNotSeeIt() => Isolated.GoAsync(1, async () =>
    {
        var local = new AsyncLocal<int>();
        var ch = new Chan<int>();
        Go.Spawn(async () => await ch.SendAsync(1));
        await Outer();
        Assert.Equal(0, local.Value);
        Assert.Equal(0, await Go.Run(() => ValueTask.FromResult(local.Value)));

        async Task Outer()
        {
            await Inner().ConfigureAwait(false);
            local.Value = 7;
        }

        async Task Inner() => await ch.ReceiveAsync().ConfigureAwait(false);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public Task ReaderAndWriter_OverAConnection_NeverResumeInAnotherGoroutine(int maxProcs) => Isolated.GoAsync(maxProcs, async () =>
    {
        (Conn here, Conn there) = Conn.Pipe();
        Goroutine echo = Go.Run(async () =>
        {
            long id = Go.CurrentId;
            using var reader = new StreamReader(there);
            await using var writer = new StreamWriter(there) { NewLine = "\n" };
            while (await reader.ReadLineAsync() is { } line)
            {
                Assert.Equal(id, Go.CurrentId);
                await writer.WriteLineAsync(line);
                await writer.FlushAsync();
            }
        });

        using (var reader = new StreamReader(here))
        await using (var writer = new StreamWriter(here) { NewLine = "\n" })
        {
            for (int i = 0; i < 200; i++)
            {
                await writer.WriteLineAsync($"line {i}");
                await writer.FlushAsync();
                Assert.Equal($"line {i}", await reader.ReadLineAsync());
            }
        }

        await echo.JoinAsync();
    });

    private static async Task<int> Third(Chan<int> ch, Places places)
    {
        int sum = await Second(ch, places).ConfigureAwait(false);
        places.Note();
        return sum;
    }

    private static async Task<int> Second(Chan<int> ch, Places places)
    {
        int first = await First(ch, places).ConfigureAwait(false);
        places.Note();
        int second = await First(ch, places).ConfigureAwait(false);
        places.Note();
        return first + second;
    }

    private static async Task<int> First(Chan<int> ch, Places places)
    {
        int value = (await ch.ReceiveAsync().ConfigureAwait(false)).Value;
        places.Note();
        return value;
    }

    private static async Task<int> ThirdAnywhere(Chan<int> ch) => await SecondAnywhere(ch).ConfigureAwait(false);

    private static async Task<int> SecondAnywhere(Chan<int> ch) => await FirstAnywhere(ch).ConfigureAwait(false) + await FirstAnywhere(ch).ConfigureAwait(false);

    private static async Task<int> FirstAnywhere(Chan<int> ch) => (await ch.ReceiveAsync().ConfigureAwait(false)).Value;

    /// <summary>Where a chain has gone on. A goroutine whose thread has lost its core in the middle of a turn is busy, so a few times it may be the
    /// pool.</summary>
    private sealed class Places
    {
        private int _all;
        private int _pool;

        internal void Note()
        {
            Interlocked.Increment(ref _all);
            if (Thread.CurrentThread.IsThreadPoolThread)
            {
                Interlocked.Increment(ref _pool);
            }
        }

        internal void AssertWorkers() => Assert.InRange(_pool, 0, _all / 20);
    }
}
