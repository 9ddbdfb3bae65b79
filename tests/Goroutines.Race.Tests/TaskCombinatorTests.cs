using Goroutines.Testing;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>All that the framework has for waiting for tasks: what a task has done comes before what follows, whether the task ends before or after the wait begins, and nothing
/// more does.</summary>
public sealed class TaskCombinatorTests
{
    private static readonly Task s_never = new TaskCompletionSource().Task;
    private static readonly Task<int> s_neverInt = new TaskCompletionSource<int>().Task;

    /// <summary>Those that return a task.</summary>
    private static readonly Dictionary<string, Func<Task<int>, Task>> s_asynchronous = new()
    {
        ["ConfigureAwait"] = static async work => await work.ConfigureAwait(false),
        ["ConfigureAwait options"] = static async work => await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.ForceYielding),
        ["ValueTask of task"] = static async work => await new ValueTask<int>(work),
        ["WhenAll array"] = static async work => await Task.WhenAll(new Task[] { work, Task.CompletedTask }),
        ["WhenAll span"] = static async work => await Task.WhenAll((ReadOnlySpan<Task>)[work, Task.CompletedTask]),
        ["WhenAll sequence"] = static async work => await Task.WhenAll(Sequence<Task>(work, Task.CompletedTask)),
        ["WhenAll array of results"] = static async work => await Task.WhenAll(new Task<int>[] { work, Task.FromResult(1) }),
        ["WhenAll span of results"] = static async work => await Task.WhenAll((ReadOnlySpan<Task<int>>)[work, Task.FromResult(1)]),
        ["WhenAll sequence of results"] = static async work => await Task.WhenAll(Sequence(work, Task.FromResult(1))),
        ["WhenAny array"] = static async work => await Task.WhenAny(new Task[] { work, s_never }),
        ["WhenAny span"] = static async work => await Task.WhenAny((ReadOnlySpan<Task>)[work, s_never, s_never]),
        ["WhenAny sequence"] = static async work => await Task.WhenAny(Sequence<Task>(work, s_never)),
        ["WhenAny two"] = static async work => await Task.WhenAny(work, s_never),
        ["WhenAny array of results"] = static async work => await Task.WhenAny(new Task<int>[] { s_neverInt, work }),
        ["WhenAny span of results"] = static async work => await Task.WhenAny((ReadOnlySpan<Task<int>>)[work, s_neverInt, s_neverInt]),
        ["WhenAny sequence of results"] = static async work => await Task.WhenAny(Sequence(work, s_neverInt)),
        ["WhenAny two of results"] = static async work => await Task.WhenAny(work, s_neverInt),
        ["WhenAny of WhenAny"] = static async work => await Task.WhenAny(Task.WhenAny(work, s_never), s_never),
        ["WhenEach array"] = static work => First(Task.WhenEach(new Task[] { work, s_never })),
        ["WhenEach span"] = static work => First(Task.WhenEach((ReadOnlySpan<Task>)[work, s_never])),
        ["WhenEach sequence"] = static work => First(Task.WhenEach(Sequence<Task>(work, s_never))),
        ["WhenEach array of results"] = static work => First(Task.WhenEach(new Task<int>[] { work, s_neverInt })),
        ["WhenEach span of results"] = static work => First(Task.WhenEach((ReadOnlySpan<Task<int>>)[work, s_neverInt])),
        ["WhenEach sequence of results"] = static work => First(Task.WhenEach(Sequence(work, s_neverInt))),
        ["WaitAsync"] = static async work => await ((Task)work).WaitAsync(TimeSpan.FromMinutes(1)),
        ["WaitAsync clock"] = static async work => await ((Task)work).WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System),
        ["WaitAsync token"] = static async work => await ((Task)work).WaitAsync(new CancellationToken(canceled: false)),
        ["WaitAsync both"] = static async work => await ((Task)work).WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None),
        ["WaitAsync result"] = static async work => await work.WaitAsync(TimeSpan.FromMinutes(1)),
        ["WaitAsync result, clock"] = static async work => await work.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System),
        ["WaitAsync result, token"] = static async work => await work.WaitAsync(new CancellationToken(canceled: false)),
        ["WaitAsync result, both"] = static async work => await work.WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None),
        ["Unwrap"] = static async work => await Task.FromResult<Task>(work).Unwrap(),
        ["Unwrap result"] = static async work => await Task.FromResult(work).Unwrap(),
        ["Unwrap later"] = static async work => await Outer<Task>(work).Unwrap(),
        ["Unwrap result later"] = static async work => await Outer(work).Unwrap(),
        ["Run of the task"] = static async work => await Task.Run(() => work),
        ["ContinueWith"] = static async work => await work.ContinueWith(static _ => { }, TaskScheduler.Default),
        ["Factory.ContinueWhenAll"] = static async work => await Task.Factory.ContinueWhenAll(new Task[] { work, Task.CompletedTask }, static _ => { }),
        ["Factory.ContinueWhenAny"] = static async work => await Task.Factory.ContinueWhenAny(new Task[] { work, s_never }, static _ => { }),
        ["SetFromTask"] = static async work => await work.ContinueWith(static work =>
        {
            TaskCompletionSource<int> source = new();
            source.SetFromTask(work);
            return source.Task;
        }, TaskScheduler.Default).Unwrap(),
    };

    /// <summary>Those that block their caller.</summary>
    private static readonly Dictionary<string, Action<Task<int>>> s_blocking = new()
    {
        ["Wait"] = static work => work.Wait(),
        ["Wait milliseconds"] = static work => work.Wait(60_000),
        ["Wait timeout"] = static work => work.Wait(TimeSpan.FromMinutes(1)),
        ["Wait token"] = static work => work.Wait(CancellationToken.None),
        ["Wait milliseconds, token"] = static work => work.Wait(60_000, CancellationToken.None),
        ["Wait timeout, token"] = static work => work.Wait(TimeSpan.FromMinutes(1), CancellationToken.None),
        ["Result"] = static work => _ = work.Result,
        ["GetResult"] = static work => work.GetAwaiter().GetResult(),
        ["ValueTask.Result"] = static work => _ = Result(new ValueTask<int>(work)),
        ["WaitAll array"] = static work => Task.WaitAll(new Task[] { work, Task.CompletedTask }),
        ["WaitAll span"] = static work => Task.WaitAll((ReadOnlySpan<Task>)[work, Task.CompletedTask]),
        ["WaitAll sequence"] = static work => Task.WaitAll(Sequence<Task>(work, Task.CompletedTask)),
        ["WaitAll milliseconds"] = static work => Task.WaitAll([work], 60_000),
        ["WaitAll timeout"] = static work => Task.WaitAll([work], TimeSpan.FromMinutes(1)),
        ["WaitAll token"] = static work => Task.WaitAll([work], CancellationToken.None),
        ["WaitAll milliseconds, token"] = static work => Task.WaitAll([work], 60_000, CancellationToken.None),
        ["WaitAny"] = static work => Task.WaitAny(work, s_never),
        ["WaitAny milliseconds"] = static work => Task.WaitAny([work, s_never], 60_000),
        ["WaitAny timeout"] = static work => Task.WaitAny([work, s_never], TimeSpan.FromMinutes(1)),
        ["WaitAny token"] = static work => Task.WaitAny([work, s_never], CancellationToken.None),
        ["WaitAny milliseconds, token"] = static work => Task.WaitAny([work, s_never], 60_000, CancellationToken.None),
        ["IsCompleted"] = static work => Until(() => work.IsCompleted),
        ["IsCompletedSuccessfully"] = static work => Until(() => work.IsCompletedSuccessfully),
        ["Status"] = static work => Until(() => work.Status == TaskStatus.RanToCompletion),
    };

    public static TheoryData<string> Asynchronous => [.. s_asynchronous.Keys];

    public static TheoryData<string> Blocking => [.. s_blocking.Keys];

    [Theory]
    [MemberData(nameof(Asynchronous))]
    public void Asynchronous_OfRunningTask_OrdersIt(string name) => GoTest.Run(async () =>
    {
        Work work = new();
        Task waiting = s_asynchronous[name](work.Done);
        work.Begin();
        await waiting;
        work.Value++;
    });

    [Theory]
    [MemberData(nameof(Asynchronous))]
    public void Asynchronous_OfTaskThatHasEnded_OrdersIt(string name) => GoTest.Run(async () =>
    {
        Work work = new();
        work.Begin();
        work.End();
        await s_asynchronous[name](work.Done);
        work.Value++;
    });

    [Theory]
    [MemberData(nameof(Asynchronous))]
    public void Asynchronous_NotAwaitedYet_ReportsRace(string name) => RaceFinder.Find(() => GoTest.Run(async () =>
    {
        Work work = new();
        Task waiting = s_asynchronous[name](work.Done);
        work.Begin();
        work.Value++;
        await waiting;
    }), "TaskCombinatorTests.cs:");

    [Theory]
    [MemberData(nameof(Blocking))]
    public void Blocking_OnTask_OrdersIt(string name) => GoTest.Run(() =>
    {
        Work work = new();
        work.Begin();
        s_blocking[name](work.Done);
        work.Value++;
    });

    [Theory]
    [MemberData(nameof(Blocking))]
    public void Blocking_OnTaskThatHasEnded_OrdersIt(string name) => GoTest.Run(() =>
    {
        Work work = new();
        work.Begin();
        work.End();
        s_blocking[name](work.Done);
        work.Value++;
    });

    [Theory]
    [MemberData(nameof(Blocking))]
    public void Blocking_AfterTheAccess_ReportsRace(string name) => RaceFinder.Find(() => GoTest.Run(() =>
    {
        Work work = new();
        work.Begin();
        work.Value++;
        s_blocking[name](work.Done);
    }), "TaskCombinatorTests.cs:");

    [Fact]
    public void WhenAny_TheOtherOfTwo_ReportsRace() => RaceFinder.Find(static () => GoTest.Run(static async () =>
    {
        Work first = new();
        Work second = new();
        Task<Task<int>> any = Task.WhenAny(first.Done, second.Done);
        second.Begin();
        Assert.Same(second.Done, await any);
        first.Begin();
        first.End();
        first.Value++;
    }), "TaskCombinatorTests.cs:");

    [Fact]
    public void WaitAsync_ThatTimesOut_ReportsRace() => RaceFinder.Find(static () => GoTest.Run(static async () =>
    {
        Work work = new();
        Task waiting = ((Task)work.Done).WaitAsync(TimeSpan.Zero);
        work.Begin();
        work.End();
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        work.Value++;
    }), "TaskCombinatorTests.cs:");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Failure_OfTask_OrdersTheWaiter(bool blocks) => GoTest.Run(async () =>
    {
        Work work = new();
        Task failing = Task.Run(async () =>
        {
            await Task.Yield();
            work.Value++;
            throw new FormatException();
        });
        if (blocks)
        {
            Assert.Throws<AggregateException>(failing.Wait);
            Assert.True(failing.IsFaulted);
            Assert.NotNull(failing.Exception);
        }
        else
        {
            await Assert.ThrowsAsync<FormatException>(async () => await Task.Run(() => failing));
        }

        work.Value++;
    });

    private static IEnumerable<T> Sequence<T>(params T[] items) => items.Where(static _ => true);

    private static int Result(ValueTask<int> work) => work.IsCompleted ? work.Result : work.AsTask().Result;

    private static void Until(Func<bool> ended) => Assert.True(SpinWait.SpinUntil(ended, TimeSpan.FromMinutes(1)), "The task has not ended.");

    private static async Task<T> Outer<T>(T inner)
    {
        await Task.Yield();
        return inner;
    }

    private static async Task First<T>(IAsyncEnumerable<T> tasks)
    {
        await foreach (T _ in tasks)
        {
            return;
        }
    }

    /// <summary>A task that writes a variable once it may.</summary>
    private sealed class Work
    {
        private readonly TaskCompletionSource _begin = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Work() => Done = Task.Run(async () =>
        {
            await _begin.Task;
            return Value++;
        });

        internal int Value { get; set; }

        internal Task<int> Done { get; }

        internal void Begin() => _begin.SetResult();

        /// <summary>Waits for the end of the task by means that order nothing.</summary>
        internal void End()
        {
            IAsyncResult task = Done;
            for (long began = Environment.TickCount64; !task.IsCompleted && Environment.TickCount64 - began < 60_000;)
            {
                Thread.Yield();
            }

            Assert.True(task.IsCompleted, "The task has not ended.");
        }
    }
}
