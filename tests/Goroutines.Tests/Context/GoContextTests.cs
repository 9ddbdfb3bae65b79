using Goroutines.Tests.Support;
using Goroutines.Tests.Time;
using Xunit;

namespace Goroutines.Tests.Context;

/// <summary>Roots, cancellation and values. What Go's tests of the same behaviour are called stands beside each.</summary>
public class GoContextTests
{
    public static TheoryData<string> Roots => ["Background", "TODO"];

    [Theory(DisplayName = "Roots never end (TestBackground, TestTODO)")]
    [MemberData(nameof(Roots))]
    public void Root_NeverEnds(string name)
    {
        GoContext root = name == "TODO" ? GoContext.TODO : GoContext.Background;
        Assert.True(root.Done.IsNil);
        Assert.False(root.Done.TryReceive(out _));
        Assert.Null(root.Err);
        Assert.Null(root.Cause);
        Assert.Null(root.Deadline);
        Assert.False(root.Token.CanBeCanceled);
        Assert.Equal("context." + name, root.ToString());
    }

    [Fact(DisplayName = "Cancel ends a context and those below it before it returns (TestWithCancel)")]
    public void Cancel_EndsTheTreeAtOnce()
    {
        CancelContext parent = GoContext.Background.WithCancel();
        Assert.Equal("context.Background.WithCancel", parent.ToString());
        GoContext[] contexts = [parent, parent.WithCancel(), parent.WithValue(new ContextKey<int>("n"), 1).WithCancel()];
        Assert.All(contexts, static context =>
        {
            Assert.False(context.Done.IsNil);
            Assert.False(context.Done.TryReceive(out _));
            Assert.Null(context.Err);
            Assert.Null(context.Cause);
        });

        parent.Cancel();

        Assert.All(contexts, AssertCanceled);
        parent.Cancel();
        parent.Dispose();
        Assert.All(contexts, AssertCanceled);
    }

    [Fact]
    public void Dispose_Cancels()
    {
        CancelContext context;
        using (context = GoContext.Background.WithCancel())
        {
            Assert.Null(context.Err);
        }

        AssertCanceled(context);
    }

    [Fact]
    public void Done_IsTheSameChannelBeforeAndAfter()
    {
        CancelContext context = GoContext.Background.WithCancel();
        Receiver<Unit> done = context.Done;
        context.Cancel();
        Assert.Equal(done, context.Done);
    }

    [Fact]
    public Task Done_InASelect_IsChosenOnCancellation() => Isolated.GoAsync(async () =>
    {
        using CancelContext context = GoContext.Background.WithCancel();
        var jobs = new Chan<int>();
        Goroutine<int> worker = Go.Run(async () =>
        {
            int sum = 0;
            var select = new Select();
            ReceiveCase<int> job = select.Receive(jobs);
            select.Receive(context.Done);
            while (await select.WaitAsync() == 0)
            {
                sum += job.Value;
            }

            return sum;
        });
        await jobs.SendAsync(1);
        await jobs.SendAsync(2);
        await VirtualTime.ParkedAsync(worker.Id, "select");
        context.Cancel();
        Assert.Equal(3, await worker);
        Assert.False((await context.Done.ReceiveAsync()).Ok);
    });

    [Fact(DisplayName = "A child of a context that has ended has ended, with the same cause (TestWithCancelCanceledParent)")]
    public void WithCancel_ParentEnded_HasEnded()
    {
        CancelContext parent = GoContext.Background.WithCancel();
        var cause = new InvalidOperationException("Because!");
        parent.Cancel(cause);
        GoContext child = parent.WithCancel();
        AssertCanceled(child);
        Assert.Same(cause, child.Cause);
        AssertCanceled(parent.WithValue(new ContextKey<int>("n"), 1));
        AssertCanceled(parent.WithTimeout(TimeSpan.FromHours(1)));
    }

    [Fact(DisplayName = "Values are found by their key, the nearest first (TestValues)")]
    public void TryGetValue_FindsTheNearest()
    {
        var first = new ContextKey<string?>("first");
        var second = new ContextKey<string?>("second");
        var sameName = new ContextKey<string?>("second");
        GoContext background = GoContext.Background;
        Check(background, null, null, null);
        GoContext one = background.WithValue(first, "1");
        Check(one, "1", null, null);
        GoContext two = one.WithValue(second, "2");
        Check(two, "1", "2", null);
        GoContext three = two.WithCancel().WithValue(sameName, "3");
        Check(three, "1", "2", "3");
        GoContext four = three.WithTimeout(TimeSpan.FromHours(1)).WithoutCancel().WithValue(first, null);
        Assert.True(four.TryGetValue(first, out string? nothing));
        Assert.Null(nothing);
        Check(four, null, "2", "3");
        Assert.Equal("context.Background.WithValue(first, 1).WithValue(second, 2)", two.ToString());
        Assert.Equal("context.Background.WithValue(n, Int32).WithValue(none, <null>)", background.WithValue(new ContextKey<int>("n"), 1).WithValue(new ContextKey<object?>("none"), null).ToString());

        void Check(GoContext context, params string?[] values)
        {
            ContextKey<string?>[] keys = [first, second, sameName];
            for (int i = 0; i < keys.Length; i++)
            {
                context.TryGetValue(keys[i], out string? value);
                Assert.Equal(values[i], value);
            }
        }
    }

    [Fact(DisplayName = "Keys must not be null (TestWithValueChecksKey)")]
    public void Nulls_Throw()
    {
        Assert.Throws<ArgumentNullException>("key", () => GoContext.Background.WithValue(null!, 1));
        Assert.Throws<ArgumentNullException>("key", () => GoContext.Background.TryGetValue<int>(null!, out _));
        Assert.Throws<ArgumentNullException>("name", () => new ContextKey<int>(null!));
        Assert.Throws<ArgumentNullException>("body", () => GoContext.Background.AfterFunc((Func<ValueTask>)null!));
        Assert.Throws<ArgumentNullException>("context", () => (CancellationToken)(GoContext)null!);
        Assert.Equal("n", new ContextKey<int>("n").ToString());
    }

    [Fact(DisplayName = "WithoutCancel keeps the values alone (TestWithoutCancel)")]
    public void WithoutCancel_KeepsValuesAlone()
    {
        var key = new ContextKey<string>("key");
        CancelContext parent = GoContext.Background.WithValue(key, "value").WithTimeout(TimeSpan.FromHours(1));
        GoContext detached = parent.WithoutCancel();
        parent.Cancel();
        Assert.Null(detached.Deadline);
        Assert.True(detached.Done.IsNil);
        Assert.Null(detached.Err);
        Assert.Null(detached.Cause);
        Assert.False(detached.Token.CanBeCanceled);
        Assert.True(detached.TryGetValue(key, out string? value));
        Assert.Equal("value", value);
        Assert.EndsWith(".WithoutCancel", detached.ToString(), StringComparison.Ordinal);
        Assert.Null(detached.WithCancel().Err);
    }

    [Fact(DisplayName = "A deadline's exception is a TimeoutException (TestDeadlineExceededSupportsTimeout)")]
    public void DeadlineExceededException_SaysWhatGoSays()
    {
        Assert.IsAssignableFrom<TimeoutException>(new DeadlineExceededException());
        Assert.Equal("context deadline exceeded", new DeadlineExceededException().Message);
        Assert.Equal("m", new DeadlineExceededException("m").Message);
        var inner = new InvalidOperationException();
        Assert.Same(inner, new DeadlineExceededException("m", inner).InnerException);
    }

    [Fact]
    public void Unit_HasOneValue() => Assert.Equal(default, new Unit());

    internal static void AssertCanceled(GoContext context)
    {
        Assert.Equal("context canceled", Assert.IsType<OperationCanceledException>(context.Err).Message);
        Assert.True(context.Done.TryReceive(out Received<Unit> received));
        Assert.False(received.Ok);
        Assert.True(context.Token.IsCancellationRequested);
        Assert.NotNull(context.Cause);
    }

    [Fact]
    public void ThrowIfCancelled_LiveThenCancelled_ThrowsWithTheTokenAndTheCause()
    {
        using CancelContext context = GoContext.Background.WithCancel();
        Assert.False(context.IsCancelled);
        context.ThrowIfCancelled();
        GoContext.Background.ThrowIfCancelled();
        Assert.False(GoContext.Background.IsCancelled);

        var cause = new InvalidDataException("why");
        context.Cancel(cause);
        Assert.True(context.IsCancelled);
        OperationCanceledException thrown = Assert.Throws<OperationCanceledException>(context.ThrowIfCancelled);
        Assert.Equal("context canceled", thrown.Message);
        Assert.Same(cause, thrown.InnerException);
        Assert.True(thrown.CancellationToken.IsCancellationRequested);
        Assert.Equal(context.Token, thrown.CancellationToken);

        using var source = new CancellationTokenSource();
        GoContext outside = GoContext.From(source.Token);
        source.Cancel();
        Assert.True(outside.IsCancelled);
        Assert.Equal(source.Token, Assert.Throws<OperationCanceledException>(outside.ThrowIfCancelled).CancellationToken);
    }

    [Fact]
    public void ThrowIfCancelled_DeadlinePassed_ThrowsThat()
    {
        var cause = new InvalidDataException("why");
        using CancelContext context = GoContext.Background.WithTimeout(TimeSpan.Zero, cause);
        DeadlineExceededException thrown = Assert.Throws<DeadlineExceededException>(context.ThrowIfCancelled);
        Assert.Equal("context deadline exceeded", thrown.Message);
        Assert.Same(cause, thrown.InnerException);
        using CancelContext child = context.WithCancel();
        Assert.Throws<DeadlineExceededException>(child.ThrowIfCancelled);
        using CancelContext plain = GoContext.Background.WithTimeout(TimeSpan.Zero);
        Assert.Null(Assert.Throws<DeadlineExceededException>(plain.ThrowIfCancelled).InnerException);
    }

    [Fact]
    public void AfterFunc_Registration_IsAStructThatStopsOnce()
    {
        using CancelContext context = GoContext.Background.WithCancel();
        ContextRegistration registration = context.AfterFunc(static () => { });
        ContextRegistration copy = registration;
        Assert.True(registration == copy && registration != default);
        Assert.True(copy.Stop());
        Assert.False(registration.Stop());
        registration.Dispose();
        Assert.False(default(ContextRegistration).Stop());
        default(ContextRegistration).Dispose();
        using (context.AfterFunc(static () => throw new InvalidOperationException("not to be run")))
        {
        }
    }
}
