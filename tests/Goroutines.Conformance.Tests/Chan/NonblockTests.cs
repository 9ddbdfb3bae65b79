using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>Go's <c>test/chan/nonblock.go</c>: operations that do not wait succeed exactly when there is a partner or room.</summary>
public class NonblockTests
{
    [Theory(DisplayName = "go: test/chan/nonblock.go: try")]
    [InlineData(0)]
    [InlineData(1)]
    public Task Try_SucceedsWhenThereIsAPartnerOrRoom(int capacity) => OverTypes(capacity, viaSelect: false);

    [Theory(DisplayName = "go: test/chan/nonblock.go: select with default")]
    [InlineData(0)]
    [InlineData(1)]
    public Task SelectWithDefault_SucceedsWhenThereIsAPartnerOrRoom(int capacity) => OverTypes(capacity, viaSelect: true);

    private static Task OverTypes(int capacity, bool viaSelect) => Isolated.GoAsync(async () =>
    {
        await Check(capacity, viaSelect, 123, 234);
        await Check(capacity, viaSelect, 123_456_789_012L, 234_567_890_123L);
        await Check(capacity, viaSelect, true, true);
        await Check(capacity, viaSelect, "hello", "hello again");
        await Check(capacity, viaSelect, (Half: 1.5, Name: "wide", Number: 7m), (Half: 2.5, Name: "wider", Number: 8m));
    });

    private static async Task Check<T>(int capacity, bool viaSelect, T given, T taken)
    {
        var channel = new Chan<T>(capacity);
        Assert.False(TryReceive(out _), "Something came out of an empty channel.");

        var receiver = Go.Run(async () => (await channel.ReceiveAsync()).Value);
        await Parked.UntilAsync(receiver.Id, "chan receive");
        Assert.True(TrySend(given), "A receiver is waiting.");
        Assert.Equal(given, await receiver);

        Goroutine sender = Go.Run(async () => await channel.SendAsync(taken));
        if (capacity == 0)
        {
            await Parked.UntilAsync(sender.Id, "chan send");
        }
        else
        {
            await sender;
            Assert.False(TrySend(given), "The buffer is full.");
        }

        Assert.True(TryReceive(out Received<T> received), "A value is waiting.");
        Assert.Equal(new Received<T>(taken, true), received);
        await sender;
        Assert.False(TryReceive(out _), "The channel is empty again.");

        bool TrySend(T value) => viaSelect ? new Select().Send(channel, value, out _).TryWait(out _) : channel.TrySend(value);

        bool TryReceive(out Received<T> received)
        {
            if (!viaSelect)
            {
                return channel.TryReceive(out received);
            }

            bool chosen = new Select().Receive(channel, out ReceiveCase<T> only).TryWait(out _);
            Assert.Equal(chosen, only.Selected);
            received = chosen ? new Received<T>(only.Value, only.Ok) : default;
            return chosen;
        }
    }
}
