using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>Go's <c>test/chan/goroutines.go</c>: many goroutines in a row, all parked, all ending.</summary>
public class ManyGoroutinesTests
{
    [Fact(DisplayName = "go: test/chan/goroutines.go")]
    public Task Chain_OfTenThousand_PassesAValueAndEnds() => Isolated.GoAsync(async () =>
    {
        var first = new Chan<int>();
        Chan<int> left = first;
        for (int i = 0; i < 10_000; i++)
        {
            var right = new Chan<int>();
            Go.Spawn(static async ends => await ends.Left.SendAsync((await ends.Right.ReceiveAsync()).Value + 1), (Left: left, Right: right));
            left = right;
        }

        Goroutine last = Go.Run(async () => await left.SendAsync(1));
        Assert.Equal(10_001, (await first.ReceiveAsync()).Value);

        await last;
        while (Go.Count > 1)
        {
            await Go.Yield();
        }
    });
}
