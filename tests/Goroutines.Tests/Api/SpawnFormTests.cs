using System.Collections.Concurrent;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Api;

/// <summary>The ways in which a program starts goroutines, written as its author would: lambdas, method groups, arguments.</summary>
public class SpawnFormTests
{
    private static readonly string s_file = Path.GetFileName(new System.Diagnostics.StackFrame(true).GetFileName()!);

    /// <summary>Each form calls its body with the arguments that stood in the statement, and only once.</summary>
    [Fact]
    public Task Spawn_EveryForm_CallsItsBody() => Isolated.GoAsync(async () =>
    {
        var log = new Log();
        Go.Spawn(log.ValueTask0);
        Go.Spawn(log.Task0);
        Go.Spawn(log.Action0);
        Go.Spawn(log.ValueTask1, 1);
        Go.Spawn(log.Task1, 1);
        Go.Spawn(log.Action1, 1);
        Go.Spawn(log.ValueTask2, 1, "b");
        Go.Spawn(log.Task2, 1, "b");
        Go.Spawn(log.Action2, 1, "b");
        Go.Spawn(log.ValueTask3, 1, "b", 2.5);
        Go.Spawn(log.Task3, 1, "b", 2.5);
        Go.Spawn(log.Action3, 1, "b", 2.5);
        await log.AssertAllAsync();
    });

    [Fact]
    public Task Spawn_EveryFormOfAGroup_CallsItsBodyAndCountsIt() => Isolated.GoAsync(async () =>
    {
        var log = new Log();
        var group = new WaitGroup();
        group.Spawn(log.ValueTask0);
        group.Spawn(log.Task0);
        group.Spawn(log.Action0);
        group.Spawn(log.ValueTask1, 1);
        group.Spawn(log.Task1, 1);
        group.Spawn(log.Action1, 1);
        group.Spawn(log.ValueTask2, 1, "b");
        group.Spawn(log.Task2, 1, "b");
        group.Spawn(log.Action2, 1, "b");
        group.Spawn(log.ValueTask3, 1, "b", 2.5);
        group.Spawn(log.Task3, 1, "b", 2.5);
        group.Spawn(log.Action3, 1, "b", 2.5);
        await group.WaitAsync();
        log.AssertAll();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task SpawnAsync_EveryForm_WaitsForRoomWithItsArguments(bool tries) => Isolated.GoAsync(async () =>
    {
        var log = new Log();
        var group = new ErrGroup { Limit = tries ? 12 : 2 };
        if (tries)
        {
            Assert.True(group.TrySpawn(log.ValueTask0) && group.TrySpawn(log.Task0) && group.TrySpawn(log.Action0));
            Assert.True(group.TrySpawn(log.ValueTask1, 1) && group.TrySpawn(log.Task1, 1) && group.TrySpawn(log.Action1, 1));
            Assert.True(group.TrySpawn(log.ValueTask2, 1, "b") && group.TrySpawn(log.Task2, 1, "b") && group.TrySpawn(log.Action2, 1, "b"));
            Assert.True(group.TrySpawn(log.ValueTask3, 1, "b", 2.5) && group.TrySpawn(log.Task3, 1, "b", 2.5) && group.TrySpawn(log.Action3, 1, "b", 2.5));
        }
        else
        {
            await group.SpawnAsync(log.ValueTask0);
            await group.SpawnAsync(log.Task0);
            await group.SpawnAsync(log.Action0);
            await group.SpawnAsync(log.ValueTask1, 1);
            await group.SpawnAsync(log.Task1, 1);
            await group.SpawnAsync(log.Action1, 1);
            await group.SpawnAsync(log.ValueTask2, 1, "b");
            await group.SpawnAsync(log.Task2, 1, "b");
            await group.SpawnAsync(log.Action2, 1, "b");
            await group.SpawnAsync(log.ValueTask3, 1, "b", 2.5, group.CancellationToken);
            await group.SpawnAsync(log.Task3, 1, "b", 2.5, group.CancellationToken);
            await group.SpawnAsync(log.Action3, 1, "b", 2.5, group.CancellationToken);
        }

        await group.WaitAsync();
        log.AssertAll();

        var blocking = new Log();
        group.Spawn(blocking.ValueTask0);
        group.Spawn(blocking.Task0);
        group.Spawn(blocking.Action0);
        group.Spawn(blocking.ValueTask1, 1);
        group.Spawn(blocking.Task1, 1);
        group.Spawn(blocking.Action1, 1);
        group.Spawn(blocking.ValueTask2, 1, "b");
        group.Spawn(blocking.Task2, 1, "b");
        group.Spawn(blocking.Action2, 1, "b");
        group.Spawn(blocking.ValueTask3, 1, "b", 2.5);
        group.Spawn(blocking.Task3, 1, "b", 2.5);
        group.Spawn(blocking.Action3, 1, "b", 2.5);
        await group.WaitAsync();
        blocking.AssertAll();
    });

    [Fact]
    public Task Run_EveryForm_GivesTheResultOfItsBody() => Isolated.GoAsync(async () =>
    {
        var log = new Log();
        await Go.Run(log.ValueTask0);
        await Go.Run(log.Task0);
        await Go.Run(log.Action0);
        await Go.Run(log.ValueTask1, 1);
        await Go.Run(log.Task1, 1);
        await Go.Run(log.Action1, 1);
        await Go.Run(log.ValueTask2, 1, "b");
        await Go.Run(log.Task2, 1, "b");
        await Go.Run(log.Action2, 1, "b");
        await Go.Run(log.ValueTask3, 1, "b", 2.5);
        await Go.Run(log.Task3, 1, "b", 2.5);
        await Go.Run(log.Action3, 1, "b", 2.5);
        log.AssertAll();

        string[] results =
        [
            await Go.Run(Values.Of0), await Go.Run(Tasks.Of0), await Go.Run(Plain.Of0),
            await Go.Run(Values.Of1, 1), await Go.Run(Tasks.Of1, 1), await Go.Run(Plain.Of1, 1),
            await Go.Run(Values.Of2, 1, "b"), await Go.Run(Tasks.Of2, 1, "b"), await Go.Run(Plain.Of2, 1, "b"),
            await Go.Run(Values.Of3, 1, "b", 2), await Go.Run(Tasks.Of3, 1, "b", 2), await Go.Run(Plain.Of3, 1, "b", 2),
        ];
        Assert.Equal(["", "", "", "1", "1", "1", "1b", "1b", "1b", "1b2", "1b2", "1b2"], results);
    });

    [Fact]
    public Task Scope_EveryForm_EndsBeforeTheScope() => Isolated.GoAsync(async () =>
    {
        var log = new Log();
        var handles = new Log();
        List<string> results = [];
        await Go.ScopeAsync(async scope =>
        {
            scope.Spawn(log.ValueTask0);
            scope.Spawn(log.Task0);
            scope.Spawn(log.Action0);
            scope.Spawn(log.ValueTask1, 1);
            scope.Spawn(log.Task1, 1);
            scope.Spawn(log.Action1, 1);
            scope.Spawn(log.ValueTask2, 1, "b");
            scope.Spawn(log.Task2, 1, "b");
            scope.Spawn(log.Action2, 1, "b");
            scope.Spawn(log.ValueTask3, 1, "b", 2.5);
            scope.Spawn(log.Task3, 1, "b", 2.5);
            scope.Spawn(log.Action3, 1, "b", 2.5);

            Goroutine[] plain =
            [
                scope.Run(handles.ValueTask0), scope.Run(handles.Task0), scope.Run(handles.Action0),
                scope.Run(handles.ValueTask1, 1), scope.Run(handles.Task1, 1), scope.Run(handles.Action1, 1),
                scope.Run(handles.ValueTask2, 1, "b"), scope.Run(handles.Task2, 1, "b"), scope.Run(handles.Action2, 1, "b"),
                scope.Run(handles.ValueTask3, 1, "b", 2.5), scope.Run(handles.Task3, 1, "b", 2.5), scope.Run(handles.Action3, 1, "b", 2.5),
            ];
            Goroutine<string>[] typed =
            [
                scope.Run(Values.Of0), scope.Run(Tasks.Of0), scope.Run(Plain.Of0),
                scope.Run(Values.Of1, 1), scope.Run(Tasks.Of1, 1), scope.Run(Plain.Of1, 1),
                scope.Run(Values.Of2, 1, "b"), scope.Run(Tasks.Of2, 1, "b"), scope.Run(Plain.Of2, 1, "b"),
                scope.Run(Values.Of3, 1, "b", 2), scope.Run(Tasks.Of3, 1, "b", 2), scope.Run(Plain.Of3, 1, "b", 2),
            ];
            foreach (Goroutine handle in plain)
            {
                await handle;
            }

            foreach (Goroutine<string> handle in typed)
            {
                results.Add(await handle);
            }
        });
        log.AssertAll();
        handles.AssertAll();
        Assert.Equal(["", "", "", "1", "1", "1", "1b", "1b", "1b", "1b2", "1b2", "1b2"], results);
    });

    /// <summary>An <c>async</c> lambda is always a <c>ValueTask</c> body: no cast, no ambiguity, never <c>async void</c>.</summary>
    [Fact]
    public Task Spawn_AsyncLambda_IsAnAsyncBodyWhateverItsArguments() => Isolated.GoAsync(async () =>
    {
        var kinds = new Chan<string>();
        Go.Spawn(async () => await kinds.SendAsync(Kind()));
        Go.Spawn(async a => await kinds.SendAsync(Kind() + a), 1);
        Go.Spawn(async (a, b) => await kinds.SendAsync(Kind() + a + b), 1, 2);
        Go.Spawn(async (a, b, c) => await kinds.SendAsync(Kind() + a + b + c), 1, 2, 3);
        Go.Spawn(() => kinds.SendAsync(Kind()));
        Go.Spawn(static state => state.SendAsync(Kind()), kinds);
        Go.Spawn(static (channel, text) => channel.SendAsync(Kind() + text), kinds, "x");
        List<string> seen = [];
        for (int i = 0; i < 7; i++)
        {
            seen.Add(await kinds.TakeAsync());
        }

        Assert.Equal(["async", "async", "async", "async1", "async12", "async123", "asyncx"], seen.Order());

        // Braces make a synchronous body of it.
        Go.Spawn(() => { kinds.Send(Kind()); });
        Go.Spawn(text => { kinds.Send(Kind() + text); }, "y");
        Assert.Equal(["thread", "thready"], new[] { await kinds.TakeAsync(), await kinds.TakeAsync() }.Order());

        static string Kind() => Thread.CurrentThread.Name?.StartsWith("goroutine ", StringComparison.Ordinal) == true ? "thread" : "async";
    });

    /// <summary>Go evaluates the arguments of a <c>go</c> statement at once; a closure reads its variables when it runs.</summary>
    [Fact]
    public Task Spawn_Arguments_AreTakenAtTheStatement() => Isolated.OneAtATimeAsync(async () =>
    {
        var seen = new ConcurrentQueue<int>();
        var done = new WaitGroup();
        for (int i = 0; i < 5; i++)
        {
            done.Spawn(Keep, i, seen);
        }

        await done.WaitAsync();
        Assert.Equal([0, 1, 2, 3, 4], seen.Order());

        static ValueTask Keep(int i, ConcurrentQueue<int> into)
        {
            into.Enqueue(i);
            return default;
        }
    });

    /// <summary>Go's prime sieve with its own line, <c>go Filter(ch, ch1, prime)</c>, where <c>ch</c> changes right after it.</summary>
    [Fact]
    public Task Spawn_SieveShapedAsInGo_FindsPrimes() => Isolated.GoAsync(async () =>
    {
        var ch = new Chan<int>();
        Go.Spawn(Generate, ch.Sender);
        List<int> primes = [];
        for (int i = 0; i < 20; i++)
        {
            int prime = await ch.TakeAsync();
            primes.Add(prime);
            var ch1 = new Chan<int>();
            Go.Spawn(Filter, ch.Receiver, ch1.Sender, prime);
            ch = ch1;
        }

        Assert.Equal([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71], primes);

        static async ValueTask Generate(Sender<int> ch)
        {
            for (int i = 2; ; i++)
            {
                await ch.SendAsync(i);
            }
        }

        static async ValueTask Filter(Receiver<int> source, Sender<int> target, int prime)
        {
            await foreach (int i in source)
            {
                if (i % prime != 0)
                {
                    await target.SendAsync(i);
                }
            }
        }
    });

    /// <summary>A text argument is never taken for the caller's file.</summary>
    [Fact]
    public Task Spawn_TextForAnOverloadedMethod_IsItsArgument() => Isolated.GoAsync(async () =>
    {
        Assert.Equal("one x", await Go.Run(Overloaded, "x"));
        Assert.Equal("none", await Go.Run(Overloaded));
    });

    /// <summary>Generic methods take the views of a channel; their type arguments are inferred from them.</summary>
    [Fact]
    public Task Spawn_GenericMethod_InfersFromTheArguments() => Isolated.GoAsync(async () =>
    {
        var numbers = new Chan<int>(3);
        var texts = new Chan<string>();
        Go.Spawn(Map, numbers.Receiver, texts.Sender, static (int n) => $"<{n}>");
        numbers.Send(1);
        numbers.Send(2);
        numbers.Close();
        List<string> seen = [];
        await foreach (string text in texts)
        {
            seen.Add(text);
        }

        Assert.Equal(["<1>", "<2>"], seen);

        static async ValueTask Map<TIn, TOut>(Receiver<TIn> source, Sender<TOut> target, Func<TIn, TOut> function)
        {
            await foreach (TIn value in source)
            {
                await target.SendAsync(function(value));
            }

            target.Close();
        }
    });

    [Fact]
    public Task CreatedAt_EveryForm_NamesTheStatement() => Isolated.GoAsync(async () =>
    {
        var gate = new Chan<int>();
        var group = new WaitGroup();
        Go.Spawn(() => Wait0());
        Go.Spawn(Wait1, 1);
        Go.Spawn(Wait2, 1, 2);
        Go.Spawn(Wait3, 1, 2, 3);
        group.Spawn(Wait1, 1);
        Goroutine handle = Go.Run(Wait3, 1, 2, 3);
        GoRuntime runtime = GoRuntime.Current;
        await Poll.UntilAsync(() => runtime.Snapshot().Count(g => g.WaitReason == "chan receive") == 6, "six goroutines to park");
        foreach (GoroutineInfo goroutine in runtime.Snapshot().Where(static g => g.WaitReason == "chan receive"))
        {
            Assert.Contains(s_file, goroutine.CreatedAt, StringComparison.Ordinal);
            Assert.Contains(nameof(CreatedAt_EveryForm_NamesTheStatement), goroutine.Name, StringComparison.Ordinal);
        }

        gate.Close();
        await handle;

        async ValueTask Wait0() => await gate.ReceiveAsync();
        async ValueTask Wait1(int a) => await gate.ReceiveAsync();
        async ValueTask Wait2(int a, int b) => await gate.ReceiveAsync();
        async ValueTask Wait3(int a, int b, int c) => await gate.ReceiveAsync();
    });

    [Fact]
    public Task Spawn_NullBody_IsRefusedAtOnce() => Isolated.GoAsync(static async () =>
    {
        var group = new WaitGroup();
        var errors = new ErrGroup { Limit = 1 };
        Assert.Throws<ArgumentNullException>("body", static () => Go.Spawn((Func<int, ValueTask>)null!, 1));
        Assert.Throws<ArgumentNullException>("body", static () => Go.Spawn((Func<int, Task>)null!, 1));
        Assert.Throws<ArgumentNullException>("body", static () => Go.Spawn((Action<int, int>)null!, 1, 2));
        Assert.Throws<ArgumentNullException>("body", static () => { Go.Run((Func<int, int, int, ValueTask<int>>)null!, 1, 2, 3); });
        Assert.Throws<ArgumentNullException>("body", () => group.Spawn((Action<int>)null!, 1));
        Assert.Throws<ArgumentNullException>("body", () => errors.TrySpawn((Func<int, Task>)null!, 1));
        Assert.Equal(0, group.Count);
        await errors.WaitAsync();
    });

    [Fact]
    public Task Run_TaskBodyReturnsNull_FailsSayingSo() => Isolated.GoAsync(async () =>
    {
        InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () => await Go.Run(static (int _) => (Task)null!, 1));
        Assert.Contains("null instead of a Task", thrown.Message, StringComparison.Ordinal);
    });

    private static async ValueTask<string> Overloaded()
    {
        await Go.Yield();
        return "none";
    }

    private static async ValueTask<string> Overloaded(string text)
    {
        await Go.Yield();
        return $"one {text}";
    }

    private static class Values
    {
        public static ValueTask<string> Of0() => new("");

        public static ValueTask<string> Of1(int a) => new($"{a}");

        public static ValueTask<string> Of2(int a, string b) => new($"{a}{b}");

        public static ValueTask<string> Of3(int a, string b, int c) => new($"{a}{b}{c}");
    }

    private static class Tasks
    {
        public static Task<string> Of0() => Task.FromResult("");

        public static Task<string> Of1(int a) => Task.FromResult($"{a}");

        public static Task<string> Of2(int a, string b) => Task.FromResult($"{a}{b}");

        public static Task<string> Of3(int a, string b, int c) => Task.FromResult($"{a}{b}{c}");
    }

    private static class Plain
    {
        public static string Of0() => "";

        public static string Of1(int a) => $"{a}";

        public static string Of2(int a, string b) => $"{a}{b}";

        public static string Of3(int a, string b, int c) => $"{a}{b}{c}";
    }

    /// <summary>Bodies of every kind that say with what they were called.</summary>
    private sealed class Log
    {
        private static readonly string[] s_all =
        [
            "A0()", "A1(1)", "A2(1,b)", "A3(1,b,2.5)", "T0()", "T1(1)", "T2(1,b)", "T3(1,b,2.5)", "V0()", "V1(1)", "V2(1,b)", "V3(1,b,2.5)",
        ];

        private readonly ConcurrentQueue<string> _calls = new();

        public ValueTask ValueTask0() => Async("V0()");

        public ValueTask ValueTask1(int a) => Async($"V1({a})");

        public ValueTask ValueTask2(int a, string b) => Async($"V2({a},{b})");

        public ValueTask ValueTask3(int a, string b, double c) => Async(FormattableString.Invariant($"V3({a},{b},{c})"));

        public Task Task0() => Async("T0()").AsTask();

        public Task Task1(int a) => Async($"T1({a})").AsTask();

        public Task Task2(int a, string b) => Async($"T2({a},{b})").AsTask();

        public Task Task3(int a, string b, double c) => Async(FormattableString.Invariant($"T3({a},{b},{c})")).AsTask();

        public void Action0() => _calls.Enqueue("A0()");

        public void Action1(int a) => _calls.Enqueue($"A1({a})");

        public void Action2(int a, string b) => _calls.Enqueue($"A2({a},{b})");

        public void Action3(int a, string b, double c) => _calls.Enqueue(FormattableString.Invariant($"A3({a},{b},{c})"));

        public Task AssertAllAsync()
            => Poll.UntilAsync(() => _calls.Count >= s_all.Length, "all bodies to be called").ContinueWith(_ => AssertAll(), TaskScheduler.Default);

        public void AssertAll() => Assert.Equal(s_all, _calls.Order(StringComparer.Ordinal));

        private async ValueTask Async(string call)
        {
            await Go.Yield();
            _calls.Enqueue(call);
        }
    }
}
