using Goroutines.ModelTests.Model;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>A select's claim: of all who come to it, one is chosen, and the others have given and taken nothing.</summary>
public class SelectTests
{
    [Fact]
    public void TwoSendersOnTwoChannels() => Verify.Holds(TwoChannels);

    [Fact]
    public void SenderAgainstCloser() => Verify.Holds(SenderOrCloser);

    [Fact]
    public void SenderAgainstCancel() => Verify.Holds(SenderOrCancel);

    [Fact]
    public void SelectAgainstSelect() => Verify.Holds(SelectOrSelect);

    [Fact]
    public void TwoSendersOnTwoChannels_LoadsReordered() => Verify.HoldsReordered(TwoChannels);

    [Fact]
    public void SenderAgainstCloser_LoadsReordered() => Verify.HoldsReordered(SenderOrCloser);

    [Fact]
    public void SenderAgainstCancel_LoadsReordered() => Verify.HoldsReordered(SenderOrCancel);

    [Fact]
    public void SelectAgainstSelect_LoadsReordered() => Verify.HoldsReordered(SelectOrSelect, preemptions: 1);

    [Fact]
    public void Planted_ClaimByAPlainStore() => Verify.Finds(TwoChannels, Plant.Weaken("SharedWait.TryClaim CompareExchange _word"));

    [Fact]
    public void Planted_ClaimWithoutALook() => Verify.Finds(SenderOrCancel, Plant.Weaken("SharedWait.TryClaim CompareExchange _word"));

    private static ModelProgram TwoChannels()
    {
        Chan<int> a = new();
        Chan<int> b = new();
        int chosen = -1;
        int value = 0;
        bool sentA = false;
        bool sentB = false;
        return new ModelProgram
        {
            Check = () =>
            {
                Assert.True(!(sentA && sentB), "Both senders have sent to one select.");
                Assert.True(chosen < 0 || (chosen == 0 ? sentA && value == 1 : sentB && value == 2), $"case {chosen}, value {value}, sent {sentA} {sentB}");
                Assert.True(chosen >= 0 || !(sentA || sentB), "A value was sent that nobody has received.");
            },
        }
        .Daemon("select", () =>
        {
            Select select = new();
            ReceiveCase<int> first = select.Receive(a);
            ReceiveCase<int> second = select.Receive(b);
            int index = select.Wait();
            value = index == 0 ? first.Value : second.Value;
            chosen = index;
        })
        .Thread("sender a", () => sentA = a.TrySend(1))
        .Thread("sender b", () => sentB = b.TrySend(2));
    }

    private static ModelProgram SenderOrCloser()
    {
        Chan<int> a = new();
        Chan<int> b = new();
        bool sent = false;
        string outcome = "";
        return new ModelProgram { Check = () => Assert.Equal(sent ? "1" : "closed", outcome) }
            .Thread("select", () =>
            {
                Select select = new();
                ReceiveCase<int> first = select.Receive(a);
                ReceiveCase<int> second = select.Receive(b);
                outcome = select.Wait() == 0 ? $"{first.Value}" : second.Ok ? "value" : "closed";
            })
            .Thread("sender", () => sent = a.TrySend(1))
            .Thread("closer", b.Close);
    }

    private static ModelProgram SenderOrCancel()
    {
        Chan<int> a = new();
        ModelToken token = new();
        bool sent = false;
        string outcome = "";
        return new ModelProgram { Check = () => Assert.Equal(sent ? "1" : "cancelled", outcome) }
            .Thread("select", () =>
            {
                Select select = new();
                ReceiveCase<int> only = select.Receive(a);
                try
                {
                    Blocking.Wait(select.WaitAsync(token.Token));
                    outcome = $"{only.Value}";
                }
                catch (OperationCanceledException)
                {
                    outcome = "cancelled";
                }
            })
            .Thread("sender", () => sent = a.TrySend(1))
            .Thread("canceller", token.Cancel);
    }

    /// <summary>One select sends where the other receives: they lock their channels in the same order, and meet.</summary>
    private static ModelProgram SelectOrSelect()
    {
        Chan<int> a = new();
        Chan<int> b = new();
        int received = 0;
        return new ModelProgram { Check = () => Assert.InRange(received, 1, 2) }
            .Thread("receiver", () =>
            {
                Select select = new();
                ReceiveCase<int> first = select.Receive(a);
                ReceiveCase<int> second = select.Receive(b);
                received = select.Wait() == 0 ? first.Value : second.Value;
            })
            .Thread("sender", () =>
            {
                Select select = new();
                select.Send(b, 2);
                select.Send(a, 1);
                select.Wait();
            });
    }
}
