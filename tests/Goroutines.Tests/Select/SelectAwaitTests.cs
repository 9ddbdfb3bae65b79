using System.Runtime.CompilerServices;
using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Selects;

/// <summary>Tasks, goroutines and contexts as cases: a message or the answer, whichever comes first.</summary>
public class SelectAwaitTests
{
    [Fact]
    public Task Await_TaskThatEndsLater_IsChosenWithItsResult() => Isolated.GoAsync(static async () =>
    {
        var answer = new TaskCompletionSource<string>();
        var messages = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> message = select.Receive(messages);
        AwaitCase<string> reply = select.Await(answer.Task);
        Goroutine<int> waiter = Go.Run(async () => await select.WaitAsync());
        GoRuntime runtime = GoRuntime.Current;
        await Poll.UntilAsync(() => runtime.Snapshot().Any(static g => g.WaitReason == "select"), "the select to park");
        Assert.Throws<InvalidOperationException>(() => reply.Value);
        answer.SetResult("200 OK");
        Assert.Equal(1, await waiter);
        Assert.True(reply.Selected && !message.Selected);
        Assert.Equal("200 OK", reply.Value);
        Assert.Equal("200 OK", reply.GetResult());
        Assert.Same(answer.Task, reply.Task);
    });

    [Fact]
    public Task Await_TaskThatHasEnded_IsReadyAtOnceAndStaysSo() => Isolated.GoAsync(static async () =>
    {
        var select = new Select();
        AwaitCase<int> number = select.Await(Task.FromResult(5));
        AwaitCase plain = select.Await(Task.CompletedTask);
        plain.Enabled = false;
        Assert.Equal(0, await select.WaitAsync());
        Assert.Equal(5, number.Value);
        Assert.True(select.TryWait(out int again) && again == 0);
        number.Task = null;
        Assert.False(select.TryWait(out _));
        plain.Enabled = true;
        Assert.Equal(1, await select.WaitAsync());
        plain.GetResult();
        number.Task = Task.FromResult(6);
        select.Remove(plain);
        Assert.Equal(0, await select.WaitAsync());
        Assert.Equal(6, number.Value);
    });

    [Fact]
    public Task Await_TaskFails_IsChosenAndItsResultThrows() => Isolated.GoAsync(static async () =>
    {
        using var source = new CancellationTokenSource(0);
        var select = new Select();
        AwaitCase<int> failed = select.Await(Task.FromException<int>(new InvalidDataException("broken")));
        AwaitCase plain = select.Await((Task)Task.FromException(new InvalidDataException("plain")));
        Assert.Equal(0, await new Select().Await(failed.Task!, out _).WaitAsync());
        Assert.Equal("broken", Assert.Throws<InvalidDataException>(() => failed.Value).Message);
        Assert.Equal("plain", Assert.Throws<InvalidDataException>(plain.GetResult).Message);
        AwaitCase cancelled = select.Await(Task.FromCanceled(new CancellationToken(true)));
        Assert.ThrowsAny<OperationCanceledException>(cancelled.GetResult);
    });

    /// <summary>A task completed by a goroutine, so that nothing runs inside of what completes it.</summary>
    [Fact]
    public Task Await_ManySelectsOneTask_AllAreWoken() => Isolated.GoAsync(static async () =>
    {
        var gate = new TaskCompletionSource();
        Goroutine<bool>[] waiters = [.. Enumerable.Range(0, 100).Select(_ => Go.Run(async () =>
        {
            var select = new Select();
            AwaitCase end = select.AndReceive(new Chan<int>()).Await(gate.Task);
            await select.WaitAsync();
            return end.Selected;
        }))];
        GoRuntime runtime = GoRuntime.Current;
        await Poll.UntilAsync(() => runtime.Snapshot().Count(static g => g.WaitReason == "select") == 100, "100 selects to park");
        gate.SetResult();
        foreach (Goroutine<bool> waiter in waiters)
        {
            Assert.True(await waiter);
        }
    });

    /// <summary>The leak of <c>Task.WhenAny</c> in a loop: selects made for a task that goes on leave nothing in it.</summary>
    [Fact]
    public Task Await_LongTaskManyShortSelects_HoldsNoneOfThem() => Isolated.OneAtATimeAsync(static async () =>
    {
        var shutdown = new TaskCompletionSource();
        WeakReference[] selects = await Wait(shutdown.Task);
        GoRuntime runtime = GoRuntime.Current;
        await Poll.UntilAsync(
            () =>
            {
                GC.Collect();
                return selects.Count(static select => select.IsAlive) <= 2; // the worker may still name the last one
            },
            "the selects to be collected");
        GC.KeepAlive(shutdown);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static async Task<WeakReference[]> Wait(Task shutdown)
        {
            List<WeakReference> made = [];
            var channel = new Chan<int>();
            for (int i = 0; i < 50; i++)
            {
                var select = new Select();
                select.Receive(channel);
                select.Await(shutdown);
                Go.Spawn(async () => await channel.SendAsync(1));
                await select.WaitAsync();
                made.Add(new WeakReference(select));
            }

            return [.. made];
        }
    });

    [Fact]
    public Task Await_ReusedSelect_AllocatesNothingInALoop() => Isolated.OneAtATimeAsync(static async () =>
    {
        var forever = new TaskCompletionSource<int>();
        var channel = new Chan<int>();
        Go.Spawn(async () =>
        {
            while (true)
            {
                await channel.SendAsync(1);
            }
        });
        var select = new Select();
        select.Receive(channel);
        select.Await(forever.Task);
        select.Join(Go.Run(async () => await new Chan<int>().ReceiveAsync()));
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await select.WaitAsync();
            }
        });
    });

    [Fact]
    public Task Join_GoroutineEnds_IsChosenAndGivesItsOutcome() => Isolated.GoAsync(static async () =>
    {
        var gate = new Chan<int>();
        Goroutine<int> number = Go.Run(async () => await gate.TakeAsync() + 1);
        Goroutine plain = Go.Run(static async () => await Go.Yield());
        var select = new Select();
        AwaitCase<int> one = select.Join(number);
        AwaitCase two = select.Join(plain);
        Assert.Equal(1, await select.WaitAsync());
        two.GetResult();
        two.Enabled = false;
        Goroutine<int> waiter = Go.Run(async () => await select.WaitAsync());
        GoRuntime runtime = GoRuntime.Current;
        await Poll.UntilAsync(() => runtime.Snapshot().Any(static g => g.WaitReason == "select"), "the select to park");
        await gate.SendAsync(41);
        Assert.Equal(0, await waiter);
        Assert.Equal(42, one.Value);
        Assert.Equal(42, await one.Task!);
        Assert.Equal(0, await new Select().AndJoin(number).AndJoin(plain).AndAwait(Task.Delay(-1)).WaitAsync() / 2);
    });

    /// <summary>A select that waits for a goroutine takes nothing of its failure: that is for who looks at it.</summary>
    [Fact]
    public Task Join_GoroutineFails_FailureBelongsToTheHandleUntilItIsTaken() => Isolated.GoAsync(static async () =>
    {
        Goroutine<int> failed = Go.Run(static int () => throw new InvalidDataException("broken"));
        Goroutine plain = Go.Run(static void () => throw new InvalidDataException("plain"));
        var select = new Select();
        AwaitCase<int> end = select.Join(failed);
        Assert.Equal(0, await select.WaitAsync());
        Assert.Equal("broken", Assert.Throws<InvalidDataException>(() => end.Value).Message);
        end.Enabled = false;
        select.Join(plain, out AwaitCase other);
        Assert.Equal(1, await select.WaitAsync());
        Assert.Equal("plain", Assert.Throws<InvalidDataException>(other.GetResult).Message);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await failed);
    });

    /// <summary>A select that has chosen the end of a goroutine has not taken its failure, which is told to the panic handler if nothing else takes it.</summary>
    [Fact]
    public Task Join_FailureNobodyTakes_IsKeptForThePanicHandler() => Isolated.RunAsync(static async runtime =>
    {
        Goroutine failed = runtime.Run(static void () => throw new InvalidDataException("unseen"));
        Assert.Equal(0, await runtime.Run(async () => await new Select().Join(failed, out _).WaitAsync()));
        Assert.True(KeptFailure.AnyFor(runtime.Scheduler));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await failed);
        Assert.False(KeptFailure.AnyFor(runtime.Scheduler));
    });

    [Fact]
    public Task Receive_Context_IsChosenWhenItEnds() => Isolated.GoAsync(static async () =>
    {
        using CancelContext context = GoContext.Background.WithCancel();
        var select = new Select();
        ReceiveCase<Unit> done = select.Receive(context);
        ReceiveCase<Unit> never = select.Receive(GoContext.Background);
        Goroutine<int> waiter = Go.Run(async () => await select.WaitAsync());
        GoRuntime runtime = GoRuntime.Current;
        await Poll.UntilAsync(() => runtime.Snapshot().Any(static g => g.WaitReason == "select"), "the select to park");
        context.Cancel();
        Assert.Equal(0, await waiter);
        Assert.True(done.Selected && !done.Ok && !never.Selected);
        Assert.Equal(1, await new Select().AndReceive(new Chan<int>()).AndReceive(context).WaitAsync());
    });

    [Fact]
    public void Add_Null_Throws()
    {
        var select = new Select();
        Assert.Throws<ArgumentNullException>("task", () => select.Await(null!));
        Assert.Throws<ArgumentNullException>("task", () => select.Await((Task<int>)null!));
        Assert.Throws<ArgumentNullException>("goroutine", () => select.Join(null!));
        Assert.Throws<ArgumentNullException>("goroutine", () => select.Join((Goroutine<int>)null!));
        Assert.Throws<ArgumentNullException>("context", () => select.Receive((GoContext)null!));
        Assert.Equal(0, select.Receive(new Chan<int>()).Index);
    }

    /// <summary>The forms of a select that is used once, and a send without a value on a channel of references.</summary>
    [Fact]
    public Task And_EachForm_AddsACaseInOrder() => Isolated.GoAsync(static async () =>
    {
        var numbers = new Chan<int>();
        var words = new Chan<string>(1);
        Assert.Equal(2, await new Select().AndReceive(numbers).AndReceive(numbers.Receiver).AndSend(words, "a").AndTimeout(TimeSpan.FromHours(1)).WaitAsync());
        Assert.Equal("a", words.Take());
        Assert.Equal(0, await new Select().AndSend(words.Sender, "b").WaitAsync());
        Assert.Equal("b", words.Take());
        Assert.Equal(1, await new Select().AndReceive(numbers).AndTimeout(TimeSpan.Zero).WaitAsync());

        var select = new Select();
        SendCase<string> word = select.Send(words);
        SendCase<string> other = select.Send(words.Sender);
        other.Enabled = false;
        word.Value = "c";
        await select.WaitAsync();
        Assert.Equal("c", words.Take());
        Assert.Equal(3, await Generic(new Chan<List<int>>(1), [3]));

        static async ValueTask<int> Generic<T>(Chan<List<T>> channel, List<T> value)
        {
            var select = new Select();
            SendCase<List<T>> send = select.Send(channel);
            send.Value = value;
            await select.WaitAsync();
            return Convert.ToInt32(channel.Take()[0], System.Globalization.CultureInfo.InvariantCulture);
        }
    });
}
