using System.Globalization;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Runtime;

/// <summary>From Go's <c>runtime/proc_test.go</c>: how many goroutines there are.</summary>
public class NumGoroutineTests
{
    [Fact(DisplayName = "go: runtime/proc_test.go TestNumGoroutine")]
    public Task Count_IsThatOfTheDump() => Isolated.GoAsync(async () =>
    {
        Assert.Equal(1, Go.Count);
        AssertAgree(1);

        const int Many = 20;
        var proceed = new Chan<Unit>();
        Action receive = () => proceed.Receive();
        Func<Task> receiveAsync = async () => await proceed.ReceiveAsync();
        List<Goroutine> parked = [];
        for (int i = 0; i < Many; i++)
        {
            parked.Add(i % 4 == 0 ? Go.Run(receive) : Go.Run(receiveAsync));
        }

        foreach (Goroutine one in parked)
        {
            await Parked.UntilAsync(one.Id, "chan receive");
        }

        AssertAgree(1 + Many);
        proceed.Close();
        foreach (Goroutine one in parked)
        {
            await one;
        }

        while (Go.Count > 1)
        {
            await Go.Yield(); // a handle is completed a moment before its goroutine is gone
        }

        AssertAgree(1);
    });

    private static void AssertAgree(int expected)
    {
        using StringWriter dump = new(CultureInfo.InvariantCulture);
        Go.Dump(dump);
        int inDump = dump.ToString().Split('\n').Count(static line => line.StartsWith("goroutine ", StringComparison.Ordinal));
        Assert.Equal((expected, expected, expected), (Go.Count, inDump, Go.Snapshot().Count));
    }
}
