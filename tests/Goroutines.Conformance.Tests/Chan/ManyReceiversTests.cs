using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>Go's <c>test/ken/chan1.go</c>: one sender, many receivers in one-case selects, a small buffer between them.</summary>
public class ManyReceiversTests
{
    private const int Messages = 1000;
    private const int Receivers = 10;

    [Fact(DisplayName = "go: test/ken/chan1.go")]
    public Task ManyReceivers_EachMessageIsReceivedOnceAndAfterItsSending() => Isolated.GoAsync(async () =>
    {
        var channel = new Chan<int>(2);
        int[] sent = new int[Messages];
        int[] received = new int[Messages];
        List<Goroutine> receivers = [];
        for (int i = 0; i < Receivers; i++)
        {
            receivers.Add(Go.Run(async () =>
            {
                var select = new Select();
                ReceiveCase<int> message = select.Receive(channel);
                while (await select.WaitAsync() == 0 && message.Ok)
                {
                    Assert.Equal(1, sent[message.Value]); // no fence but the channel's own
                    received[message.Value]++;
                }
            }));
            await Go.Yield();
        }

        for (int message = 0; message < Messages; message++)
        {
            sent[message] = 1;
            await channel.SendAsync(message);
        }

        channel.Close();
        foreach (Goroutine receiver in receivers)
        {
            await receiver;
        }

        Assert.All(received, static times => Assert.Equal(1, times));
    });
}
