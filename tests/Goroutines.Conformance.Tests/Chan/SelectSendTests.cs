using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>Go's <c>test/chan/select.go</c>: a loop that takes each of its send cases once and then falls through.</summary>
public class SelectSendTests
{
    [Fact(DisplayName = "go: test/chan/select.go")]
    public Task Sends_EachMadeNilOnceDone_AllAreDoneThenNoneIsReady() => Isolated.GoAsync(async () =>
    {
        var a = new Chan<uint>(1);
        var b = new Chan<uint>(1);
        int shift = 0;

        Assert.Equal(2, Send(a, b));
        uint first = (await a.ReceiveAsync()).Value;
        uint second = (await b.ReceiveAsync()).Value;
        Assert.Equal(0b11u, first | second);
        Assert.Equal(0u, first & second);

        Assert.Equal(1, Send(a, default));
        Assert.Equal(0b1000u, (await a.ReceiveAsync()).Value);
        Assert.Equal(0, b.Count);

        int Send(Sender<uint> left, Sender<uint> right)
        {
            var select = new Select();
            SendCase<uint>[] sends = [select.Send(left), select.Send(right)];
            int sent = 0;
            while (true)
            {
                sends[0].Value = sends[1].Value = 1u << shift;
                if (!select.TryWait(out int index))
                {
                    shift++;
                    return sent;
                }

                sends[index].Channel = default;
                sent++;
                shift++;
            }
        }
    });
}
