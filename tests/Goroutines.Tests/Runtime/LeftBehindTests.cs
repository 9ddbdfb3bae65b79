using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>What a body has begun and not awaited goes on after the body has ended: no continuation is lost, nor what it was to receive.</summary>
public class LeftBehindTests
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(2);

    public enum Operation
    {
        Receive,
        Send,
        Select,
        Sleep,
        Yield,
        Lock,
        Join,
        WaitGroup,
        Connection,
        TaskDelay,
    }

    public static TheoryData<Operation> Operations => new(Enum.GetValues<Operation>());

    [Theory]
    [MemberData(nameof(Operations))]
    public Task Helper_OfABodyThatHasEnded_GoesOn(Operation operation) => Isolated.RunAsync(1, async runtime =>
    {
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource<Func<Task>>(TaskCreationOptions.RunContinuationsAsynchronously);
        await runtime.Run(async () =>
        {
            (Func<Task> wait, Func<Task> end) = await Make(operation);
            _ = Helper(wait);
            release.SetResult(end);
        });
        await (await release.Task)();
        await finished.Task.WaitAsync(Limits.Wait);

        async Task Helper(Func<Task> wait)
        {
            // More than one: also what is awaited after the body has ended.
            await wait();
            await Go.Yield();
            await Go.SleepAsync(s_moment);
            await Task.Yield();
            await Go.Yield();
            finished.SetResult();
        }
    });

    [Fact]
    public Task Helper_AwaitsAChannelDirectly_GetsTheValue() => Isolated.RunAsync(1, async runtime =>
    {
        var ch = new Chan<int>();
        var got = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await runtime.Run(() =>
        {
            _ = Helper();
            return default;
        });
        await ch.SendAsync(42);
        Assert.Equal(42, await got.Task.WaitAsync(Limits.Wait));

        async Task Helper()
        {
            (int value, _) = await ch.ReceiveAsync();
            got.SetResult(value);
        }
    });

    [Fact]
    public Task Loser_OfWhenAny_StillReleasesWhatItHolds() => Isolated.RunAsync(1, async runtime =>
    {
        var ch = new Chan<int>();
        var mutex = new GoMutex();
        await runtime.Run(async () => await Task.WhenAny(Holding(), Task.Delay(1)));
        Assert.False(mutex.TryLock(out _));
        await ch.SendAsync(1);
        using (await mutex.LockAsync().AsTask().WaitAsync(Limits.Wait))
        {
        }

        async Task Holding()
        {
            using (await mutex.LockAsync())
            {
                await ch.ReceiveAsync();
            }
        }
    });

    [Fact]
    public Task CachedTask_WhoseFirstCallerGivesUp_EndsForLaterOnes() => Isolated.RunAsync(1, async runtime =>
    {
        var gate = new Chan<int>();
        Task<int>? cached = null;
        await runtime.Run(async () => await Task.WhenAny(cached ??= Load(), Task.Delay(1)));
        Goroutine<int> later = runtime.Run(async () => await cached!);
        await gate.SendAsync(5);
        Assert.Equal(5, await later.JoinAsync().AsTask().WaitAsync(Limits.Wait));

        async Task<int> Load()
        {
            await Go.SleepAsync(s_moment);
            return (await gate.ReceiveAsync()).Value;
        }
    });

    [Fact]
    public Task ReturnedTask_OfWhatAGoroutineBegan_Ends() => Isolated.RunAsync(1, async runtime =>
    {
        var ch = new Chan<int>();
        Task<int> begun = await runtime.Run(() => new ValueTask<Task<int>>(Receiving()));
        await ch.SendAsync(9);
        Assert.Equal(9, await begun.WaitAsync(Limits.Wait));

        async Task<int> Receiving() => (await ch.ReceiveAsync()).Value;
    });

    [Fact]
    public Task AsyncVoid_OfATokenCallback_GoesOn() => Isolated.RunAsync(1, async runtime =>
    {
        var ch = new Chan<int>();
        var got = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var source = new CancellationTokenSource();
        await runtime.Run(() =>
        {
            using CancellationTokenRegistration registration = source.Token.Register(async () => got.SetResult((await ch.ReceiveAsync()).Value));
            source.Cancel();
            return default;
        });
        await ch.SendAsync(7);
        Assert.Equal(7, await got.Task.WaitAsync(Limits.Wait));
    });

    [Fact]
    public Task Yield_AwaitedInAnotherGoroutine_GoesOnThere() => Isolated.GoAsync(1, async () =>
    {
        ValueTask yield = Go.Yield();
        long id = await Go.Run(async () =>
        {
            long mine = Go.CurrentId;
            await yield;
            Assert.Equal(mine, Go.CurrentId);
            return mine;
        });
        Assert.NotEqual(id, Go.CurrentId);
    });

    private static async Task<(Func<Task> Wait, Func<Task> End)> Make(Operation operation)
    {
        await Go.Yield();
        switch (operation)
        {
            case Operation.Receive:
                var received = new Chan<int>();
                return (async () => await received.ReceiveAsync(), async () => await received.SendAsync(1));
            case Operation.Send:
                var sent = new Chan<int>();
                return (async () => await sent.SendAsync(1), async () => await sent.ReceiveAsync());
            case Operation.Select:
                var selected = new Chan<int>();
                return (async () => await new Select().Receive(selected, out _).Receive(new Chan<int>(), out _).WaitAsync(), async () => await selected.SendAsync(1));
            case Operation.Sleep:
                return (async () => await Go.SleepAsync(s_moment), () => Task.CompletedTask);
            case Operation.Yield:
                return (async () => await Go.Yield(), () => Task.CompletedTask);
            case Operation.Lock:
                var mutex = new GoMutex();
                Holder holder = await mutex.LockAsync();
                return (async () => (await mutex.LockAsync()).Dispose(), () => Do(holder.Dispose));
            case Operation.Join:
                var gate = new Chan<int>();
                Goroutine<Received<int>> joined = Go.Run(async () => await gate.ReceiveAsync());
                return (async () => await joined, async () => await gate.SendAsync(1));
            case Operation.WaitGroup:
                var group = new WaitGroup();
                group.Add(1);
                return (async () => await group.WaitAsync(), () => Do(group.Done));
            case Operation.Connection:
                Goroutines.Net.Listener listener = Goroutines.Net.Listener.Listen("127.0.0.1:0");
                Goroutines.Net.Conn client = await Goroutines.Net.Conn.DialAsync(listener.LocalEndPoint.ToString()!);
                Goroutines.Net.Conn server = await listener.AcceptAsync();
                return (async () => Assert.Equal(1, await server.ReadAsync(new byte[1])), async () => await client.WriteAsync(new byte[1]));
            default:
                return (() => Task.Delay(2), () => Task.CompletedTask);
        }

        static Task Do(Action action)
        {
            action();
            return Task.CompletedTask;
        }
    }
}
