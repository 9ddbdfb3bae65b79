using Goroutines.ModelTests.Model;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>Who gets a waiter: partner, closer, token or another channel of a select. Exactly one does, and no value is lost or doubled.</summary>
/// <remarks>The threads are plain ones, which wait on their notes: so the hand-over to a foreign waiter is explored, too.</remarks>
public class ChanTests
{
    private const int Cancelled = -1;
    private const int Closed = -2;

    [Fact]
    public void SendAgainstReceive() => Verify.Holds(() => Rendezvous(senders: 1, receivers: 1));

    [Fact]
    public void TwoSendersAgainstOneReceiver() => Verify.Holds(() => Rendezvous(senders: 2, receivers: 1));

    [Fact]
    public void ReceiveAgainstClose() => Verify.Holds(ReceiveOrClosed);

    [Fact]
    public void ReceiveAgainstSendAgainstCancel() => Verify.Holds(ReceiveOrCancelled);

    [Fact]
    public void TryReceiveAgainstSendAgainstClose() => Verify.Holds(ReceivedBeforeTheEnd);

    [Fact]
    public void TryReceiveAgainstSendAgainstClose_LoadsReordered() => Verify.HoldsReordered(ReceivedBeforeTheEnd);

    /// <summary>A channel that is closed may still hold values.</summary>
    [Fact]
    public void Planted_ClosedCountsAsDrained() => Verify.Finds(ReceivedBeforeTheEnd, Plant.Blind("Chan.get_IsPastLastValue LoadVolatile Count"));

    [Fact]
    public void SendAgainstReceive_LoadsReordered() => Verify.HoldsReordered(() => Rendezvous(senders: 1, receivers: 1));

    [Fact]
    public void TwoSendersAgainstOneReceiver_LoadsReordered() => Verify.HoldsReordered(() => Rendezvous(senders: 2, receivers: 1));

    [Fact]
    public void ReceiveAgainstClose_LoadsReordered() => Verify.HoldsReordered(ReceiveOrClosed);

    [Fact]
    public void ReceiveAgainstSendAgainstCancel_LoadsReordered() => Verify.HoldsReordered(ReceiveOrCancelled);

    [Fact]
    public void Planted_SignalSeenByAPlainLoad_LoadsReordered()
        => Verify.FindsReordered(() => Rendezvous(1, 1), [Plant.Weaken("ThreadWait.Block LoadVolatile ThreadWait._signalled")]);

    [Fact]
    public void Planted_CompleterWithoutFence() => Verify.Finds(() => Rendezvous(1, 1), Plant.Drop("WaitSource.Complete Fence"));

    [Fact]
    public void Planted_AwaiterWithoutFence() => Verify.Finds(() => Rendezvous(1, 1), Plant.Weaken("WaitSource.AddForeign CompareExchange _foreign"));

    [Fact]
    public void Planted_CancelDoesNotLookWhetherTheWaiterWasTaken() => Verify.Finds(ReceiveOrCancelled, Plant.Set("Chan.TryRemove Load WaitSource.InQueue"));

    private static ModelProgram Rendezvous(int senders, int receivers)
    {
        Chan<int> channel = new();
        int[] received = new int[receivers];
        ModelProgram program = new() { Check = () => Assert.All(received, value => Assert.InRange(value, 1, senders)) };
        for (int i = 0; i < receivers; i++)
        {
            int at = i;
            program.Thread($"receiver {i}", () => received[at] = channel.Receive().Value);
        }

        for (int i = 0; i < senders; i++)
        {
            int value = i + 1;
            if (senders == receivers)
            {
                program.Thread($"sender {i}", () => channel.Send(value));
            }
            else
            {
                program.Daemon($"sender {i}", () => channel.Send(value));
            }
        }

        return program;
    }

    private static ModelProgram ReceiveOrClosed()
    {
        Chan<int> channel = new();
        bool ok = true;
        return new ModelProgram { Check = () => Assert.False(ok) }
            .Thread("receiver", () => ok = channel.Receive().Ok)
            .Thread("closer", channel.Close);
    }

    /// <summary>Who is told that the channel is closed and drained has let every value before the close go, among them that of a sender that waited for room.</summary>
    private static ModelProgram ReceivedBeforeTheEnd()
    {
        Chan<int> channel = new(1);
        channel.TrySend(1);
        int sent = 1;
        int received = 0;
        bool ended = false;
        return new ModelProgram
        {
            Check = () =>
            {
                Assert.Equal(sent, received + channel.Count);
                Assert.True(!ended || channel.Count == 0, "The channel was called drained, and a value is left in it.");
            },
        }
        .Thread("receiver", () =>
        {
            for (int i = 0; i < 3 && !ended && channel.TryReceive(out Received<int> next); i++)
            {
                received += next.Ok ? 1 : 0;
                ended = !next.Ok;
            }
        })
        .Thread("sender", () =>
        {
            try
            {
                channel.Send(2);
                sent++;
                channel.TryClose();
            }
            catch (System.Threading.Channels.ChannelClosedException)
            {
                // The closer was first, and the value was not sent.
            }
        })
        .Thread("closer", () => channel.TryClose());
    }

    private static ModelProgram ReceiveOrCancelled()
    {
        Chan<int> channel = new();
        ModelToken token = new();
        int received = 0;
        bool sent = false;
        return new ModelProgram
        {
            // A value that was taken off the sender has arrived; a cancelled receive has taken none.
            Check = () => Assert.Equal(sent ? 7 : Cancelled, received),
        }
        .Thread("receiver", () => received = ReceiveUnlessCancelled(channel, token))
        .Thread("sender", () => sent = channel.TrySend(7))
        .Thread("canceller", token.Cancel);
    }

    private static int ReceiveUnlessCancelled(Chan<int> channel, ModelToken token)
    {
        ValueTask<Received<int>> operation = channel.ReceiveAsync(token.Token);
        try
        {
            Received<int> received = Blocking.Wait(operation);
            return received.Ok ? received.Value : Closed;
        }
        catch (OperationCanceledException)
        {
            return Cancelled;
        }
    }
}
