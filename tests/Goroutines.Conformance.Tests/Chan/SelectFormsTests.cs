using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>
/// Go's <c>test/chan/select5.go</c>: one operation that can go on, in every form that a select gives it. Go generates a
/// program of all forms, because its compiler rewrites some of them; here every combination is made as an object: which other
/// cases there are, where among them the one that is ready stands, and how the select is waited for.
/// </summary>
public class SelectFormsTests
{
    private static readonly Chan<int> s_silent = new();

    public enum Wait
    {
        Async,
        Synchronous,
        Default,
    }

    /// <summary>Cases that never go on, to stand beside the one that does.</summary>
    private static readonly Action<Select>[] s_never =
    [
        static select => select.Send(s_silent, 1),
        static select => select.Receive(s_silent),
        static select => select.Send(default(Sender<int>), 1),
        static select => select.Receive(default(Receiver<int>)),
    ];

    [Theory(DisplayName = "go: test/chan/select5.go: receive")]
    [InlineData(Wait.Async)]
    [InlineData(Wait.Synchronous)]
    [InlineData(Wait.Default)]
    public Task Receive_InEveryForm_TakesTheValue(Wait wait) => Isolated.GoAsync(async () =>
    {
        var channel = new Chan<int>(1);
        int number = 0;
        foreach (int[] others in Subsets())
        {
            for (int at = 0; at <= others.Length; at++)
            {
                await channel.SendAsync(++number);
                Select select = Build(others, at, select => select.Receive(channel), out ReceiveCase<int> received);

                Assert.Equal(at, await Choose(select, wait));

                Assert.True(received.Selected);
                Assert.Equal((number, true), (received.Value, received.Ok));
                Assert.Equal(0, channel.Count);
            }
        }
    });

    [Theory(DisplayName = "go: test/chan/select5.go: send")]
    [InlineData(Wait.Async)]
    [InlineData(Wait.Synchronous)]
    [InlineData(Wait.Default)]
    public Task Send_InEveryForm_GivesTheValue(Wait wait) => Isolated.GoAsync(async () =>
    {
        var channel = new Chan<int>(1);
        int number = 0;
        foreach (int[] others in Subsets())
        {
            for (int at = 0; at <= others.Length; at++)
            {
                Select select = Build(others, at, select => select.Send(channel, ++number), out SendCase<int> sent);

                Assert.Equal(at, await Choose(select, wait));

                Assert.True(sent.Selected);
                Assert.Equal(new Received<int>(number, true), await channel.ReceiveAsync());
                Assert.Equal(0, channel.Count);
            }
        }
    });

    [Fact(DisplayName = "go: test/chan/select5.go: nonblock")]
    public Task NothingReady_InEveryForm_TheDefaultIsTaken() => Isolated.GoAsync(() =>
    {
        foreach (int[] others in Subsets())
        {
            var select = new Select();
            foreach (int other in others)
            {
                s_never[other](select);
            }

            Assert.False(select.TryWait(out int index));
            Assert.Equal(-1, index);
        }

        return Task.CompletedTask;
    });

    /// <summary>Every choice among the cases that never go on, as indices into <see cref="s_never"/>.</summary>
    private static IEnumerable<int[]> Subsets()
        => Enumerable.Range(0, 1 << s_never.Length).Select(static bits => Enumerable.Range(0, s_never.Length).Where(i => (bits >> i & 1) != 0).ToArray());

    /// <summary>A select with the case that <paramref name="add"/> adds as number <paramref name="at"/> among the others.</summary>
    private static Select Build<TCase>(int[] others, int at, Func<Select, TCase> add, out TCase added)
    {
        var select = new Select();
        foreach (int other in others.AsSpan(0, at))
        {
            s_never[other](select);
        }

        added = add(select);
        foreach (int other in others.AsSpan(at))
        {
            s_never[other](select);
        }

        return select;
    }

    private static async ValueTask<int> Choose(Select select, Wait wait)
    {
        switch (wait)
        {
            case Wait.Async:
                return await select.WaitAsync();
            case Wait.Synchronous:
                return select.Wait();
            default:
                Assert.True(select.TryWait(out int index));
                return index;
        }
    }
}
