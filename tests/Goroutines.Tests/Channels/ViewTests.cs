using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>The directional views: <c>chan&lt;- T</c> and <c>&lt;-chan T</c>.</summary>
public class ViewTests
{
    [Fact]
    public async Task Views_OfAChannel_AreThatChannel()
    {
        var channel = new Chan<int>(2);
        Sender<int> sender = channel.Sender;
        Receiver<int> receiver = channel.Receiver;
        Assert.False(sender.IsNil);
        Assert.False(receiver.IsNil);

        await sender.SendAsync(1);
        Assert.True(sender.TrySend(2));
        Assert.False(sender.TrySend(3));
        Assert.Equal(2, receiver.Count);
        Assert.Equal(new Received<int>(1, true), await receiver.ReceiveAsync());
        Assert.True(receiver.TryReceive(out Received<int> second));
        Assert.Equal(new Received<int>(2, true), second);
        Assert.False(receiver.TryReceive(out _));

        sender.Send(4);
        Assert.Equal(new Received<int>(4, true), receiver.Receive());
        sender.Close();
        Assert.False((await channel.ReceiveAsync()).Ok);
        Assert.False(channel.TryClose());
    }

    [Fact]
    public async Task Channel_PassedWhereAViewIsAsked_Converts()
    {
        var channel = new Chan<string>(1);
        await Produce(channel);
        Assert.Equal("a", await Consume(channel));

        static ValueTask Produce(Sender<string> output) => output.SendAsync("a");

        static async Task<string> Consume(Receiver<string> input) => (await input.ReceiveAsync()).Value;
    }

    [Fact]
    public void NullChannel_ConvertsToTheNilViews()
    {
        Chan<int>? none = null;
        Sender<int> sender = none!;
        Receiver<int> receiver = none!;
        Assert.True(sender.IsNil);
        Assert.True(receiver.IsNil);
    }

    [Fact]
    public void Equality_IsThatOfTheChannel()
    {
        var one = new Chan<int>();
        var other = new Chan<int>();
        Sender<int> sender = one;
        Receiver<int> receiver = one;

        Assert.True(sender == one.Sender);
        Assert.True(sender != other.Sender);
        Assert.True(sender != default);
        Assert.True(sender.Equals((object)one.Sender));
        Assert.False(sender.Equals((object)one));
        Assert.Equal(sender.GetHashCode(), one.Sender.GetHashCode());
        Assert.Equal(default, default(Sender<int>));
        Assert.Equal(0, default(Sender<int>).GetHashCode());

        Assert.True(receiver == one.Receiver);
        Assert.True(receiver != other.Receiver);
        Assert.True(receiver != default);
        Assert.True(receiver.Equals((object)one.Receiver));
        Assert.False(receiver.Equals((object)one));
        Assert.Equal(receiver.GetHashCode(), one.Receiver.GetHashCode());
        Assert.Equal(default, default(Receiver<int>));
        Assert.Equal(0, default(Receiver<int>).GetHashCode());
    }

    [Fact]
    public async Task ReceiverView_Waiting_IsServedByTheChannel()
    {
        var channel = new Chan<int>();
        ValueTask<Received<int>> receive = channel.Receiver.ReceiveAsync();
        Assert.False(receive.IsCompleted);
        Assert.True(channel.TrySend(3));
        Assert.Equal(3, (await receive).Value);

        ValueTask send = channel.Sender.SendAsync(4);
        Assert.False(send.IsCompleted);
        Assert.Equal(4, (await channel.ReceiveAsync()).Value);
        await send;
    }
}
