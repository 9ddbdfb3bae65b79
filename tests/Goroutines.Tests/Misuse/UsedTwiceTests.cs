using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Misuse;

/// <summary>
/// An operation is to be awaited once. A second use, in any way and order, gets an <see cref="InvalidOperationException"/>;
/// nobody else, least of all the next operation that is given the same object from the pool.
/// </summary>
public abstract class UsedTwiceTests(Place place)
{
    public static TheoryData<string> Kinds => [.. Kind.All.Select(static kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task BothBeforeTheEnd(string kind) => EachPair(kind, async (operation, end, first, second) =>
    {
        Task[] uses = [operation.In(first), operation.In(second)];
        await Go.Yield();
        end();
        return uses;
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task OneBeforeTheEndAndOneAfterIt(string kind) => EachPair(kind, async (operation, end, first, second) =>
    {
        Task before = operation.In(first);
        await Go.Yield();
        end(); // the awaiter is runnable now, but has not gone on
        return [before, operation.In(second)];
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task BothAfterTheEnd(string kind) => EachPair(kind, async (operation, end, first, second) =>
    {
        end();
        await Poll.UntilAsync(() => operation.IsCompleted, "the operation to be over");
        return [operation.In(first), operation.In(second)];
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task BothAroundACancellation(string kind) => EachPair(kind, async (operation, _, first, second) =>
    {
        Task before = operation.In(first);
        await Go.Yield();
        await s_cancellation.Value!.CancelAsync();
        return [before, operation.In(second)];
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task ManyTimesByMany(string kind) => place.Run(async () =>
    {
        Kind of = Find(kind);
        for (int round = 0; round < 10; round++)
        {
            (Use operation, Action end) = of.Begin();
            var uses = new List<Task>();
            for (int i = 0; i < 5; i++)
            {
                uses.AddRange(Use.Ways.Select(operation.In));
            }

            end();
            uses.AddRange(Use.Ways.Select(operation.In));
            await CheckOutcomes(kind, "all ways, many times", [.. uses]);
            await CheckInnocent(of);
        }
    });

    private static readonly AsyncLocal<CancellationTokenSource?> s_cancellation = new();

    private Task EachPair(string kind, Func<Use, Action, string, string, Task<Task[]>> misuse) => place.Run(async () =>
    {
        Kind of = Find(kind);
        foreach (string first in Use.Ways)
        {
            foreach (string second in Use.Ways)
            {
                using var cancellation = new CancellationTokenSource();
                s_cancellation.Value = cancellation;
                (Use operation, Action end) = of.Begin(cancellation.Token);
                Assert.False(operation.IsCompleted, $"{kind}: the operation was to wait.");
                Task[] uses = await misuse(operation, end, first, second);
                await CheckOutcomes(kind, $"{first}, then {second}", uses);
                await CheckInnocent(of);
            }
        }
    });

    /// <summary>One use at most has got the result, and all others were told. That an operation was cancelled takes nothing with it, and
    /// the framework's tasks say so to each that has seen the status before another took the outcome.</summary>
    private static async Task CheckOutcomes(string kind, string what, Task[] uses)
    {
        int served = 0;
        foreach (Task use in uses)
        {
            Exception? thrown = await Record.ExceptionAsync(() => use.WaitAsync(Limits.Wait));
            Assert.False(thrown is TimeoutException, $"{kind}, {what}: a use was never ended.");
            bool told = thrown is InvalidOperationException;
            Assert.True(told || thrown is null or OperationCanceledException, $"{kind}, {what}: {thrown}");
            served += thrown is null ? 1 : 0;
        }

        Assert.True(served <= 1, $"{kind}, {what}: {served} uses have had the result of one operation.");
    }

    /// <summary>Operations begun after a misuse wait until they are ended, and no longer.</summary>
    private static async Task CheckInnocent(Kind kind)
    {
        var begun = new List<(Use Operation, Action End)>();
        for (int i = 0; i < 4; i++)
        {
            begun.Add(kind.Begin());
        }

        var all = new List<Task>();
        foreach ((Use operation, _) in begun)
        {
            Assert.False(operation.IsCompleted, $"{kind}: an operation was over before it was ended.");
            all.Add(operation.In("await"));
        }

        await Go.Yield();
        Assert.DoesNotContain(all, static task => task.IsCompleted);
        foreach ((_, Action end) in begun)
        {
            end();
        }

        foreach (Task task in all)
        {
            Exception? thrown = await Record.ExceptionAsync(() => task.WaitAsync(Limits.Wait));
            Assert.True(thrown is null || (kind.Name == "sleep" && thrown is OperationCanceledException), $"{kind}: {thrown}");
        }
    }

    private static Kind Find(string name) => Kind.All.First(kind => kind.Name == name);
}

public sealed class UsedTwiceOnThePoolTests() : UsedTwiceTests(Place.Pool);

public sealed class UsedTwiceInAGoroutineTests() : UsedTwiceTests(Place.Goroutine);
