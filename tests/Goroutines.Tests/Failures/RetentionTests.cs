using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Failures;

/// <summary>Nothing that has ended stays reachable: not from pools, nor from heaps of timers, nor through execution contexts.</summary>
public class RetentionTests
{
    private static readonly Chan<int> s_channel = new();
    private static readonly CancelContext s_context = GoContext.Background.WithCancel();
    private static readonly SingleFlight<int, object> s_flights = new();
    private static readonly List<object> s_kept = [];
    private static readonly AsyncLocal<object?> s_local = new();

    private static readonly Dictionary<string, Func<Held, Task>> s_uses = new()
    {
        ["a value that was received"] = static async held =>
        {
            var channel = new Chan<object>();
            var receiver = Go.Run(async () => await channel.ReceiveAsync());
            await channel.SendAsync(held);
            await receiver;
        },
        ["a value of a select with a time-out"] = static async held =>
        {
            var channel = new Chan<object>();
            Go.Spawn(async () => await channel.SendAsync(held));
            await new Select().Receive(channel, out _).Timeout(TimeSpan.FromDays(1), out _).WaitAsync();
        },
        ["a timer that was stopped"] = static held =>
        {
            GoTimer timer = GoTimer.AfterFunc(TimeSpan.FromDays(1), () => GC.KeepAlive(held));
            timer.Stop();
            return Task.CompletedTask;
        },
        ["a context's function that was stopped"] = static held =>
        {
            s_kept.Add(s_context.AfterFunc(() => GC.KeepAlive(held)));
            ((ContextRegistration)s_kept[^1]).Stop();
            return Task.CompletedTask;
        },
        ["a context's function that has run"] = static async held =>
        {
            using CancelContext context = GoContext.Background.WithCancel();
            var ran = new Chan<int>();
            s_kept.Add(context.AfterFunc(() =>
            {
                GC.KeepAlive(held);
                ran.Close();
            }));
            context.Cancel();
            await ran.ReceiveAsync();
        },
        ["the execution context of a context's function"] = static held =>
        {
            s_local.Value = held;
            s_kept.Add(s_context.AfterFunc(static () => { }));
            ((ContextRegistration)s_kept[^1]).Stop();
            s_local.Value = null;
            return Task.CompletedTask;
        },
        ["the execution context of a runtime's timers"] = static async held =>
        {
            s_local.Value = held;
            var runtime = new GoRuntime(new GoRuntimeOptions { TimeProvider = new OtherClock() });
            s_kept.Add(runtime);
            await runtime.Run(static async () => await Go.SleepAsync(TimeSpan.FromMilliseconds(1)));
            s_local.Value = null;
        },
        ["an enumerator that is over"] = static async held =>
        {
            var channel = new Chan<object>(1);
            await channel.SendAsync(held);
            IAsyncEnumerator<object> values = channel.GetAsyncEnumerator(held.Token);
            s_kept.Add(values);
            Assert.True(await values.MoveNextAsync());
            await values.DisposeAsync();
        },
        ["a flight that has landed"] = static async held =>
        {
            await s_flights.DoAsync(1, async () =>
            {
                await Go.Yield();
                return held;
            });
        },
    };

    public static TheoryData<string> Uses => [.. s_uses.Keys];

    [Theory]
    [MemberData(nameof(Uses))]
    public Task Use_ThatIsOver_KeepsNothing(string use) => Isolated.RunAsync(async runtime =>
    {
        WeakReference held = await Start(runtime, use);
        await Poll.UntilAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !held.IsAlive;
            },
            $"{use} to be collected");
    });

    [Fact]
    public Task Timeouts_OfManySelectsThatAreOver_AreFewInTheHeap() => Isolated.RunAsync(async runtime =>
    {
        // Other timers that are armed: the heap of their P is long.
        const int Others = 2_000;
        const int Selects = 5_000;
        for (int i = 0; i < Others; i++)
        {
            runtime.Spawn(static async () => await Go.SleepAsync(TimeSpan.FromDays(1)));
        }

        var values = new List<WeakReference>();
        await runtime.Run(async () =>
        {
            var channel = new Chan<byte[]>();
            Go.Spawn(async () =>
            {
                for (int i = 0; i < Selects; i++)
                {
                    byte[] value = new byte[100];
                    values.Add(new WeakReference(value));
                    await channel.SendAsync(value);
                }
            });
            for (int i = 0; i < Selects; i++)
            {
                await new Select().Receive(channel, out _).Timeout(TimeSpan.FromDays(1), out _).WaitAsync();
            }
        });
        GC.Collect();
        Assert.True(values.Count(static value => value.IsAlive) < 10, "Values that were received are kept.");
    });

    [Fact]
    public async Task Plugin_ThatUsedEverything_CanBeUnloaded()
    {
        WeakReference context = await RunPlugin();
        await Poll.UntilAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !context.IsAlive;
            },
            "the plugin's load context to be collected");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> Start(GoRuntime runtime, string use)
    {
        WeakReference? weak = null;
        await runtime.Run(async () =>
        {
            weak = await UseHeld(use);
            for (int i = 0; i < 20; i++)
            {
                await Go.Yield();
            }
        });
        return weak!;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> UseHeld(string use)
    {
        var held = new Held();
        await s_uses[use](held);
        return new WeakReference(held);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> RunPlugin()
    {
        var context = new Plugins();
        Assembly plugin = context.LoadFromAssemblyPath(typeof(Plugin).Assembly.Location);
        MethodInfo run = plugin.GetType(typeof(Plugin).FullName!)!.GetMethod(nameof(Plugin.RunAsync))!;
        await (Task)run.Invoke(null, null)!;
        context.Unload();
        return new WeakReference(context);
    }

    /// <summary>What is used and dropped; its token's source is reachable from its token.</summary>
    private sealed class Held
    {
        public Held()
        {
            Token = new CancellationTokenSource().Token;
            Token.Register(static self => GC.KeepAlive(self), this);
        }

        public CancellationToken Token { get; }
    }

    private sealed class OtherClock : TimeProvider;

    private sealed class Plugins() : AssemblyLoadContext(isCollectible: true);
}

/// <summary>Loaded once more, into a load context of its own: uses the library with types of its own.</summary>
public static class Plugin
{
    public static async Task RunAsync() => await Go.Run(static async () =>
    {
        var channel = new Chan<Message>();
        Go.Spawn(async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                await channel.SendAsync(new Message(i));
                await Go.Yield();
            }

            channel.Close();
        });
        await foreach (Message message in channel)
        {
            GC.KeepAlive(message);
        }

        var buffered = new Chan<Pair>(2);
        buffered.TrySend(default);
        await new Select().Receive(buffered, out _).Receive(channel, out _).Timeout(TimeSpan.FromDays(1), out _).WaitAsync();
        await new OnceValue<Message>(static async () =>
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            return new Message(1);
        }).GetAsync();
        await new SingleFlight<Message, Message>().DoAsync(new Message(1), static async () =>
        {
            await Go.Yield();
            return new Message(2);
        });
        GoTimer.AfterFunc(TimeSpan.FromDays(1), static () => { }).Stop();
        Goroutine<Message> handle = Go.Run(static async () =>
        {
            await Go.Yield();
            return new Message(3);
        });
        await handle;
        var mutex = new GoMutex();
        using (await mutex.LockAsync())
        {
            Go.Spawn(async () => (await mutex.LockAsync()).Dispose());
            await Go.Yield();
        }
    });

    private sealed record Message(int Number);

    private readonly record struct Pair(Message First, int Second);
}
