using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>Go's <c>test/chan/select2.go</c>: a hundred thousand selects leave nothing behind in memory.</summary>
public class SelectMemoryTests
{
    /// <summary>Not only does nothing stay: nothing is allocated, neither by the selects nor by the sends that meet them.</summary>
    [Fact(DisplayName = "go: test/chan/select2.go")]
    public Task Select_InALoop_AllocatesNothing() => Isolated.GoAsync(1, async () =>
    {
        var channel = new Chan<int>();
        var silent = new Chan<int>();
        Go.Spawn(async () =>
        {
            while (true)
            {
                await channel.SendAsync(1);
            }
        });
        var select = new Select();
        select.Receive(channel);
        select.Receive(silent);

        int others = 0;
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                others += await select.WaitAsync();
            }
        });
        Assert.Equal(0, others);
    });
}
