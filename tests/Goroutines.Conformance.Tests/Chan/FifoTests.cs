using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>Go's <c>test/chan/fifo.go</c>: what goes in first comes out first.</summary>
public class FifoTests
{
    private const int Values = 10;

    [Fact(DisplayName = "go: test/chan/fifo.go: buffered")]
    public Task Buffered_ComesOutInTheOrderOfSending() => Isolated.GoAsync(async () =>
    {
        var channel = new Chan<int>(Values);
        for (int i = 0; i < Values; i++)
        {
            await channel.SendAsync(i);
        }

        for (int i = 0; i < Values; i++)
        {
            Assert.Equal(new Received<int>(i, true), await channel.ReceiveAsync());
        }
    });

    /// <summary>Each goroutine of a chain takes one value, once the one before it has taken its own.</summary>
    [Fact(DisplayName = "go: test/chan/fifo.go: unbuffered")]
    public Task Unbuffered_ChainOfReceivers_EachGetsItsOwn() => Isolated.GoAsync(async () =>
    {
        var values = new Chan<int>();
        var first = new Chan<Unit>();
        List<Goroutine> links = [];
        Chan<Unit> before = first;
        for (int i = 0; i < Values; i++)
        {
            var after = new Chan<Unit>();
            links.Add(Go.Run(Link(values, i, before, after)));
            before = after;
        }

        await first.SendAsync(default);
        for (int i = 0; i < Values; i++)
        {
            await values.SendAsync(i);
        }

        await before.ReceiveAsync();
        foreach (Goroutine link in links)
        {
            await link;
        }

        static Func<ValueTask> Link(Receiver<int> values, int expected, Receiver<Unit> before, Sender<Unit> after) => async () =>
        {
            await before.ReceiveAsync();
            Assert.Equal(new Received<int>(expected, true), await values.ReceiveAsync());
            await after.SendAsync(default);
        };
    });
}
