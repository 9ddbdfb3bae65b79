using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>Go's <c>test/chan/zerosize.go</c>: channels of a type without contents.</summary>
public class ZeroSizeTests
{
    [Theory(DisplayName = "go: test/chan/zerosize.go")]
    [InlineData(0)]
    [InlineData(1)]
    public Task ChannelOfAnEmptyType_PassesSignals(int capacity) => Isolated.GoAsync(async () =>
    {
        await Pass<Unit>(capacity);
        await Pass<Nothing>(capacity);
        await Pass<object?>(capacity);
    });

    private static async Task Pass<T>(int capacity)
    {
        var channel = new Chan<T>(capacity);
        Assert.Equal(capacity, channel.Capacity);
        Goroutine sender = Go.Run(async () =>
        {
            await channel.SendAsync(default!);
            await channel.SendAsync(default!);
            channel.Close();
        });

        Assert.True((await channel.ReceiveAsync()).Ok);
        Assert.True((await channel.ReceiveAsync()).Ok);
        Assert.False((await channel.ReceiveAsync()).Ok);
        await sender;
    }

    private struct Nothing;
}
