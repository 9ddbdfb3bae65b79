using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Failures;

/// <summary>A failure that many get costs each of them the same, however many have had it before, as the failure of a <see cref="Task"/> does.</summary>
public class SharedFailureTests
{
    private const int Readers = 2000;

    public static TheoryData<string> Sources => ["JoinAsync", "Join", "JoinAsync with result", "Join with result", "OnceValue.GetAsync", "OnceValue.Get", "ErrGroup.WaitAsync"];

    [Theory]
    [MemberData(nameof(Sources))]
    public Task Failure_ReadAgainAndAgain_KeepsItsTrace(string source) => Isolated.GoAsync(async () =>
    {
        Func<Task> read = await FailedAsync(source);
        _ = await TraceOf(read); // it may have had to wait, and have been thrown by way of that
        string first = await TraceOf(read);
        Assert.Contains(nameof(Throw), first);
        string last = first;
        for (int i = 0; i < Readers; i++)
        {
            last = await TraceOf(read);
        }

        // Not to the letter: the JIT may inline a frame meanwhile. A trace that grows with its readers is a thousand times as long.
        Assert.Contains(nameof(Throw), last);
        Assert.InRange(last.Length, first.Length / 2, first.Length * 2);
    });

    [Fact]
    public Task Failure_ReadAgainAndAgain_CostsWhatATaskCosts() => Isolated.OneAtATimeAsync(async () =>
    {
        Task failed = Task.Run(Throw);
        _ = await Record.ExceptionAsync(() => failed);
        long task = await AllocatedBy(() => failed);
        foreach (string source in Sources)
        {
            Func<Task> read = await FailedAsync(source);
            long here = await AllocatedBy(read);
            Assert.True(here < 4 * task, $"{source}: {Readers} readers allocated {here / Readers} bytes each, those of a task {task / Readers}.");
        }
    });

    [Theory]
    [InlineData("JoinAsync")]
    [InlineData("Once")]
    [InlineData("OnceValue")]
    [InlineData("SingleFlight")]
    public Task Failure_OfManyWhoWait_HasOneTraceForAll(string source) => Isolated.OneAtATimeAsync(async () => // two threads that throw one object mix up its trace, as with a Task
    {
        var gate = new Chan<int>();
        async ValueTask<int> Fail()
        {
            await gate.ReceiveAsync();
            return Throw();
        }

        Func<ValueTask> wait;
        switch (source)
        {
            case "JoinAsync":
                Goroutine<int> goroutine = Go.Run(Fail);
                wait = async () => await goroutine.JoinAsync();
                break;
            case "Once":
                var once = new Once();
                wait = () => once.DoAsync(async () => await Fail());
                break;
            case "OnceValue":
                var value = new OnceValue<int>(Fail);
                wait = async () => await value.GetAsync();
                break;
            default:
                var flights = new SingleFlight<int, int>();
                wait = async () => await flights.DoAsync(0, Fail);
                break;
        }

        var traces = new Chan<string>(Readers);
        var group = new WaitGroup();
        for (int i = 0; i < Readers; i++)
        {
            group.Spawn(async () =>
            {
                try
                {
                    await wait();
                }
                catch (FormatException exception)
                {
                    await traces.SendAsync(exception.StackTrace!);
                }
            });
        }

        await Poll.UntilAsync(static () => Go.Snapshot().Count(static g => g.Status == GoroutineStatus.Waiting) >= Readers, "all of them to wait");
        await gate.SendAsync(1);
        await group.WaitAsync();
        Assert.Equal(Readers, traces.Count);
        string[] all = [.. Enumerable.Range(0, Readers).Select(_ => traces.Receive().Value)];
        int[] lengths = [.. all.Select(static trace => trace.Length)];
        string longest = all.MaxBy(static trace => trace.Length)!;

        // The caller that made the call, or came when it was over, has other frames than those who waited, but none has the others'.
        Assert.True(lengths.Max() < 3 * lengths.Min(), $"The shortest trace has {lengths.Min()} characters, the longest {lengths.Max()}:{Environment.NewLine}{longest}");
    });

    [Fact]
    public Task Cancellation_Joined_IsACancelledTask() => Isolated.GoAsync(async () =>
    {
        Goroutine goroutine = Go.Run(async () =>
        {
            await Go.Yield();
            throw new OperationCanceledException(new CancellationToken(true));
        });
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await goroutine);
        Task joined = goroutine.JoinAsync().AsTask();
        await Assert.ThrowsAsync<OperationCanceledException>(() => joined);
        Assert.True(joined.IsCanceled);
    });

    private static async Task<Func<Task>> FailedAsync(string source)
    {
        switch (source)
        {
            case "JoinAsync" or "Join":
                Goroutine plain = Go.Run(async () =>
                {
                    await Go.Yield();
                    Throw();
                });
                await Poll.UntilAsync(() => plain.JoinAsync() is { IsCompleted: true }, "the goroutine to fail");
                return source == "Join" ? Synchronously(plain.Join) : async () => await plain.JoinAsync();
            case "JoinAsync with result" or "Join with result":
                Goroutine<int> result = Go.Run(async () =>
                {
                    await Go.Yield();
                    return Throw();
                });
                await Poll.UntilAsync(() => result.JoinAsync() is { IsCompleted: true }, "the goroutine to fail");
                return source == "Join with result" ? Synchronously(() => result.Join()) : async () => await result.JoinAsync();
            case "OnceValue.GetAsync" or "OnceValue.Get":
                var value = new OnceValue<int>(Throw);
                Assert.Throws<FormatException>(() => value.Get());
                return source == "OnceValue.Get" ? Synchronously(() => value.Get()) : async () => await value.GetAsync();
            default:
                var group = new ErrGroup();
                group.Spawn(async () =>
                {
                    await Go.Yield();
                    Throw();
                });
                return async () => await group.WaitAsync();
        }
    }

    private static Func<Task> Synchronously(Action action) => () =>
    {
        action();
        return Task.CompletedTask;
    };

    private static async Task<string> TraceOf(Func<Task> read)
    {
        try
        {
            await read();
        }
        catch (FormatException exception)
        {
            return exception.StackTrace!;
        }

        Assert.Fail("The read did not fail.");
        return "";
    }

    /// <summary>What reads that end at once allocate, on this thread.</summary>
    private static async Task<long> AllocatedBy(Func<Task> read)
    {
        await TraceOf(read);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Readers; i++)
        {
            try
            {
                await read();
            }
            catch (FormatException)
            {
            }
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static int Throw() => throw new FormatException("it fails");
}
