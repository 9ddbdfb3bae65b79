using Goroutines.Conformance.Tests.Sync;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.XSync;

/// <summary>errgroup/errgroup_test.go of golang.org/x/sync, and its examples.</summary>
public class ErrGroupTests
{
    private static readonly Exception s_first = new InvalidOperationException("errgroup_test: 1");
    private static readonly Exception s_second = new InvalidOperationException("errgroup_test: 2");

    /// <summary>What the bodies of a group throw, one after the other: 0 nothing, 1 and 2 the exceptions above.</summary>
    public static TheoryData<int[]> ZeroGroups => new(Array.Empty<int>(), new[] { 0 }, new[] { 1 }, new[] { 1, 0 }, new[] { 1, 0, 2 });

    /// <inheritdoc cref="ZeroGroups"/>
    public static TheoryData<int[]> Contexts => new(Array.Empty<int>(), new[] { 0 }, new[] { 1 }, new[] { 1, 0 });

    [Theory(DisplayName = "go: x/sync/errgroup/errgroup_test.go TestZeroGroup")]
    [MemberData(nameof(ZeroGroups))]
    public Task Wait_AfterEachBody_ThrowsTheFirstFailure(int[] failures) => OnStacks.RunAsync(2, () =>
    {
        var group = new ErrGroup();
        Exception? first = null;
        foreach (Exception? failure in failures.Select(ExceptionOf))
        {
            group.Spawn(() => ThrowIfAny(failure));
            first ??= failure;
            Assert.Same(first, Record.Exception(group.Wait));
        }
    });

    [Theory(DisplayName = "go: x/sync/errgroup/errgroup_test.go TestWithContext")]
    [MemberData(nameof(Contexts))]
    public Task Wait_Returned_TheTokenIsCancelled(int[] failures) => OnStacks.RunAsync(2, () =>
    {
        var group = new ErrGroup();
        GoContext context = GoContext.From(group.CancellationToken);
        foreach (Exception? failure in failures.Select(ExceptionOf))
        {
            group.Spawn(() => ThrowIfAny(failure));
        }

        Assert.Same(failures.Contains(1) ? s_first : null, Record.Exception(group.Wait));
        Assert.True(context.Done.TryReceive(out _));
    });

    [Theory(DisplayName = "go: x/sync/errgroup/errgroup_test.go TestTryGo")]
    [InlineData(1)]
    [InlineData(4)]
    public Task TrySpawn_SucceedsWhileThereAreFewerThanTheLimit(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        const int Limit = 42;
        var channel = new Chan<Unit>();
        var group = new ErrGroup { Limit = Limit };
        for (int i = 0; i < Limit; i++)
        {
            Assert.True(TrySpawn(), $"Only {i} could be started.");
        }

        Assert.False(TrySpawn(), "One more than the limit was started.");
        Receive(Limit);
        group.Wait();

        Assert.True(TrySpawn(), "None could be started after the others had ended.");
        Receive(1);
        group.Wait();

        group.Limit = 1;
        Assert.True(TrySpawn());
        Assert.False(TrySpawn());
        Receive(1);
        group.Wait();

        Assert.Throws<ArgumentOutOfRangeException>(() => group.Limit = 0);

        bool TrySpawn() => group.TrySpawn(() => channel.Send(default));

        void Receive(int count) => Go.Spawn(() =>
        {
            for (int i = 0; i < count; i++)
            {
                channel.Receive();
            }
        });
    });

    [Theory(DisplayName = "go: x/sync/errgroup/errgroup_test.go TestGoLimit")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Spawn_NeverRunsMoreThanTheLimit(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        const int Limit = 10;
        const int Bodies = 500;
        var group = new ErrGroup { Limit = Limit };
        int active = 0;
        int ran = 0;
        for (int i = 0; i < Bodies; i++)
        {
            group.Spawn(() =>
            {
                Assert.InRange(Interlocked.Increment(ref active), 1, Limit);
                Go.Wait(Go.Yield());
                Interlocked.Decrement(ref active);
                Interlocked.Increment(ref ran);
            });
        }

        group.Wait();
        Assert.Equal(Bodies, ran);
    });

    /// <summary>A framework token has no cause: what it was cancelled by is what the wait throws.</summary>
    [Theory(DisplayName = "go: x/sync/errgroup/errgroup_test.go TestCancelCause")]
    [MemberData(nameof(Contexts))]
    public Task TrySpawn_Failures_CancelTheTokenAndAreThrown(int[] failures) => OnStacks.RunAsync(2, () =>
    {
        var group = new ErrGroup();
        foreach (Exception? failure in failures.Select(ExceptionOf))
        {
            Assert.True(group.TrySpawn(() => ThrowIfAny(failure)));
        }

        Assert.Same(failures.Contains(1) ? s_first : null, Record.Exception(group.Wait));
        Assert.IsType<OperationCanceledException>(GoContext.From(group.CancellationToken).Cause);
    });

    [Fact(DisplayName = "go: x/sync/errgroup/errgroup_test.go ExampleGroup_parallel")]
    public Task SearchInParallel_CollectsAllResults() => Isolated.GoAsync(static async () =>
    {
        string[] kinds = ["web", "image", "video"];
        string[] results = new string[kinds.Length];
        var group = new ErrGroup();
        for (int i = 0; i < kinds.Length; i++)
        {
            int index = i;
            group.Spawn(async () => results[index] = await Search(kinds[index], "golang", group.CancellationToken));
        }

        await group.WaitAsync();
        Assert.Equal(["web result for \"golang\"", "image result for \"golang\"", "video result for \"golang\""], results);

        static async ValueTask<string> Search(string kind, string query, CancellationToken cancellationToken)
        {
            await Go.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            return $"{kind} result for \"{query}\"";
        }
    });

    [Theory(DisplayName = "go: x/sync/errgroup/errgroup_example_md5all_test.go ExampleGroup_pipeline")]
    [InlineData(-1)]
    [InlineData(70)]
    public Task Pipeline_EndsAlsoWhenAStageFails(int bad) => Isolated.GoAsync(async () =>
    {
        var group = new ErrGroup();
        var numbers = new Chan<int>();
        var squares = new Chan<(int Number, int Square)>();
        group.Spawn(async () =>
        {
            try
            {
                for (int i = 0; i < 100; i++)
                {
                    await numbers.SendAsync(i, group.CancellationToken);
                }
            }
            finally
            {
                numbers.Close();
            }
        });
        for (int i = 0; i < 20; i++)
        {
            group.Spawn(async () =>
            {
                await foreach (int number in numbers)
                {
                    ThrowIfAny(number == bad ? s_first : null);
                    await squares.SendAsync((number, number * number), group.CancellationToken);
                }
            });
        }

        Goroutine closer = Go.Run(async () =>
        {
            await Record.ExceptionAsync(async () => await group.WaitAsync());
            squares.Close();
        });
        Dictionary<int, int> all = [];
        await foreach ((int number, int square) in squares)
        {
            all.Add(number, square);
        }

        await closer;
        Assert.All(all, static pair => Assert.Equal(pair.Key * pair.Key, pair.Value));
        Exception? failure = await Record.ExceptionAsync(async () => await group.WaitAsync());
        if (bad < 0)
        {
            Assert.Null(failure);
            Assert.Equal(100, all.Count);
        }
        else
        {
            Assert.Same(s_first, failure);
            Assert.DoesNotContain(bad, all.Keys);
        }
    });

    private static Exception? ExceptionOf(int number) => number switch
    {
        1 => s_first,
        2 => s_second,
        _ => null,
    };

    private static void ThrowIfAny(Exception? exception)
    {
        if (exception is not null)
        {
            throw exception;
        }
    }
}
