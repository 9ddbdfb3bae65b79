using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>Go's <c>test/chan/select4.go</c>: the ready case happens, and nothing of the other one.</summary>
public class SelectReadyTests
{
    [Fact(DisplayName = "go: test/chan/select4.go")]
    public Task OneOfTwoReady_OnlyThatCaseGetsAValue() => Isolated.GoAsync(async () =>
    {
        var ready = new Chan<int>(1);
        var silent = new Chan<int>();
        await ready.SendAsync(42);

        Assert.Equal(1, await new Select().Receive(silent, out ReceiveCase<int> other).Receive(ready, out ReceiveCase<int> chosen).WaitAsync());

        Assert.True(chosen.Selected);
        Assert.True(chosen.Ok);
        Assert.Equal(42, chosen.Value);
        Assert.False(other.Selected);
        Assert.False(other.Ok);
        Assert.Equal(0, other.Value);
    });
}
