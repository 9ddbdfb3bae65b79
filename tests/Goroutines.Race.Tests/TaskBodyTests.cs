using Goroutines.Testing;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>All methods of the framework that take the body of a task, a continuation or a callback: the body comes after its creator and what it continues, before what
/// follows an await, and beside everything else.</summary>
public sealed class TaskBodyTests
{
    private static readonly TaskScheduler s_scheduler = TaskScheduler.Default;
    private static readonly TaskFactory<int> s_factory = new();

    /// <summary>Those that start a body, or will.</summary>
    private static readonly Dictionary<string, Func<Action, Task>> s_bodies = new()
    {
        ["Run"] = static body => Task.Run(body),
        ["Run async"] = static body => Task.Run(async () =>
        {
            await Task.Yield();
            body();
        }),
        ["Run result"] = static body => Task.Run(() => Call(body)),
        ["Run token"] = static body => Task.Run(body, CancellationToken.None),
        ["StartNew"] = static body => Task.Factory.StartNew(body),
        ["StartNew state"] = static body => Task.Factory.StartNew(static body => ((Action)body!)(), body),
        ["StartNew all"] = static body => Task.Factory.StartNew(static body => ((Action)body!)(), body, CancellationToken.None, TaskCreationOptions.LongRunning, s_scheduler),
        ["StartNew result"] = static body => Task.Factory.StartNew(() => Call(body)),
        ["StartNew result, state"] = static body => Task.Factory.StartNew(static body => Call((Action)body!), body, TaskCreationOptions.None),
        ["StartNew async"] = static body => Task.Factory.StartNew(async () =>
        {
            await Task.Yield();
            body();
        }).Unwrap(),
        ["StartNew of typed factory"] = static body => s_factory.StartNew(() => Call(body)),
        ["StartNew of typed factory, state"] = static body => s_factory.StartNew(static body => Call((Action)body!), body, CancellationToken.None, TaskCreationOptions.None, s_scheduler),
        ["new Task"] = static body => Started(new Task(body)),
        ["new Task with state"] = static body => Started(new Task(static body => ((Action)body!)(), body, CancellationToken.None, TaskCreationOptions.LongRunning)),
        ["new Task of result"] = static body => Started(new Task<int>(() => Call(body))),
        ["new Task of result, state"] = static body => Started(new Task<int>(static body => Call((Action)body!), body, TaskCreationOptions.None)),
        ["FromAsync"] = static body => Task.Factory.FromAsync(Task.CompletedTask, _ => body()),
        ["ContinueWith of what has ended"] = static body => Task.CompletedTask.ContinueWith(_ => body(), s_scheduler),
    };

    /// <summary>Those that continue a task.</summary>
    private static readonly Dictionary<string, Func<Task<int>, Action, Task>> s_continuations = new()
    {
        ["ContinueWith"] = static (work, body) => ((Task)work).ContinueWith(_ => body()),
        ["ContinueWith token"] = static (work, body) => ((Task)work).ContinueWith(_ => body(), CancellationToken.None),
        ["ContinueWith options"] = static (work, body) => ((Task)work).ContinueWith(_ => body(), TaskContinuationOptions.ExecuteSynchronously),
        ["ContinueWith all"] = static (work, body) => ((Task)work).ContinueWith(_ => body(), CancellationToken.None, TaskContinuationOptions.None, s_scheduler),
        ["ContinueWith state"] = static (work, body) => ((Task)work).ContinueWith(static (_, body) => ((Action)body!)(), body, s_scheduler),
        ["ContinueWith result"] = static (work, body) => ((Task)work).ContinueWith(_ => Call(body), s_scheduler),
        ["ContinueWith result, state"] = static (work, body) => ((Task)work).ContinueWith(static (_, body) => Call((Action)body!), body, CancellationToken.None, TaskContinuationOptions.None, s_scheduler),
        ["ContinueWith async"] = static (work, body) => ((Task)work).ContinueWith(async _ =>
        {
            await Task.Yield();
            body();
        }, s_scheduler).Unwrap(),
        ["typed ContinueWith"] = static (work, body) => work.ContinueWith(_ => body(), s_scheduler),
        ["typed ContinueWith state"] = static (work, body) => work.ContinueWith(static (_, body) => ((Action)body!)(), body, TaskContinuationOptions.None),
        ["typed ContinueWith result"] = static (work, body) => work.ContinueWith(_ => Call(body), s_scheduler),
        ["typed ContinueWith result, state"] = static (work, body) => work.ContinueWith(static (_, body) => Call((Action)body!), body, s_scheduler),
        ["ContinueWith of continuation"] = static (work, body) => work.ContinueWith(static _ => { }, s_scheduler).ContinueWith(_ => body(), s_scheduler),
        ["ContinueWhenAll"] = static (work, body) => Task.Factory.ContinueWhenAll([(Task)work, Task.CompletedTask], _ => body()),
        ["ContinueWhenAll result"] = static (work, body) => Task.Factory.ContinueWhenAll([(Task)work], _ => Call(body), CancellationToken.None, TaskContinuationOptions.None, s_scheduler),
        ["ContinueWhenAll of results"] = static (work, body) => Task.Factory.ContinueWhenAll([work], (Task<int>[] _) => body(), TaskContinuationOptions.None),
        ["ContinueWhenAll of results, result"] = static (work, body) => Task.Factory.ContinueWhenAll([work], (Task<int>[] _) => Call(body)),
        ["ContinueWhenAll of typed factory"] = static (work, body) => s_factory.ContinueWhenAll([(Task)work], _ => Call(body)),
        ["ContinueWhenAny"] = static (work, body) => Task.Factory.ContinueWhenAny([(Task)work], _ => body()),
        ["ContinueWhenAny result"] = static (work, body) => Task.Factory.ContinueWhenAny([(Task)work], _ => Call(body), CancellationToken.None),
        ["ContinueWhenAny of results"] = static (work, body) => Task.Factory.ContinueWhenAny([work], (Task<int> _) => body()),
        ["ContinueWhenAny of typed factory"] = static (work, body) => s_factory.ContinueWhenAny([work], (Task<int> _) => Call(body)),
    };

    /// <summary>Those that end a task by hand, with or without a result.</summary>
    private static readonly Dictionary<string, Action<TaskCompletionSource, TaskCompletionSource<int>>> s_sources = new()
    {
        ["SetResult"] = static (plain, typed) => Both(() => plain.SetResult(), () => typed.SetResult(1)),
        ["TrySetResult"] = static (plain, typed) => Both(() => plain.TrySetResult(), () => typed.TrySetResult(1)),
        ["SetException"] = static (plain, typed) => Both(() => plain.SetException(new FormatException()), () => typed.SetException(new FormatException())),
        ["SetException of several"] = static (plain, typed) => Both(() => plain.SetException([new FormatException()]), () => typed.SetException([new FormatException()])),
        ["TrySetException"] = static (plain, typed) => Both(() => plain.TrySetException(new FormatException()), () => typed.TrySetException(new FormatException())),
        ["TrySetException of several"] = static (plain, typed) => Both(() => plain.TrySetException([new FormatException()]), () => typed.TrySetException([new FormatException()])),
        ["SetCanceled"] = static (plain, typed) => Both(() => plain.SetCanceled(), () => typed.SetCanceled()),
        ["SetCanceled by delegate"] = static (plain, typed) => Both(plain.SetCanceled, typed.SetCanceled),
        ["SetCanceled token"] = static (plain, typed) => Both(() => plain.SetCanceled(CancellationToken.None), () => typed.SetCanceled(CancellationToken.None)),
        ["TrySetCanceled"] = static (plain, typed) => Both(() => plain.TrySetCanceled(), () => typed.TrySetCanceled()),
        ["TrySetCanceled token"] = static (plain, typed) => Both(() => plain.TrySetCanceled(CancellationToken.None), () => typed.TrySetCanceled(CancellationToken.None)),
        ["SetFromTask"] = static (plain, typed) => Both(() => plain.SetFromTask(Task.CompletedTask), () => typed.SetFromTask(Task.FromResult(1))),
        ["TrySetFromTask"] = static (plain, typed) => Both(() => plain.TrySetFromTask(Task.CompletedTask), () => typed.TrySetFromTask(Task.FromResult(1))),
    };

    /// <summary>Those that register a callback.</summary>
    private static readonly Dictionary<string, Action<CancellationToken, Action>> s_callbacks = new()
    {
        ["Register"] = static (token, body) => token.Register(body),
        ["Register context"] = static (token, body) => token.Register(body, useSynchronizationContext: false),
        ["Register state"] = static (token, body) => token.Register(static body => ((Action)body!)(), body),
        ["Register state and token"] = static (token, body) => token.Register(static (body, _) => ((Action)body!)(), body),
        ["UnsafeRegister"] = static (token, body) => token.UnsafeRegister(static body => ((Action)body!)(), body),
        ["UnsafeRegister token"] = static (token, body) => token.UnsafeRegister(static (body, _) => ((Action)body!)(), body),
    };

    public static TheoryData<string> Bodies => [.. s_bodies.Keys];

    public static TheoryData<string> Continuations => [.. s_continuations.Keys];

    public static TheoryData<string> Sources => [.. s_sources.Keys];

    public static TheoryData<string> Callbacks => [.. s_callbacks.Keys];

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Body_OfTask_OrdersWithItsCreatorAndItsAwaiter(string name) => Silent(async counter =>
    {
        counter.Value++;
        await s_bodies[name](() => counter.Value++);
        counter.Value++;
    });

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Body_OfTaskBesideItsCreator_ReportsRace(string name) => Races(async counter =>
    {
        Task task = s_bodies[name](() => counter.Value++);
        counter.Value++;
        await task;
    });

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Body_OfTwoTasks_ReportsRace(string name) => Races(async counter => await Task.WhenAll(s_bodies[name](() => counter.Value++), s_bodies[name](() => counter.Value++)));

    [Fact]
    public void Body_RunSynchronously_OrdersWithItsCaller() => Silent(async counter =>
    {
        Task task = new(() => counter.Value++);
        counter.Value++;
        task.RunSynchronously(s_scheduler);
        counter.Value++;
        await task;
    });

    [Fact]
    public void Body_StartedByAnother_OrdersWithBoth() => Silent(async counter =>
    {
        counter.Value++;
        Task task = new(() => counter.Value++);
        await Go.Run(() =>
        {
            counter.Value++;
            task.Start();
        }).JoinAsync();
        await task;
        counter.Value++;
    });

    [Fact]
    public void Body_WrittenByItsCreatorAfterTheStart_ReportsRace() => Races(async counter =>
    {
        Task task = new(() => counter.Value++);
        task.Start(s_scheduler);
        counter.Value++;
        await task;
    });

    [Theory]
    [MemberData(nameof(Continuations))]
    public void Continuation_OfTask_OrdersWithItAndItsCreatorAndItsAwaiter(string name) => Silent(async counter =>
    {
        int other = 0;
        Task<int> work = Task.Run(() => counter.Value++);
        other++;
        await s_continuations[name](work, () =>
        {
            counter.Value++;
            other++;
        });
        counter.Value++;
        Assert.Equal(2, other++);
    });

    [Theory]
    [MemberData(nameof(Continuations))]
    public void Continuation_BesideItsCreator_ReportsRace(string name) => Races(async counter =>
    {
        Task continuation = s_continuations[name](Task.Run(static () => 1), () => counter.Value++);
        counter.Value++;
        await continuation;
    });

    [Theory]
    [MemberData(nameof(Continuations))]
    public void Continuation_BesideAnother_ReportsRace(string name) => Races(async counter =>
    {
        Task<int> work = Task.Run(static () => 1);
        await Task.WhenAll(s_continuations[name](work, () => counter.Value++), s_continuations[name](work, () => counter.Value++));
    });

    [Theory]
    [MemberData(nameof(Sources))]
    public void Source_SetAfterTheAccess_Orders(string name) => Silent(async counter => await Set(counter, name, beforeTheAccess: false));

    [Theory]
    [MemberData(nameof(Sources))]
    public void Source_SetBeforeTheAccess_ReportsRace(string name) => Races(async counter => await Set(counter, name, beforeTheAccess: true));

    [Theory]
    [MemberData(nameof(Callbacks))]
    public void Callback_OfToken_OrdersWithItsCreatorAndItsCanceller(string name) => Silent(async counter =>
    {
        using CancellationTokenSource source = new();
        counter.Value++;
        s_callbacks[name](source.Token, () => counter.Value++);
        Chan<bool> done = new();
        Go.Spawn(async () =>
        {
            source.Cancel();
            counter.Value++;
            await done.SendAsync(true);
        });
        await done.ReceiveAsync();
        counter.Value++;
    });

    [Theory]
    [MemberData(nameof(Callbacks))]
    public void Callback_BesideItsCreator_ReportsRace(string name) => Races(async counter =>
    {
        using CancellationTokenSource source = new();
        s_callbacks[name](source.Token, () => counter.Value++);
        WaitGroup done = new();
        done.Spawn(source.Cancel);
        counter.Value++;
        await done.WaitAsync();
    });

    private static async Task Set(Counter counter, string name, bool beforeTheAccess)
    {
        TaskCompletionSource plain = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<int> typed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task setter = Task.Run(() =>
        {
            if (!beforeTheAccess)
            {
                counter.Value++;
            }

            s_sources[name](plain, typed);
            if (beforeTheAccess)
            {
                counter.Value++;
            }
        });
        await Ignoring(plain.Task);
        await Ignoring(typed.Task);
        counter.Value++;
        await setter;
    }

    private static async Task Ignoring(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception exception) when (exception is FormatException or OperationCanceledException)
        {
        }
    }

    private static void Both(Action first, Action second)
    {
        first();
        second();
    }

    private static int Call(Action body)
    {
        body();
        return 1;
    }

    private static Task Started(Task task)
    {
        task.Start(s_scheduler);
        return task;
    }

    private static void Silent(Func<Counter, Task> body) => GoTest.Run(async () => await body(new Counter()));

    private static void Races(Func<Counter, Task> body) => RaceFinder.Find(() => GoTest.Run(async () => await body(new Counter())), "TaskBodyTests.cs:");

    private sealed class Counter
    {
        internal int Value;
    }
}
