using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>Go's <c>test/chan/select8.go</c>: selects of every small size, with and without a default, beside a busy sender.</summary>
public class SelectSizesTests
{
    [Fact(DisplayName = "go: test/chan/select8.go")]
    public Task OneToThreeCases_WithAndWithoutDefault_EndAndTakeOneValueEach() => Isolated.GoAsync(async () =>
    {
        var busy = new Chan<int>();
        var silent = new Chan<int>();
        Goroutine sender = Go.Run(async () =>
        {
            for (int i = 0; i < 6; i++)
            {
                await busy.SendAsync(i);
            }
        });

        Assert.False(new Select().TryWait(out int index));
        Assert.Equal(-1, index);

        await Parked.UntilAsync(sender.Id, "chan send");
        await Takes(0, new Select().Receive(busy, out ReceiveCase<int> taken), taken);
        await Takes(1, new Select().Receive(busy, out taken).Receive(silent, out _), taken);
        await Takes(2, new Select().Receive(silent, out _).Receive(busy, out taken).Send(silent, 10, out _), taken);

        // A send case of the same channel is no partner for the sender that waits there.
        await TriesToTake(3, new Select().Receive(busy, out taken), taken);
        await TriesToTake(4, new Select().Receive(busy, out taken).Receive(silent, out _), taken);
        await TriesToTake(5, new Select().Receive(busy, out taken).Send(busy, 10, out _).Receive(silent, out _), taken);
        await sender;

        static async Task Takes(int value, Select select, ReceiveCase<int> expected)
        {
            Assert.Equal(expected.Index, await select.WaitAsync());
            Assert.Equal((value, true), (expected.Value, expected.Ok));
        }

        async Task TriesToTake(int value, Select select, ReceiveCase<int> expected)
        {
            await Parked.UntilAsync(sender.Id, "chan send");
            Assert.True(select.TryWait(out int index));
            Assert.Equal(expected.Index, index);
            Assert.Equal((value, true), (expected.Value, expected.Ok));
        }
    });
}
