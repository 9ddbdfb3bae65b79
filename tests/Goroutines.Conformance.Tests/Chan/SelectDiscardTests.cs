using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>Go's <c>test/chan/select7.go</c>: every way to receive and drop a value meets every way to send one.</summary>
public class SelectDiscardTests
{
    public enum Form
    {
        Direct,
        SelectOfOne,
        SelectOfTwo,
    }

    public static TheoryData<Form, Form, bool> Forms() => new MatrixTheoryData<Form, Form, bool>(Enum.GetValues<Form>(), Enum.GetValues<Form>(), [false, true]);

    [Theory(DisplayName = "go: test/chan/select7.go")]
    [MemberData(nameof(Forms))]
    public Task Receive_ValueDropped_TheSendGoesThrough(Form send, Form receive, bool synchronous) => Isolated.GoAsync(async () =>
    {
        var channel = new Chan<int>();
        Goroutine receiver = synchronous ? Go.Run(() => Receive(receive, channel)) : Go.Run(() => ReceiveAsync(receive, channel));
        await Parked.UntilAsync(receiver.Id, receive == Form.Direct ? "chan receive" : "select");
        Goroutine sender = synchronous ? Go.Run(() => Send(send, channel)) : Go.Run(() => SendAsync(send, channel));

        await sender;
        await receiver;
        Assert.False(channel.TryReceive(out _));
    });

    private static Select Receiving(Form form, Receiver<int> channel)
    {
        Select select = new Select().Receive(channel, out _);
        return form == Form.SelectOfTwo ? select.Receive(new Chan<int>(), out _) : select;
    }

    private static Select Sending(Form form, Sender<int> channel)
    {
        Select select = new Select().Send(channel, 1, out _);
        return form == Form.SelectOfTwo ? select.Send(new Chan<int>(), 1, out _) : select;
    }

    private static async ValueTask ReceiveAsync(Form form, Receiver<int> channel)
    {
        if (form == Form.Direct)
        {
            await channel.ReceiveAsync();
        }
        else
        {
            Assert.Equal(0, await Receiving(form, channel).WaitAsync());
        }
    }

    private static void Receive(Form form, Receiver<int> channel)
    {
        if (form == Form.Direct)
        {
            channel.Receive();
        }
        else
        {
            Assert.Equal(0, Receiving(form, channel).Wait());
        }
    }

    private static async ValueTask SendAsync(Form form, Sender<int> channel)
    {
        if (form == Form.Direct)
        {
            await channel.SendAsync(1);
        }
        else
        {
            Assert.Equal(0, await Sending(form, channel).WaitAsync());
        }
    }

    private static void Send(Form form, Sender<int> channel)
    {
        if (form == Form.Direct)
        {
            channel.Send(1);
        }
        else
        {
            Assert.Equal(0, Sending(form, channel).Wait());
        }
    }
}
